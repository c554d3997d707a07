"""Dates before the year 1 and after the year 9999, which Python's own do not have.

The calendar repeats every 400 years, weekdays included (the Gregorian calendar, continued to both sides as ISO 8601
does). So such a date is one of the years 2000 to 2399, which Python calculates with, moved by a number of cycles.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import total_ordering
from typing import Any

from baton.expression.timing.durations import DAY, SECOND

YEARS, MONTHS, MICROS = 400, 4_800, 146_097 * DAY
"""Of one cycle."""
LAST_YEAR = 999_999_999
_FIRST = 2000
_WRITTEN = re.compile(r"(-(?:\d{4}|[1-9]\d{4,8})|[1-9]\d{4,8}|0000)(-\d\d-\d\d.*)", re.DOTALL)


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class FarDate:
    """``near``, a date or a date and time in the years 2000 to 2399, moved by so many ``cycles`` of 400 years."""

    near: date
    cycles: int

    @property
    def year(self) -> int:
        return self.near.year + self.cycles * YEARS

    @property
    def has_time(self) -> bool:
        return isinstance(self.near, datetime)

    def write(self, near: str) -> str:
        """The text of ``near`` with this year."""
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04d}{near[4:]}"

    def __eq__(self, other: object) -> bool:
        return self._is_like(other) and get_gap(self, other) == 0

    def __lt__(self, other: object) -> bool:
        return get_gap(self, other) < 0 if self._is_like(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.near, self.cycles))

    def _is_like(self, other: object) -> bool:
        near = other.near if isinstance(other, FarDate) else other
        return isinstance(near, datetime) if self.has_time else isinstance(near, date)


AnyDate = date | FarDate


def split(value: AnyDate) -> tuple[date, int]:
    """The date in the years 2000 to 2399, and the cycles that it is moved by."""
    if isinstance(value, FarDate):
        return value.near, value.cycles
    cycles = (value.year - _FIRST) // YEARS
    return value.replace(year=value.year - cycles * YEARS), cycles


def join(near: date, cycles: int) -> AnyDate:
    """The date moved by cycles: one of Python's where it can be. Raises OverflowError."""
    first, more = split(near)
    far = FarDate(first, cycles + more)
    if 1 <= far.year <= 9999:
        return first.replace(year=far.year)
    if abs(far.year) > LAST_YEAR:
        raise OverflowError("date")
    return far


def replace_near(value: AnyDate, change: Callable[[Any], date]) -> AnyDate:
    """The date after a change that keeps the year or moves it a little: a time of day, a zone."""
    near, cycles = split(value)
    return join(change(near), cycles)


def make_date(year: int, month: int, day: int) -> AnyDate:
    """Raises ValueError or OverflowError when there is no such date."""
    cycles = (year - _FIRST) // YEARS
    return join(date(year - cycles * YEARS, month, day), cycles)


def read_far(text: str, read: Callable[[str], date | FarDate | None]) -> FarDate | None:
    """A text that begins with a year of more than four digits, below 1; ``read`` reads it with an ordinary year."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    year = int(found.group(1))
    if found.group(1) == "-0000":
        return None
    cycles = (year - _FIRST) // YEARS
    near = read(f"{year - cycles * YEARS}{found.group(2)}")
    return FarDate(near, cycles) if isinstance(near, date) else None


def get_gap(left: AnyDate, right: Any) -> int:
    """Microseconds from ``right`` to ``left``: both with a time or both without, both with a zone or both without."""
    (one, cycles), (other, more) = split(left), split(right)
    if isinstance(one, datetime) and isinstance(other, datetime):
        gap = _get_instant(one) - _get_instant(other)
    else:
        gap = timedelta(days=one.toordinal() - other.toordinal())
    return (cycles - more) * MICROS + gap.days * DAY + gap.seconds * SECOND + gap.microseconds


def _get_instant(moment: datetime) -> datetime:
    """Python subtracts wall clocks where both moments have one zone."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC)
