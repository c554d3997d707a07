"""User tasks in the order in which people take them, of those within reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from baton.model.times import Millis
from baton.store.lists import TaskSet
from baton.store.narrowed.lists import NarrowedLists
from baton.store.scanning import Scored
from baton.store.urgent_tasks import UrgentTasks


class NarrowedUrgentTasks(UrgentTasks):
    def __init__(self, whole: UrgentTasks, lists: NarrowedLists) -> None:
        self._whole, self._narrowed = whole, lists

    def scan(self, sets: Sequence[TaskSet], *, descending: bool = False) -> Iterator[Scored] | None:
        parts = self._whole.scan(sets, descending=descending)
        return None if parts is None else map(self._narrowed.keep_tasks, parts)

    def count_put_off(self, moment: Millis) -> int | None:
        """Not told by an index: others are in it too."""
        del moment

    def complete(self, now: Millis) -> int:
        return self._whole.complete(now)
