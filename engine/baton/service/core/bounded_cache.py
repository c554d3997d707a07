"""What a process has read, in memory as long as all of it together stays below a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from baton.service.core.garbage import sweep

T = TypeVar("T")


class BoundedCache(Generic[T]):
    """Values by name, each with a weight. Above ``most`` in total, those unused for longest are removed.

    The newest stays, whatever it weighs. ``on_dropped`` is called with the name of a removed item. Thread-safe. If half
    of ``most`` was removed, its memory is collected: until then the garbage collector leaves large values out.
    """

    def __init__(self, most: int, on_dropped: Callable[[str], None] | None = None) -> None:
        self._most, self._on_dropped = most, on_dropped
        self._entries: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._weight = self._gone = 0
        self._lock = threading.Lock()

    def get(self, name: str) -> T | None:
        """The value, which counts as used."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is None:
                return None
            self._entries.move_to_end(name)
            return entry[0]

    def put(self, name: str, value: T, weight: int) -> None:
        with self._lock:
            dropped = [name] if self._take_out(name) else []
            self._entries[name] = (value, weight)
            self._weight += weight
            while self._weight > self._most and len(self._entries) > 1:
                dropped.append(next(iter(self._entries)))
                self._take_out(dropped[-1])
        self._tell(dropped)

    def drop(self, name: str) -> None:
        """Forget the value, if there is one."""
        with self._lock:
            found = self._take_out(name)
        self._tell([name] if found else [])

    def _take_out(self, name: str) -> bool:
        entry = self._entries.pop(name, None)
        if entry is None:
            return False
        self._weight -= entry[1]
        self._gone += entry[1]
        return True

    def _tell(self, names: list[str]) -> None:
        if self._on_dropped is not None:
            for name in names:
                self._on_dropped(name)
        if self._gone * 2 >= self._most:
            self._gone = 0
            sweep()
