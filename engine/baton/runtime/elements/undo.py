"""The place that undoing is run from when no throw event on the diagram does: rollback, cancel with compensation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from baton.model.events import UNDO, EventType
from baton.model.records import InstanceState
from baton.runtime.compensation import cancelling
from baton.runtime.core.element import Element
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class Undo(Element):
    """A thrower without a node.

    ``then`` says what follows: ``end`` the instance, ``rollback`` to an element, ``cancel`` a transaction, or nothing.
    """

    is_visible: ClassVar[bool] = False

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec, UNDO)

    def _update_hook(self, my_task: Token) -> bool:
        my_task.wait()
        return False

    def resume_undone(self, token: Token) -> None:
        workflow, scope = token.workflow, token.scope
        then, target, restarts = token.memory.then, token.memory.to, token.memory.restarts
        workflow.journal.record(EventType.ELEMENT_COMPLETED, UNDO, token.id)
        workflow.remove(token)
        if then == "end":
            workflow.end(InstanceState.COMPENSATED)
        elif then == "rollback" and target is not None:
            workflow.journal.record(EventType.ROLLED_BACK, target, None, {"to": target})
            if restarts:
                triggers.restart_event_subprocesses(scope)
            scope.spawn(scope.spec.elements[target])
        elif then == "cancel":
            cancelling.leave(scope)
        else:
            scope.task_spec.on_child_ended(scope)
