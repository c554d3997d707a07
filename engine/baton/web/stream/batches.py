"""What a live stream is woken by: batches of turns, the heartbeat, and the end of the process."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from baton.web.open_requests import LOOK_AGAIN_S

if TYPE_CHECKING:
    from baton.service import Engine, LiveBatch
    from baton.service.reads.live import Listener, Takes
    from baton.web.open_requests import Open
    from baton.web.settings import WebSettings
    from baton.web.streamed import Outlet


@contextmanager
def open_subscription(engine: Engine, instance_id: str | None) -> Generator[Listener]:
    """A subscription that is closed in any case."""
    subscription = engine.live.subscribe(instance_id)
    try:
        yield subscription
    finally:
        subscription.close()


def iterate_batches(
    subscription: Listener, settings: WebSettings, open_requests: Open, outlet: Outlet, take: Takes | None = None
) -> Iterator[LiveBatch | None]:
    """What came together; None when the heartbeat is due, the subscription has overflowed, or a frame went out half.

    ``take`` sends by the outlet, where that can be done at once, what is then not iterated over.
    """
    outlet.call_when_behind = subscription.wake
    moves = open_requests.moves

    def is_over() -> bool:
        return open_requests.is_stopping or open_requests.moves != moves

    with open_requests.call_when_stopping(subscription.wake):
        while not is_over():
            outlet.sent_at = time.monotonic()
            yield _wait(subscription, settings.heartbeat_seconds, is_over, outlet, take)


def _wait(
    subscription: Listener, seconds: float, is_over: Callable[[], bool], outlet: Outlet, take: Takes | None
) -> LiveBatch | None:
    """The next batch, None after so many seconds, when it is to end, or on an overflow: these wake it.

    Whether the caller may still listen is looked at every few seconds.
    """
    while not is_over() and not subscription.overflowed and not outlet.is_behind:
        left = outlet.sent_at + seconds - time.monotonic()
        if left <= 0:
            return None
        found = subscription.wait_for_batch(min(left, LOOK_AGAIN_S), take if outlet.is_direct else None)
        if found is not None and found.items:
            return found
    return None
