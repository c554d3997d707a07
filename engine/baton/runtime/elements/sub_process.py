"""Embedded subprocess, event subprocess and transaction: scopes with a life of their own (§13.3.4, §13.4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from baton.runtime.compensation import undoing
from baton.runtime.elements.activity import LEAVE, Activity
from baton.runtime.elements.process import list_first_nodes
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from baton.model.records import Record
    from baton.model.values import Variables
    from baton.runtime.core.token import Token


class SubProcess(Activity):
    is_visible: ClassVar[bool] = False

    def _execute(self, task: Token) -> bool | None:
        triggers.arm_event_subprocesses(task, self.name)
        for node in list_first_nodes(self.model, self.name):
            task.spawn(self.spec.elements[node.id])
        return not task.inside

    def _run_hook(self, my_task: Token) -> bool | None:
        """An event subprocess may have started when the last token had ended and before this: it is waited for."""
        if my_task.memory.at == LEAVE and my_task.inside and not my_task.memory.body:
            my_task.wait()
            return None
        return super()._run_hook(my_task)

    def on_child_ended(self, scope: Token) -> None:
        if scope.inside or not scope.is_alive or scope.memory.body:
            return
        if scope.memory.revived is not None:
            undoing.complete_handler(scope)
        else:
            self.resume(scope)

    def on_triggered(self, token: Token, record: Record, variables: Variables) -> None:
        element = self.spec.elements[record.element]
        if self.model.nodes[record.element].attached_to is None:
            triggers.start_event_subprocess(token, element, variables)
        else:
            triggers.fire_boundary(token, element, variables)


class EventSubProcess(SubProcess):
    """Begins at the start event that happened; ``start`` names it."""

    def _execute(self, task: Token) -> bool | None:
        triggers.arm_event_subprocesses(task, self.name)
        task.spawn(self.spec.elements[task.memory.start or ""])
        return False


class Transaction(SubProcess):
    """A subprocess that can be cancelled: see the cancel end event (§10.3.5, compensation rule 13)."""
