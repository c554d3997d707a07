"""Live items collected for a moment, so that a busy instance costs a client ten messages a second and not thousands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from baton.web.long_poll import stopping
from baton.web.stream.sse import open_streams

if TYPE_CHECKING:
    from baton.service import Engine, LiveItem, LiveSubscription
    from baton.web.settings import WebSettings

MAX_BATCH = 2_000


@contextmanager
def subscribed(engine: Engine, instance_id: str | None) -> Iterator[LiveSubscription]:
    """A subscription that a shutdown ends and that is closed in any case."""
    subscription = engine.live.subscribe(instance_id)
    open_streams.add(subscription)
    try:
        yield subscription
    finally:
        open_streams.remove(subscription)
        subscription.close()


def batches(subscription: LiveSubscription, settings: WebSettings) -> Iterator[list[LiveItem]]:
    """Lists of items that came within the batch time; an empty list when the heartbeat is due."""
    while not stopping.is_set() and not subscription.closed:
        first = subscription.get(settings.heartbeat_seconds)
        if first is None:
            yield []
            continue
        items = [first]
        deadline = time.monotonic() + settings.batch_seconds
        while len(items) < MAX_BATCH and (left := deadline - time.monotonic()) > 0:
            more = subscription.get(left)
            if more is not None:
                items.append(more)
            elif subscription.closed:
                break
        yield items
