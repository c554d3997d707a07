"""Waiting for an instance to end: asked again and again, more and more seldom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from baton.client.call import Call
from baton.client.shapes import FINAL_STATES

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0
"""Seconds between two questions."""


class StillRunning(TimeoutError):
    """The time is over and the instance has not ended; it goes on. ``instance_id`` is its id."""

    def __init__(self, instance_id: str, seconds: float) -> None:
        super().__init__(f"Expected instance {instance_id} to end within {seconds:g} s, but it is still running")
        self.instance_id = instance_id


def ask_whether_ended(instance_id: str) -> Call[bool]:
    return Call(
        method="GET",
        path=f"/history/process-instance/{quote(instance_id, safe='')}",
        read=lambda answer: answer["endTime"] is not None or str(answer["state"]).lower() in FINAL_STATES,
    )


def make_pauses(instance_id: str, timeout: float | timedelta | None) -> Iterator[float]:
    """How long to pause before each further question. Raises StillRunning when they add up to ``timeout``."""
    longest = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    pause, passed = FIRST_PAUSE, 0.0
    while longest is None or passed < longest:
        pause = pause if longest is None else min(pause, longest - passed)
        yield pause
        passed += pause
        pause = min(pause * 1.5, LONGEST_PAUSE)
    raise StillRunning(instance_id, longest)
