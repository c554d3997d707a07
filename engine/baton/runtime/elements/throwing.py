"""Throwing events: what an end event or an intermediate throw event does with each of its definitions (§10.5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import EventKind, Node
from baton.model.events import UNDO
from baton.runtime.compensation import cancelling, undoing
from baton.runtime.compensation.plan import Selection
from baton.runtime.core.token_state import TokenState
from baton.runtime.data import associations, variables
from baton.runtime.data.expressions import CompiledMapping, evaluate_text
from baton.runtime.elements import external_work
from baton.runtime.elements.flow_node import FlowNode
from baton.runtime.events import propagation, signals
from baton.runtime.events.definitions import EventCode, compile_events

if TYPE_CHECKING:
    from baton.model.values import Value, Variables
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class Throwing(FlowNode):
    """Each definition is thrown once, in the order of the model; ``thrown`` counts them, so that a retry goes on."""

    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.events = compile_events(node)
        self.input_mappings = tuple((mapping.name, CompiledMapping(mapping.value)) for mapping in node.inputs)
        self.work = [
            external_work.WorkCode(event.external) if event.external is not None else None for event in node.events
        ]

    def _execute(self, task: Token) -> bool | None:
        if task.memory.thrown is None:
            if self.input_mappings or self.node.input_data:
                self._map_inputs(task)
            task.memory.thrown = 0
            task.touch()
        while task.memory.thrown < len(self.events):
            index = task.memory.thrown
            if not task.memory.waited and not self._throw(task, index):
                return None
            task.memory.thrown = index + 1
            task.memory.waited = None
            task.touch()
        if self.has_outputs:
            self.map_outputs(task)
        return True

    def resume(self, token: Token) -> None:
        """A worker has sent the message, or what was to be undone is undone."""
        token.memory.waited = True
        token.touch()
        token.make_ready()

    def resume_undone(self, token: Token) -> None:
        self.resume(token)

    def _throw(self, token: Token, index: int) -> bool:
        """Throw one definition; False when the token waits, or is gone."""
        event = self.events[index]
        match event.kind:
            case EventKind.MESSAGE:
                return self._message(token, event, self.work[index])
            case EventKind.SIGNAL:
                signals.broadcast(
                    token, evaluate_text(event.name, token) or self.name, signals.evaluate_payload(token, event)
                )
            case EventKind.ERROR:
                propagation.throw_error(
                    token, evaluate_text(event.code, token), evaluate_text(event.error_message, token)
                )
                return False
            case EventKind.ESCALATION:
                return not propagation.throw_escalation(token, evaluate_text(event.code, token))
            case EventKind.COMPENSATION:
                return self._compensate(token, event)
            case EventKind.CANCEL:
                cancelling.cancel(token)
                return False
            case _:
                return True
        return token.is_alive

    def _message(self, token: Token, event: EventCode, work: external_work.WorkCode | None) -> bool:
        if work is not None:
            external_work.open_task(token, work)
            return False
        target = self.model.message_targets.get(self.name)
        signals.send(token, event, signals.evaluate_payload(token, event) or self._local(token), target)
        return True

    def _local(self, token: Token) -> Variables:
        """Without ``camunda:in`` a message carries what the event's own input mappings made."""
        return dict(token.data)

    def _compensate(self, token: Token, event: EventCode) -> bool:
        reference = event.definition.activity_ref
        scopes = undoing.find_throw_scopes(token) if reference is None else (undoing.find_scope_with(token, reference),)
        selection = Selection(
            scopes=tuple(undoing.get_ledger_scope(scope) for scope in scopes),
            elements=None if reference is None else (reference,),
            upto=token.workflow.ledger.last,
        )
        if event.definition.wait_for_completion:
            return undoing.begin(token, selection)
        carrier = token.scope.spawn(self.spec.elements[UNDO], TokenState(source=self.name))
        if undoing.begin(carrier, selection):
            carrier.task_spec.resume_undone(carrier)
        return True

    def _map_inputs(self, token: Token) -> None:
        if self.node.input_data:
            associations.read(token, self.node.input_data)
        mapped: dict[str, Value] = {}
        for name, code in self.input_mappings:
            mapped[name] = code.evaluate_at(token, mapped)
        variables.set_local(token, mapped)
