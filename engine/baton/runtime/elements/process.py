"""The process itself: the outermost scope of an instance, or of a called process inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from baton.model.definition import Node
from baton.model.records import InstanceState
from baton.runtime import failures
from baton.runtime.compensation import undoing
from baton.runtime.core.element import Element
from baton.runtime.core.errors import STEP_FAILURES
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel
    from baton.model.records import Record
    from baton.model.values import Variables
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


def first_nodes(model: ProcessModel, scope: str) -> list[Node]:
    """Where a scope begins: its none start events; without a start event every node that nothing leads to (§10.5.2,
    §13.3.4)."""
    starts = model.starts(scope)
    if starts:
        return [node for node in starts if not node.events]
    return [node for node in model.members.get(scope, ()) if is_implicit_start(node)]


def is_implicit_start(node: Node) -> bool:
    traits = node.traits
    if traits.starts_scope or traits.is_boundary or traits.triggered_by_event or node.incoming or node.for_compensation:
        return False
    return not any(event.kind == "link" for event in node.events if traits.is_intermediate and traits.catches)


class Process(Element):
    """Token 0 of an instance; inside a call activity, the scope of the called process."""

    is_process: ClassVar[bool] = True
    is_visible: ClassVar[bool] = False

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec, spec.model.id)

    @property
    def label(self) -> str | None:
        return self.model.name

    def _update_hook(self, my_task: Token) -> bool:
        my_task.wait()
        return False

    def begin(self, scope: Token) -> None:
        """Open the scope's event subprocesses and put a token on each first node."""
        self.arm(scope)
        first = first_nodes(self.model, self.model.id)
        if scope.id == 0:
            scope.workflow.start_element = first[0].id if len(first) == 1 else None
        for node in first:
            scope.spawn(self.spec.elements[node.id])
        if not scope.has_children:
            self.on_child_ended(scope)

    def arm(self, scope: Token) -> None:
        """Open the event subprocesses; one whose timer or name cannot be evaluated is an incident of the scope."""
        try:
            triggers.arm_event_subprocesses(scope, self.model.id)
        except STEP_FAILURES as error:
            failures.open_incident(scope, "expression", str(error))

    def on_child_ended(self, scope: Token) -> None:
        if scope.has_children or not scope.is_alive:
            return
        if scope.memory.undoes is not None:
            undoing.complete_handler(scope)
        elif scope.id == 0:
            scope.workflow.end(InstanceState.COMPLETED)
        else:
            scope.scope.task_spec.on_called_ended(scope.scope)

    def on_triggered(self, token: Token, record: Record, variables: Variables) -> None:
        triggers.start_event_subprocess(token, self.spec.elements[record.element], variables)
