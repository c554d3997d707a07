"""Call activity: the called process runs inside the same instance, as a scope of its own (§13.3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from baton.model.definition import Node
from baton.model.errors import BadRequest
from baton.model.events import EventType
from baton.runtime.compensation import recording
from baton.runtime.core.errors import StepFailed
from baton.runtime.core.token_state import TokenState
from baton.runtime.data import variables
from baton.runtime.data.expressions import compile_optional, evaluate_text
from baton.runtime.data.mappings import compile_mappings, evaluate_mappings
from baton.runtime.elements.activity import LEAVE, Activity
from baton.runtime.elements.process import Process

if TYPE_CHECKING:
    from baton.model.values import Variables
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token

MAX_DEPTH = 64


class CallActivity(Activity):
    is_visible: ClassVar[bool] = False
    is_call: ClassVar[bool] = True

    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        call = node.call
        self.key = compile_optional(call.key) if call is not None else None
        self.version = compile_optional(call.version) if call is not None else None
        self.called_business_key = compile_optional(call.business_key) if call is not None else None
        self.call_inputs = compile_mappings(call.inputs if call is not None else ())
        self.call_outputs = compile_mappings(call.outputs if call is not None else ())

    def _execute(self, task: Token) -> bool | None:
        called = task.workflow.ports.get_spec(self._resolve(task))
        values = evaluate_mappings(task, self.call_inputs, variables.collect_visible(task))
        key = evaluate_text(self.called_business_key, task)
        if isinstance(called.root, Process) and called.root.schemas:
            _check_inputs(called.root, values)
        scope = task.spawn(called.root, TokenState(business_key=key))
        variables.set_local(scope, values)
        if isinstance(called.root, Process):
            called.root.begin(scope)
        return False

    def _run_hook(self, my_task: Token) -> bool | None:
        """As in a subprocess: what has started in the called process since its last token had ended is waited for."""
        scope = _get_called_scope(my_task)
        over = my_task.memory.at == LEAVE and not my_task.memory.body and scope is not my_task
        if over and scope.inside:
            my_task.wait()
            return None
        return super()._run_hook(my_task)

    def on_called_ended(self, token: Token) -> None:
        """The called process has completed; its variables are mapped when the caller goes on."""
        self.resume(token)

    def conclude(self, token: Token) -> None:
        scope = _get_called_scope(token)
        values = evaluate_mappings(scope, self.call_outputs, scope.data)
        variables.set_visible(token, values)

    def on_passed(self, token: Token) -> None:
        """An error or escalation leaves the called process: the outputs are mapped before it is caught."""
        self.conclude(token)

    def _record(self, token: Token) -> None:
        """With what was done in the called process, which then is over."""
        scope = _get_called_scope(token)
        recording.record(token, self, scope)
        if scope is not token:
            token.workflow.journal.record(EventType.ELEMENT_COMPLETED, scope.task_spec.name, scope.id)
            token.workflow.remove(scope)

    def _resolve(self, token: Token) -> str:
        call, definitions = self.node.call, token.workflow.ports.definitions
        key = self.key.evaluate_text(token) if self.key is not None else None
        if call is None or not key:
            raise StepFailed("failedJob", f"Expected the key of a process at '{self.name}', but found none")
        _check_depth(token)
        deployment = definitions.get_definition(token.spec.definition_id).deployment_id
        return definitions.resolve(key, call.binding, evaluate_text(self.version, token), deployment)


def _check_inputs(process: Process, values: Variables) -> None:
    """A call with variables that the called process refuses stops, as one that is requested does."""
    try:
        process.check_variables(values)
    except BadRequest as error:
        raise StepFailed("failedJob", error.message) from None


def _get_called_scope(token: Token) -> Token:
    """The called process; the call itself while there is none."""
    return token.children[0] if token.inside else token


def _check_depth(token: Token) -> None:
    depth, scope = 0, token.parent
    while scope is not None:
        depth += scope.task_spec.is_process
        scope = scope.parent
    if depth > MAX_DEPTH:
        raise StepFailed(
            "failedJob", f"Expected calls nested at most {MAX_DEPTH} deep, but found more; does a process call itself?"
        )
