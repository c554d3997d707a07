"""The body of an answer that is a live stream, and the way past its greenlet."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol


class Direct(Protocol):
    """A connection that takes what it has room for, without waiting."""

    @property
    def is_behind(self) -> bool:
        """Whether a part of what it took is still to be sent: before whatever is sent next."""
        ...

    def write_now(self, chunk: bytes) -> bool:
        """Whether it has taken the chunk, or its beginning; the rest it keeps. Raises OSError: the client has gone."""
        ...


class Outlet:
    """Where frames of one stream go at once. Waking a greenlet for each costs twice as much as sending it.

    See docs/decisions/0101.
    """

    def __init__(self) -> None:
        self.hide: Callable[[bytes], bytes] | None = None
        """Takes out of a frame what the viewer may not see."""
        self.connection: Direct | None = None
        """None: the stream is only iterated over."""
        self.call_when_behind: Callable[[], None] = _do_nothing
        self.sent_at = time.monotonic()

    @property
    def is_direct(self) -> bool:
        return self.connection is not None

    @property
    def is_behind(self) -> bool:
        return self.connection is not None and self.connection.is_behind

    def send(self, frame: bytes) -> bool:
        """Whether it goes out without anybody waiting for it. Else it is still to be sent, in the usual way."""
        connection = self.connection
        if connection is None:
            return False
        try:
            taken = connection.write_now(frame if self.hide is None else self.hide(frame))
        except OSError:
            return False  # who sends it in the usual way finds the same, and ends the stream
        if taken:
            self.sent_at = time.monotonic()
            if connection.is_behind:
                self.call_when_behind()
        return taken


class Stream:
    """An iterable of frames for WSGI, which gives its slot back once, also when the client left before the first."""

    def __init__(self, make_frames: Callable[[Outlet], Iterator[bytes]], give_slot: Callable[[], None]) -> None:
        self.outlet = Outlet()
        self._frames = make_frames(self.outlet)
        self._give_slot = give_slot
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        hide = self.outlet.hide
        return self._frames if hide is None else map(hide, self._frames)

    def connect(self, connection: Direct) -> None:
        """What sends the answer is a connection of this kind. To be called before iterating."""
        self.outlet.connection = connection

    def close(self) -> None:
        if self._open:
            self._open = False
            self._give_slot()
        close = getattr(self._frames, "close", None)
        if close is not None:
            with suppress(GeneratorExit):
                close()


def _do_nothing() -> None:
    """Nobody waits."""
