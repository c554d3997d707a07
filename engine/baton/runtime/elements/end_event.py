"""End events: the path ends here; terminate ends the whole scope, cancel its transaction (§13.5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import EventKind
from baton.model.events import EventType
from baton.model.records import InstanceState
from baton.runtime.elements.process import Process
from baton.runtime.elements.throwing import Throwing

if TYPE_CHECKING:
    from baton.runtime.core.token import Token


class EndEvent(Throwing):
    def _on_complete_hook(self, my_task: Token) -> None:
        if my_task.scope.id == 0:
            my_task.workflow.end_element = self.name
        if any(event.kind is EventKind.TERMINATE for event in self.events):
            self._terminate(my_task)
        else:
            super()._on_complete_hook(my_task)

    def _terminate(self, token: Token) -> None:
        """Everything else in the scope ends; the scope completes and can no longer be undone from outside."""
        workflow, scope = token.workflow, token.scope
        workflow.journal.record(EventType.ELEMENT_COMPLETED, self.name, token.id)
        workflow.remove(token)
        if scope.id == 0 and not (isinstance(scope.task_spec, Process) and scope.task_spec.after):
            workflow.end(InstanceState.COMPLETED, self.name)
            return
        workflow.cancel_children(scope)
        workflow.ledger.discard_scope(scope.id)
        scope.task_spec.on_child_ended(scope)
