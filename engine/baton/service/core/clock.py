"""Where the time comes from. Only tests of a whole Baton use anything but the system's clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from baton.model.times import Millis

ReadTime = Callable[[], Millis]


class Clock:
    """The moment, in milliseconds since 1970 UTC, from what the settings name as its source."""

    def __init__(self, read: ReadTime) -> None:
        self._read = read

    def now(self) -> Millis:
        return self._read()


def read_system_clock() -> Millis:
    return time.time_ns() // 1_000_000


def make_shifted_clock(file: Path) -> ReadTime:
    """The system's clock, ahead by the milliseconds in the file: with it a test moves the time of all processes.

    Without a file, or with an empty one, nothing is shifted. It is replaced, never rewritten, so never read in half.
    """

    def now() -> Millis:
        try:
            text = file.read_text().strip()
        except FileNotFoundError:
            text = ""
        return read_system_clock() + int(text or 0)

    return now
