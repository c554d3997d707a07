"""When user tasks within reach were last changed."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.times import Millis
from baton.store.narrowed.gate import Gate
from baton.store.task_changes import TaskChanges


class NarrowedTaskChanges(TaskChanges):
    def __init__(self, whole: TaskChanges, gate: Gate) -> None:
        self._whole, self._gate = whole, gate

    def read(self, ids: Sequence[str]) -> dict[str, Millis]:
        return self._whole.read(self._gate.keep(ids))

    def list_after(self, moment: Millis) -> list[str]:
        return self._gate.keep(self._whole.list_after(moment))

    def list_recent(self, moment: Millis) -> list[str]:
        return self._gate.keep(self._whole.list_recent(moment))

    def remove_strays(self) -> int:
        return self._whole.remove_strays()
