"""Published events as a stream; whatever happens is the signal to look for new ones."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from baton.web.stream.batches import batches, subscribed
from baton.web.stream.sse import HEARTBEAT, RETRY, frame

if TYPE_CHECKING:
    from baton.service import Engine
    from baton.web.settings import WebSettings

PAGE = 200


def frames(engine: Engine, settings: WebSettings, after: str, kind: str | None) -> Iterator[bytes]:
    """One ``published`` event per CloudEvent, its cursor as the id."""
    with subscribed(engine, None) as subscription:
        yield RETRY
        after = yield from _new(engine, after, kind)
        for items in batches(subscription, settings):
            subscription.overflowed = False
            if not items:
                yield HEARTBEAT
            after = yield from _new(engine, after, kind)


def _new(engine: Engine, after: str, kind: str | None) -> Generator[bytes, None, str]:
    while True:
        found = engine.outbox.list_published(after, None, PAGE)
        for cursor, event in found:
            after = cursor
            if kind in (None, event["type"]):
                yield frame("published", {**event, "cursor": cursor}, cursor)
        if len(found) < PAGE:
            return after
