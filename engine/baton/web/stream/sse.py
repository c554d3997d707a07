"""Frames of Server-Sent Events, and the bounded, endable response around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from flask import Response

from baton.model.errors import Overloaded
from baton.web.jsons import dump
from baton.web.open_requests import Countable

HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache, no-transform"}
HEARTBEAT = b": heartbeat\n\n"
RETRY = b"retry: 1000\n\n"


def make_frame(event: str, data: object, id: str | int | None = None) -> bytes:
    """One event; the JSON is a single line because it is compact."""
    head = b"" if id is None else b"id: %s\n" % str(id).encode()
    return b"%sevent: %s\ndata: %s\n\n" % (head, event.encode(), dump(data))


def make_response(streams: Countable, limit: int, frames: Callable[[], Iterator[bytes]]) -> Response:
    """Stream ``frames``. Raises Overloaded when ``limit`` streams are open."""
    if not streams.take(limit):
        raise Overloaded(f"Expected fewer than {limit} live streams at once on this server")
    body = _Counted(streams, frames())
    return Response(body, mimetype="text/event-stream", headers=HEADERS)


class _Counted:
    """Gives the slot back once, also when the client left before the first frame."""

    def __init__(self, streams: Countable, frames: Iterator[bytes]) -> None:
        self._streams = streams
        self._frames = frames
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._frames

    def close(self) -> None:
        if self._open:
            self._open = False
            self._streams.give()
        close = getattr(self._frames, "close", None)
        if close is not None:
            with suppress(GeneratorExit):
                close()
