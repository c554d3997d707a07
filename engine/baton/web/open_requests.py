"""The requests of one process that stay open: long polls and live streams, counted, and ended when it shuts down."""

from __future__ import annotations

import threading


class Slots:
    """A counter with a limit; ``take`` answers whether there was room."""

    def __init__(self) -> None:
        self.used = 0
        self._lock = threading.Lock()

    def take(self, limit: int) -> bool:
        with self._lock:
            if self.used >= limit:
                return False
            self.used += 1
            return True

    def give(self) -> None:
        with self._lock:
            self.used -= 1


class OpenRequests:
    """One per application. Once stopped, long polls and streams end, and the process says that it is not ready."""

    def __init__(self) -> None:
        self.polls = Slots()
        self.streams = Slots()
        self._stopping = threading.Event()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        self._stopping.set()
