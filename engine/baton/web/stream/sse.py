"""Frames of Server-Sent Events, and the bounded, endable response around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Response

from baton.model.errors import Overloaded
from baton.web.jsons import dump
from baton.web.open_requests import Countable
from baton.web.streamed import Outlet, Stream

HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache, no-transform"}
HEARTBEAT = b": heartbeat\n\n"
RETRY = b"retry: 1000\n\n"


def make_frame(event: str, data: object, id: str | int | None = None) -> bytes:
    """One event; the JSON is a single line because it is compact."""
    head = b"" if id is None else b"id: %s\n" % str(id).encode()
    return b"%sevent: %s\ndata: %s\n\n" % (head, event.encode(), dump(data))


def make_response(streams: Countable, limit: int, frames: Callable[[Outlet], Iterator[bytes]]) -> Response:
    """Stream ``frames``, which get the outlet of the stream. Raises Overloaded when ``limit`` streams are open."""
    if not streams.take(limit):
        raise Overloaded(f"Expected fewer than {limit} live streams at once on this server")
    # Passed through: what sends the answer finds the stream itself, not an iterator around it.
    return Response(
        Stream(frames, streams.give), mimetype="text/event-stream", headers=HEADERS, direct_passthrough=True
    )
