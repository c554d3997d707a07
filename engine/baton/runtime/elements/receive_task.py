"""Receive task: waits for its message (§13.3.3), or without one for a request that continues it, as in Camunda 7."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from baton.runtime.elements.activity import Activity
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from baton.runtime.core.token import Token


class ReceiveTask(Activity):
    is_eager: ClassVar[bool] = True

    def _execute(self, task: Token) -> bool | None:
        if task.memory.received:
            return True
        if self.events:
            triggers.arm(task, self)
        else:
            triggers.wait_for_trigger(task)
        return False
