"""Answers that are remembered for a short time, and only so many of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from baton.model.times import Millis

T = TypeVar("T")
MOST = 10_000


class Remembered(Generic[T]):
    """``lasts_ms``: how long. Safe for threads."""

    def __init__(self, lasts_ms: Millis, now: Callable[[], Millis]) -> None:
        self._lasts_ms, self._now = lasts_ms, now
        self._entries: OrderedDict[str, tuple[Millis, T]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> T | None:
        entry = self._entries.get(name)
        return entry[1] if entry is not None and self._now() < entry[0] else None

    def put(self, name: str, value: T) -> None:
        with self._lock:
            self._entries.pop(name, None)
            self._entries[name] = (self._now() + self._lasts_ms, value)
            while len(self._entries) > MOST:
                self._entries.popitem(last=False)

    def forget(self, name: str) -> None:
        with self._lock:
            self._entries.pop(name, None)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
