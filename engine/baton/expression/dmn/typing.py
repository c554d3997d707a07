"""``typeRef``: the value that a column or a decision means by what it was given; what it cannot mean is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, cast

from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import describe
from baton.expression.core.numbers import parse_number
from baton.expression.feel.temporal import read_date, read_duration, read_moment, read_time
from baton.expression.feel.values import as_number, get_kind
from baton.expression.timing.durations import Duration


def convert(value: Any, type_ref: str | None) -> Any:
    """The value as a value of the type. Null stays null; of a type that is not built in, everything stays as it is.

    Forms and JSON bring numbers, booleans and times as text, and dates as moments. Raises ExpressionError.
    """
    read = _READERS.get(type_ref or "")
    if read is None or value is None:
        return value
    found: Any = cast("Any", value) if isinstance(value, (list, dict)) else read(value)
    if found is None:
        raise ExpressionError(f"Expected a value of type {type_ref}, but found {describe(value)}")
    return found


def _number(value: Any) -> Any:
    return parse_number(value) if isinstance(value, str) else None if as_number(value) is None else value


def _whole(value: Any) -> Any:
    number = as_number(_number(value))
    return None if number is None or number != number.__floor__() else int(number)


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _date(value: Any) -> date | None:
    if isinstance(value, str):
        text = value.strip()
        moment = read_moment(text) if "T" in text else None
        return moment.date() if moment is not None else read_date(text)
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        text = value.strip()
        return read_moment(text) if "T" in text else _at_midnight(read_date(text))
    return value if isinstance(value, datetime) else _at_midnight(value) if isinstance(value, date) else None


def _at_midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time())


def _time(value: Any) -> time | None:
    return read_time(value.strip()) if isinstance(value, str) else value if isinstance(value, time) else None


def _duration(value: Any) -> Duration | None:
    return read_duration(value.strip()) if isinstance(value, str) else value if isinstance(value, Duration) else None


def _only(kind: str) -> Callable[[Any], Duration | None]:
    """Durations of one kind; one of length zero is of both."""

    def read(value: Any) -> Duration | None:
        found = _duration(value)
        return found if found is not None and (found == Duration() or get_kind(found) == kind) else None

    return read


_DAYS, _MONTHS = _only("days and time duration"), _only("years and months duration")
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "number": _number,
    "double": _number,
    "integer": _whole,
    "long": _whole,
    "boolean": _boolean,
    "date": _date,
    "dateTime": _moment,
    "date and time": _moment,
    "time": _time,
    "duration": _duration,
    "dayTimeDuration": _DAYS,
    "days and time duration": _DAYS,
    "yearMonthDuration": _MONTHS,
    "years and months duration": _MONTHS,
}
