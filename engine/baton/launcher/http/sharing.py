"""Connections are divided evenly between the web's processes: one that has more than another leaves the next to it."""

from __future__ import annotations

import mmap
import time
from collections.abc import Callable
from typing import Any

from gevent.server import StreamServer

PLACES = 1024
GIVE_WAY_S, MOST_S = 0.005, 0.2
"""A connection is left to others in such steps, and for so long: then these are busy, and it is taken all the same."""
SILENT_S = 3
"""A process that has not been heard of for so long is gone, or hangs."""


class Shares:
    """How many connections each process has open, and when it was last heard of. Made before processes fork."""

    def __init__(self) -> None:
        self._rows = memoryview(mmap.mmap(-1, PLACES * 8)).cast("I")

    def note(self, place: int, count: int, now: float) -> None:
        """``now``: of the clock that all processes of the machine share (monotonic)."""
        at = place % PLACES * 2
        self._rows[at], self._rows[at + 1] = count, max(1, int(now))

    def has_more(self, place: int, now: float) -> bool:
        """Whether another process that was heard of has fewer."""
        rows, mine, since = self._rows.tolist(), place % PLACES * 2, max(1, int(now) - SILENT_S)
        return any(rows[at] < rows[mine] for at in range(0, PLACES * 2, 2) if rows[at + 1] >= since and at != mine)


class SharingServer(StreamServer):
    """Takes connections one by one, each only if no other process has fewer, or does not come for it."""

    def __init__(self, listener: Any, *, leaves: Callable[[], bool], **more: Any) -> None:
        super().__init__(listener, **more)
        self.max_accept = 1
        self._leaves = leaves
        self._since = self._last = 0.0

    def do_read(self) -> Any:
        now = time.monotonic()
        if now - self._last > 4 * GIVE_WAY_S:
            self._since = now  # what was left to others before has been taken by them
        if now - self._since < MOST_S and self._leaves():
            self._last = now
            self.stop_accepting()
            self._timer = self.loop.timer(GIVE_WAY_S)
            self._timer.start(self._go_on)
            return None
        self._last = 0.0
        return super().do_read()

    def _go_on(self) -> None:
        if self.started:
            self.start_accepting()
