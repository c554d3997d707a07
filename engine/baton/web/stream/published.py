"""Published events as a stream; whatever happens is the signal to look for new ones."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from baton.web.stream.batches import iterate_batches, open_subscription
from baton.web.stream.sse import HEARTBEAT, RETRY, make_frame
from baton.web.streamed import Outlet

if TYPE_CHECKING:
    from baton.service import Engine
    from baton.web.open_requests import Open
    from baton.web.settings import WebSettings

PAGE = 200


def stream_frames(
    engine: Engine, settings: WebSettings, open_requests: Open, after: str, kind: str | None, outlet: Outlet
) -> Iterator[bytes]:
    """One ``published`` event per CloudEvent, its cursor as the id."""
    with open_subscription(engine, None) as subscription:
        yield RETRY
        after = yield from _new(engine, after, kind)
        for batch in iterate_batches(subscription, settings, open_requests, outlet):
            subscription.overflowed = False
            if batch is None:
                yield HEARTBEAT
            after = yield from _new(engine, after, kind)


def _new(engine: Engine, after: str, kind: str | None) -> Generator[bytes, None, str]:
    while True:
        found = engine.outbox.list_published(after, None, PAGE)
        for cursor, event in found:
            after = cursor
            if kind in (None, event["type"]):
                yield make_frame("published", {**event, "cursor": cursor}, cursor)
        if len(found) < PAGE:
            return after
