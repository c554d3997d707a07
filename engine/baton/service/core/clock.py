"""Where the time comes from. Only tests of a whole Baton use anything but the system's clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from baton.model.times import Millis

Clock = Callable[[], Millis]


def system_clock() -> Millis:
    return time.time_ns() // 1_000_000


def shifted_clock(file: Path) -> Clock:
    """The system's clock, ahead by the milliseconds written in the file: one who tests moves time for all processes.

    An empty or missing file is no shift. The file is replaced, never written in place, so that nobody reads half of it.
    """

    def now() -> Millis:
        try:
            text = file.read_text().strip()
        except FileNotFoundError:
            text = ""
        return system_clock() + int(text or 0)

    return now
