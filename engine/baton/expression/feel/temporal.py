"""Texts to FEEL's dates, times and durations; None when a text is none."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.feel.far_dates import LAST_YEAR, AnyDate, FarDate, read_far, replace_near
from baton.expression.timing.dates import find_zone, read_datetime
from baton.expression.timing.durations import Duration, parse_duration

_END_OF_DAY = re.compile(r"\A24:00:00(?:\.0+)?(?=\Z|[Z+-])")
_END_OF_DATE = re.compile(r"T24:00:00(?:\.0+)?(?=\Z|[Z+\-@])")
_OFFSET_AND_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)@")
_LARGEST_OFFSET = timedelta(hours=18)


def read_duration(text: str) -> Duration | None:
    try:
        return parse_duration(text, LAST_YEAR)
    except ExpressionError:
        return None


def read_date(text: str) -> AnyDate | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else read_far(text, read_date)
    except ValueError:
        return read_far(text, read_date)


def read_time(text: str) -> time | None:
    """``10:00:00``, with an offset or ``@`` and the name of a zone. ``24:00:00`` is the midnight that ends a day."""
    clock, at, name = text.partition("@")
    try:
        found = time.fromisoformat(_END_OF_DAY.sub("00:00:00", clock)) if ":" in clock else None
        zone = find_zone(name) if at else None
    except (ValueError, ExpressionError):
        return None
    if found is None or (zone is not None and found.tzinfo is not None) or not _is_possible(found):
        return None
    return found if zone is None else found.replace(tzinfo=zone)


def read_moment(text: str) -> datetime | FarDate | None:
    """A date and time, local when the text has no zone. ``24:00:00`` is the midnight that ends the day."""
    if _OFFSET_AND_ZONE.search(text):
        return None
    try:
        found = read_datetime(text, None)
    except ExpressionError:
        return _read_unusual(text)
    return found if _is_possible(found) else None


def _read_unusual(text: str) -> Any:
    """A moment that Python's own reading does not know."""
    begins = _END_OF_DATE.sub("T00:00:00", text)
    if begins == text:
        return read_far(text, read_moment)
    started = read_moment(begins)
    return None if started is None else replace_near(started, lambda near: near + timedelta(days=1))


def _is_possible(value: datetime | time) -> bool:
    """No place on earth is further than 18 hours from UTC (as in XML Schema and Java)."""
    offset = value.utcoffset()
    return offset is None or abs(offset) <= _LARGEST_OFFSET


def parse_literal(text: str) -> Any:
    """What ``@"…"`` stands for: a date, a time, a date and time or a duration."""
    if text.lstrip("-+").startswith("P"):
        return read_duration(text)
    if "T" in text.partition("@")[0] and not text.startswith("T"):
        return read_moment(text)
    return read_date(text) or read_time(text.removeprefix("T"))
