"""The pause of a loop that found nothing to do; a hint that there is something ends it."""

from __future__ import annotations

import threading

from baton.model.times import Millis

LONGEST_MS = 2_000
"""After so long a loop looks by itself: what is due later is not hinted (``SOON_MS`` of ``due_hints.lua``), and a hint
may be lost.
"""


class Rest:
    """A hint that comes while the loop is busy ends its next pause at once."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def end(self) -> None:
        self._ended.set()

    def pause(self, milliseconds: Millis | None = None) -> None:
        """At most so long, and never longer than ``LONGEST_MS``."""
        self._ended.wait(min(milliseconds or LONGEST_MS, LONGEST_MS) / 1000)
        self._ended.clear()
