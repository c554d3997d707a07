"""Properties of dates, times, durations and ranges (``order.created.year``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, tzinfo
from typing import Any

from baton.expression.feel.far_dates import FarDate
from baton.expression.feel.values import UNBOUNDED, Range
from baton.expression.timing.durations import DAY, HOUR, MINUTE, SECOND, Duration


def _offset(value: datetime | time) -> Duration | None:
    offset = value.utcoffset()
    return None if offset is None else Duration(micros=int(offset.total_seconds()) * SECOND)


def _zone(value: datetime | time) -> str | None:
    zone: tzinfo | None = value.tzinfo
    return getattr(zone, "key", None)


def _split(value: int, unit: int, above: int) -> int:
    """The unit's part of microseconds, with their sign."""
    part = abs(value) % above // unit if above else abs(value) // unit
    return -part if value < 0 else part


_DATE: Mapping[str, Callable[[Any], Any]] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": lambda value: value.isoweekday(),
}
_TIME: Mapping[str, Callable[[Any], Any]] = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": lambda value: value.second,
    "time offset": _offset,
    "timezone": _zone,
}
_MONTHS: Mapping[str, Callable[[Any], Any]] = {
    "years": lambda value: _split(value.months, 12, 0),
    "months": lambda value: _split(value.months, 1, 12),
}
_DAYS: Mapping[str, Callable[[Any], Any]] = {
    "days": lambda value: _split(value.micros, DAY, 0),
    "hours": lambda value: _split(value.micros, HOUR, DAY),
    "minutes": lambda value: _split(value.micros, MINUTE, HOUR),
    "seconds": lambda value: _split(value.micros, SECOND, MINUTE),
}
_RANGE: Mapping[str, Callable[[Any], Any]] = {
    "start": lambda value: None if value.low is UNBOUNDED else value.low,
    "end": lambda value: None if value.high is UNBOUNDED else value.high,
    "start included": lambda value: value.low_included,
    "end included": lambda value: value.high_included,
}


def get_property(value: Any, name: str) -> Any:
    """The property, or null when the value has none of this name."""
    match value:
        case datetime():
            found = _DATE.get(name) or _TIME.get(name)
        case date():
            found = _DATE.get(name)
        case FarDate():
            return value.year if name == "year" else get_property(value.near, name)
        case time():
            found = _TIME.get(name)
        case Duration():
            found = _get_part(value, name)
        case Range():
            found = _RANGE.get(name)
        case _:
            return None
    return None if found is None else found(value)


def _get_part(value: Duration, name: str) -> Callable[[Any], Any] | None:
    """A duration of months has no days, and one of days no months; one of length zero has both."""
    months = _MONTHS.get(name) if value.months or not value.micros else None
    return months or (_DAYS.get(name) if value.micros or not value.months else None)
