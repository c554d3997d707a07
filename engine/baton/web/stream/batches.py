"""What a live stream is woken by: batches of turns, the heartbeat, and the end of the process."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from baton.service import Engine, LiveBatch
    from baton.service.reads.live import Listener
    from baton.web.open_requests import Open
    from baton.web.settings import WebSettings

LOOK_SECONDS = 1.0


@contextmanager
def open_subscription(engine: Engine, instance_id: str | None) -> Generator[Listener]:
    """A subscription that is closed in any case."""
    subscription = engine.live.subscribe(instance_id)
    try:
        yield subscription
    finally:
        subscription.close()


def iterate_batches(subscription: Listener, settings: WebSettings, open_requests: Open) -> Iterator[LiveBatch | None]:
    """What came together; None when the heartbeat is due or the subscription has overflowed."""
    while not open_requests.is_stopping:
        yield _wait(subscription, settings.heartbeat_seconds, open_requests)


def _wait(subscription: Listener, seconds: float, open_requests: Open) -> LiveBatch | None:
    """The next batch, None after so many seconds or when the process stops: looks once a second."""
    deadline = time.monotonic() + seconds
    while not open_requests.is_stopping and not subscription.overflowed and (left := deadline - time.monotonic()) > 0:
        found = subscription.wait_for_batch(min(left, LOOK_SECONDS))
        if found is not None:
            return found
    return None
