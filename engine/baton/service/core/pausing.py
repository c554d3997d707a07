"""Work that computes for long in a greenlet or thread lets the others of its process go on."""

from __future__ import annotations

import time

PAUSE_S = 0.000_1
AFTER_S = 0.005
"""How long others wait for work that goes on in parts; the end of the part comes on top."""


def give_way() -> None:
    """Let everything that is ready go on, sockets and timers too.

    Not ``sleep(0)``: gevent looks at sockets and timers only after fifty of these, which is a second of work in parts
    of 20 ms. It takes a millisecond, even if nobody waits: the shortest for which gevent's loop sleeps.
    """
    time.sleep(PAUSE_S)


class LongWork:
    """Work in parts, from now on."""

    def __init__(self) -> None:
        self._pause_at = time.monotonic() + AFTER_S

    def end_part(self) -> None:
        """Give way if it has gone on for long; a pause after each short part would be most of the time."""
        if time.monotonic() >= self._pause_at:
            give_way()
            self._pause_at = time.monotonic() + AFTER_S
