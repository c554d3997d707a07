"""Live items collected for a moment, so that a busy instance costs a client ten messages a second and not thousands."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from baton.service import Engine, LiveItem
    from baton.service.reads.live import Listener
    from baton.web.open_requests import Open
    from baton.web.settings import WebSettings

MAX_BATCH = 2_000
LOOK_SECONDS = 1.0


@contextmanager
def open_subscription(engine: Engine, instance_id: str | None) -> Generator[Listener]:
    """A subscription that is closed in any case."""
    subscription = engine.live.subscribe(instance_id)
    try:
        yield subscription
    finally:
        subscription.close()


def iterate_batches(subscription: Listener, settings: WebSettings, open_requests: Open) -> Iterator[list[LiveItem]]:
    """Lists of items that came within the batch time; an empty list when the heartbeat is due."""
    while not open_requests.is_stopping:
        first = _wait(subscription, settings.heartbeat_seconds, open_requests)
        if first is None:
            yield []
            continue
        items = [first]
        deadline = time.monotonic() + settings.batch_seconds
        while len(items) < MAX_BATCH and (left := deadline - time.monotonic()) > 0:
            more = subscription.wait_for_item(left)
            if more is not None:
                items.append(more)
        yield items


def _wait(subscription: Listener, seconds: float, open_requests: Open) -> LiveItem | None:
    """The next item, None after so many seconds or when the process stops: looks once a second."""
    deadline = time.monotonic() + seconds
    while not open_requests.is_stopping and not subscription.overflowed and (left := deadline - time.monotonic()) > 0:
        found = subscription.wait_for_item(min(left, LOOK_SECONDS))
        if found is not None:
            return found
    return None
