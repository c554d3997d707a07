"""The requests of one process that stay open: long polls and live streams, counted, and ended when it shuts down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from baton.model.errors import TooManyRequests

LOOK_AGAIN_S = 5.0
"""So often is looked whether the caller of an open request may still be there."""


class Countable(Protocol):
    """``take`` answers whether there was room."""

    def take(self, limit: int) -> bool: ...

    def give(self) -> None: ...


class Slots:
    """A counter with a limit."""

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


class CallersSlots:
    """Those of each caller; a caller without any takes no memory."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, who: str, limit: int) -> bool:
        with self._lock:
            used = self._used.get(who, 0)
            if used >= limit:
                return False
            self._used[who] = used + 1
            return True

    def give(self, who: str) -> None:
        with self._lock:
            left = self._used.pop(who) - 1
            if left:
                self._used[who] = left

    def __len__(self) -> int:
        return len(self._used)


class Open(Protocol):
    """What a request that stays open must know."""

    @property
    def polls(self) -> Countable: ...

    @property
    def streams(self) -> Countable: ...

    @property
    def is_stopping(self) -> bool: ...

    @property
    def moves(self) -> int: ...

    def call_when_stopping(self, callback: Callable[[], None]) -> AbstractContextManager[None]: ...


class OpenRequests:
    """One per application. Once stopped, long polls and streams end, and the process says that it is not ready."""

    def __init__(self) -> None:
        self.polls = Slots()
        self.streams = Slots()
        self.polls_of = CallersSlots()
        self.streams_of = CallersSlots()
        self.moves = 0
        """How often all open streams were ended, so that their clients connect again."""
        self._stopping = threading.Event()
        self._callbacks: dict[int, Callable[[], None]] = {}

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    @contextmanager
    def call_when_stopping(self, callback: Callable[[], None]) -> Generator[None]:
        """Within the block: call back when the process stops or streams are to end, so that nobody looks often."""
        self._callbacks[id(callback)] = callback
        try:
            yield
        finally:
            del self._callbacks[id(callback)]

    def stop(self) -> None:
        self._stopping.set()
        self._call_back()

    def end_streams(self) -> None:
        """Those that are open now."""
        self.moves += 1
        self._call_back()

    def _call_back(self) -> None:
        for callback in list(self._callbacks.values()):
            callback()


class OfCaller:
    """The same for one caller, whose own limits count too, and whose requests end when they may not go on.

    ``most``: None: no limit.
    """

    def __init__(
        self,
        everything: OpenRequests,
        who: str,
        is_allowed: Callable[[], bool],
        most_streams: int | None,
        most_polls: int | None,
    ) -> None:
        self._everything, self._is_allowed = everything, is_allowed
        self.polls = _Both(everything.polls, everything.polls_of, who, most_polls, "long polls")
        self.streams = _Both(everything.streams, everything.streams_of, who, most_streams, "live streams")
        self._look_at = time.monotonic() + LOOK_AGAIN_S
        self._refused = False

    @property
    def is_stopping(self) -> bool:
        if self._everything.is_stopping or self._refused:
            return True
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK_AGAIN_S
            self._refused = not self._is_allowed()
        return self._refused

    @property
    def moves(self) -> int:
        return self._everything.moves

    def call_when_stopping(self, callback: Callable[[], None]) -> AbstractContextManager[None]:
        return self._everything.call_when_stopping(callback)


class _Both:
    """A slot of the process and one of the caller."""

    def __init__(self, all_: Slots, mine: CallersSlots, who: str, most: int | None, what: str) -> None:
        self._all, self._mine, self._who, self._most, self._what = all_, mine, who, most, what

    def take(self, limit: int) -> bool:
        """Raises TooManyRequests when the caller has all of theirs."""
        if self._most is not None and not self._mine.take(self._who, self._most):
            raise TooManyRequests(
                f"Expected at most {self._most} {self._what} at once from {self._who}, but there are as many: end one",
                5,
            )
        if self._all.take(limit):
            return True
        self._give_mine()
        return False

    def give(self) -> None:
        self._all.give()
        self._give_mine()

    def _give_mine(self) -> None:
        if self._most is not None:
            self._mine.give(self._who)
