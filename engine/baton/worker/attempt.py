"""One try at a task. Its function's ending and its time-out come from two threads; the first of them counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from baton.worker.errors import Failure
from baton.worker.task import Task


@dataclass(slots=True, eq=False)
class Attempt:
    task: Task
    problem: Failure | None = None
    """Why the function cannot be called."""
    replaced: bool = False
    """Another thread has taken the place of the one that is still in the function."""
    _settled: bool = False
    _cancel: Callable[[], object] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def settle(self) -> bool:
        """True for the first that asks: the other one's ending is not reported."""
        with self._lock:
            first, self._settled = not self._settled, True
            return first

    def on_cancel(self, cancel: Callable[[], object]) -> None:
        """What ends the function early, where that is possible: a coroutine's ``cancel``."""
        with self._lock:
            self._cancel = cancel
            late = self._settled
        if late:
            cancel()

    def cancel(self) -> None:
        with self._lock:
            cancel = self._cancel
        if cancel is not None:
            cancel()
