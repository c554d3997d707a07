"""Repeating timers: ISO 8601 repeating intervals and cron."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import lru_cache
from typing import Protocol

from baton.expression.core.errors import ExpressionError
from baton.expression.timing.cron import parse_cron
from baton.expression.timing.dates import parse_date, read_datetime
from baton.expression.timing.durations import Duration, parse_duration
from baton.model.times import Millis

_SLASH = re.compile(r"/(?=[+-]?(?:P[\dT]|\d)|$)")
"""Between the parts of a cycle, and not inside the name of a zone."""


class Cycle(Protocol):
    """Occurrences of a repeating timer. None means that there is none (any more)."""

    def find_first(self, now: Millis) -> Millis | None:
        """The first occurrence of a timer that is set now."""
        ...

    def find_next(self, previous: Millis, fired: int, anchor: Millis | None = None) -> Millis | None:
        """The occurrence after ``previous``, when ``fired`` have been.

        ``anchor`` is the moment the timer was set: with it months keep their day (31 January, 28 February, 31 March).
        """
        ...


@dataclass(frozen=True, slots=True)
class Interval:
    """``R3/2026-01-01T00:00:00Z/PT10S``: ``times`` None repeats without end, ``end`` is the last moment allowed.

    With a start, months and days keep the time of day in its ``zone``.
    """

    every: Duration
    times: int | None = None
    start: Millis | None = None
    end: Millis | None = None
    zone: tzinfo | None = None

    def find_first(self, now: Millis) -> Millis | None:
        return self._occurrence(now, self._skipped(now))

    def find_next(self, previous: Millis, fired: int, anchor: Millis | None = None) -> Millis | None:
        if anchor is not None:
            return self._occurrence(anchor, self._skipped(anchor) + fired)
        if self.times is not None and fired >= self.times:
            return None
        return self._until_end(self.every.add_to(previous, zone=self.zone))

    def _occurrence(self, anchor: Millis, index: int) -> Millis | None:
        if self.times is not None and index >= self.times:
            return None
        if self.start is None:
            return self._until_end(self.every.add_to(anchor, index + 1))
        return self._until_end(self.every.add_to(self.start, index, self.zone))

    def _until_end(self, moment: Millis) -> Millis | None:
        return None if self.end is not None and moment > self.end else moment

    def _skipped(self, anchor: Millis) -> int:
        """How many occurrences of a start in the past were over when the timer was set."""
        if self.start is None or self.start >= anchor:
            return 0
        length = self.every.add_to(self.start) - self.start
        index = max((anchor - self.start) // max(length, 1) - 2, 0)
        while index > 0 and self.every.add_to(self.start, index, self.zone) >= anchor:
            index -= max(index // 50, 1)
        while self.every.add_to(self.start, index, self.zone) < anchor:
            index += 1
        return index


@dataclass(frozen=True, slots=True)
class CronCycle:
    """A cron expression, which repeats without end."""

    text: str
    zone: str = "UTC"

    def find_first(self, now: Millis) -> Millis | None:
        return parse_cron(self.text, self.zone).find_after(now)

    def find_next(self, previous: Millis, fired: int, anchor: Millis | None = None) -> Millis | None:  # noqa: ARG002
        return parse_cron(self.text, self.zone).find_after(previous)


@lru_cache(maxsize=1024)
def parse_cycle(text: str, zone: str = "UTC") -> Cycle:
    """``R3/PT10S``, ``R/<start>/P1D``, ``R3/<start>/<end>``, ``R/PT10S/<end>`` or cron. Raises ExpressionError.

    Start and end may name a zone: ``2026-01-31T09:00:00[Europe/Berlin]``. ``zone`` is where times without a zone and
    cron fields are meant.
    """
    stripped = text.strip()
    if not re.match(r"R-?\d*/|P", stripped):
        if re.match(r"R", stripped):
            raise _unreadable(text)
        parse_cron(stripped, zone)
        return CronCycle(stripped, zone)
    repeat, *rest = _SLASH.split(stripped) if stripped.startswith("R") else ("R1", stripped)
    count = repeat[1:]
    cycle = _interval(rest, text, zone)
    if not cycle.every.is_positive:
        raise ExpressionError(f"Expected a positive interval in a cycle, but found '{text[:80]}'", "syntax", 0)
    if len(count) > 9:
        raise _unreadable(text)
    return replace(cycle, times=None if count in ("", "-1") else int(count))


def _interval(parts: list[str], text: str, zone: str) -> Interval:
    match parts:
        case [duration] if duration.startswith("P"):
            return Interval(parse_duration(duration))
        case [duration, end] if duration.startswith("P"):
            return Interval(parse_duration(duration), end=parse_date(end, zone).at)
        case [start, duration] if duration.startswith("P"):
            return Interval(
                parse_duration(duration), start=parse_date(start, zone).at, zone=read_datetime(start, zone).tzinfo
            )
        case [start, end] if start and end:
            begin = parse_date(start, zone).at
            return Interval(Duration(micros=(parse_date(end, zone).at - begin) * 1000), start=begin)
        case _:
            raise _unreadable(text)


def _unreadable(text: str) -> ExpressionError:
    return ExpressionError(
        f"Expected a cycle such as 'R3/PT10S', 'R/2026-01-01T00:00:00Z/P1D' or cron, but found '{text[:80]}'",
        "syntax",
        0,
    )
