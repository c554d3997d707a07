"""Waiting for an instance to end: requests that the server holds until it has, one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from baton.client.call import Call, make_params

LONGEST_QUESTION = 20.0
"""Seconds that the server may hold one request: below the time after which proxies cut one off."""


class StillRunning(TimeoutError):
    """The time is over and the instance has not ended; it goes on. ``instance_id`` is its id."""

    def __init__(self, instance_id: str, seconds: float) -> None:
        super().__init__(f"Expected instance {instance_id} to end within {seconds:g} s, but it is still running")
        self.instance_id = instance_id


def make_questions(instance_id: str, timeout: float | timedelta | None) -> Iterator[Call[bool]]:
    """Calls to send until one says that it has ended. Raises StillRunning when ``timeout`` has passed."""
    longest = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    until = None if longest is None else time.monotonic() + longest
    left = LONGEST_QUESTION if longest is None else longest
    while True:
        yield _ask(instance_id, max(0.0, min(left, LONGEST_QUESTION)))
        if longest is not None and until is not None and (left := until - time.monotonic()) <= 0:
            raise StillRunning(instance_id, longest)


def _ask(instance_id: str, seconds: float) -> Call[bool]:
    return Call(
        method="GET",
        path=f"/process-instance/{quote(instance_id, safe='')}/result",
        params=make_params({"timeout": round(seconds * 1000)}),
        read=lambda answer: bool(answer["ended"]),
    )
