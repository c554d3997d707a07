"""The hours in which history is removed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from baton.model.times import Millis

_MINUTE_MS = 60_000
_DAY = 24 * 60
_TEXT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class CleanupWindow:
    """Minutes of the day in UTC; a window may reach over midnight."""

    start: int
    length: int

    def find(self, now: Millis) -> tuple[Millis, Millis]:
        """Start and end of the window that is open, or else of the next one."""
        day = now - now % (_DAY * _MINUTE_MS)
        for days in (-1, 0, 1):
            start = day + (days * _DAY + self.start) * _MINUTE_MS
            if start + self.length * _MINUTE_MS > now:
                return start, start + self.length * _MINUTE_MS
        raise AssertionError("a window of tomorrow ends after today")

    def contains(self, now: Millis) -> bool:
        return self.find(now)[0] <= now


def read_window(text: str) -> CleanupWindow | None:
    """``22:00-06:00``; None for an empty text: at any time. Raises ValueError."""
    if not text:
        return None
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"like 22:00-06:00 (UTC), but found '{text}'")
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    return CleanupWindow(start, (end - start) % _DAY or _DAY)
