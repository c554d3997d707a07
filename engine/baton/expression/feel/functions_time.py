"""FEEL's functions of dates, times and durations."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from baton.expression.core.frame import Frame
from baton.expression.feel.far_dates import AnyDate, FarDate, make_date, replace_near
from baton.expression.feel.functions_numbers import to_number
from baton.expression.feel.functions_text import to_text, to_whole
from baton.expression.feel.temporal import read_date, read_duration, read_moment, read_time
from baton.expression.timing.dates import find_zone
from baton.expression.timing.durations import Duration

_LEFT_OUT = object()
"""An argument that is not there; one that is null, such as a time that was not understood, makes the result null."""


def _day(value: Any) -> date:
    """The date, or one of the years 2000 to 2399 at the same place of the calendar."""
    if not isinstance(value, AnyDate):
        raise TypeError("date")
    return value.near if isinstance(value, FarDate) else value


def _date(_: Frame, year: Any, month: Any = _LEFT_OUT, day: Any = None) -> AnyDate | None:
    if month is not _LEFT_OUT:
        return make_date(to_whole(year), to_whole(month), to_whole(day))
    return _without_time(year) if isinstance(year, AnyDate) else read_date(to_text(year))


def _without_time(value: AnyDate) -> AnyDate:
    if isinstance(value, FarDate):
        return replace_near(value, _without_time) if value.has_time else value  # type: ignore[arg-type]
    return value.date() if isinstance(value, datetime) else value


def _time(_: Frame, hour: Any, minute: Any = _LEFT_OUT, second: Any = 0, offset: Any = None) -> time | None:
    if minute is _LEFT_OUT:
        if isinstance(hour, FarDate):
            return _time(_, hour.near)
        if isinstance(hour, datetime):
            return hour.timetz()
        if isinstance(hour, date):
            return time(tzinfo=UTC)
        return hour if isinstance(hour, time) else read_time(to_text(hour))
    seconds = to_number(second)
    zone = timezone(timedelta(microseconds=offset.micros)) if isinstance(offset, Duration) else None
    return time(
        to_whole(hour), to_whole(minute), int(seconds), round((seconds - int(seconds)) * 1_000_000), tzinfo=zone
    )


def _date_and_time(_: Frame, value: Any, other: Any = _LEFT_OUT) -> datetime | FarDate | None:
    if isinstance(value, FarDate):
        near = _date_and_time(_, value.near, other)
        return near if near is None else replace_near(value, lambda _: near)  # type: ignore[return-value]
    if isinstance(other, str):
        moment = value if isinstance(value, datetime) else read_moment(to_text(value))
        zone = find_zone(other)
        if isinstance(moment, FarDate):
            return _date_and_time(_, moment, other)
        return None if moment is None else moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    if other is not _LEFT_OUT:
        day = value.date() if isinstance(value, datetime) else _day(value)
        return datetime.combine(day, other)
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else read_moment(to_text(value))


def _duration(_: Frame, value: Any) -> Duration | None:
    return value if isinstance(value, Duration) else read_duration(to_text(value))


def _months_between(_: Frame, start: Any, end: Any) -> Duration:
    first, last = _day(start), _day(end)
    months = (end.year - start.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return Duration(months=months)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "date": _date,
    "time": _time,
    "date and time": _date_and_time,
    "duration": _duration,
    "years and months duration": _months_between,
    "now": lambda frame: frame.get_now(),
    "today": lambda frame: frame.get_now().date(),
    "day of week": lambda _, value: calendar.day_name[_day(value).weekday()],
    "month of year": lambda _, value: calendar.month_name[_day(value).month],
    "day of year": lambda _, value: _day(value).timetuple().tm_yday,
    "week of year": lambda _, value: _day(value).isocalendar().week,
    "last day of month": lambda _, value: calendar.monthrange(_day(value).year, _day(value).month)[1],
}
COUNTS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(FUNCTIONS, (1, 1)),
    "date": (1, 3),
    "time": (1, 4),
    "date and time": (1, 2),
    "years and months duration": (2, 2),
    "now": (0, 0),
    "today": (0, 0),
}
PARAMETERS: Mapping[str, str] = {
    **dict.fromkeys(("day of week", "month of year", "day of year", "week of year", "last day of month"), "date"),
    "date": "from|year, month, day",
    "time": "from|hour, minute, second, offset",
    "date and time": "from|date, time|from, timezone",
    "duration": "from",
    "years and months duration": "from, to",
}
