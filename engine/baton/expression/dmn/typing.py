"""``typeRef``: the value that a column or a decision means by what it was given; what it cannot mean is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import describe
from baton.expression.core.numbers import parse_number
from baton.expression.feel.far_dates import AnyDate, FarDate, replace_near
from baton.expression.feel.lexicon import TYPES
from baton.expression.feel.temporal import read_date, read_duration, read_moment, read_time
from baton.expression.feel.types import Type, coerce
from baton.expression.feel.values import get_kind, get_number
from baton.expression.timing.durations import Duration


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ``typeRef`` as ``written``, and the type that it means; ``read`` takes what Camunda's own types take."""

    written: str
    type: Type
    read: Callable[[Any], Any] | None = None


def find_type(type_ref: str | None, defined: Callable[[str], Type | None]) -> Wanted | None:
    """The type that is meant, of the model (``defined``) or built in; None when there is nothing to convert to."""
    name = (type_ref or "").strip()
    found = defined(name)
    if found is not None:
        return Wanted(name, found)
    name = name.removeprefix("feel:")
    kind = FEEL_NAMES.get(name, name)
    return Wanted(name, Type(kind), _READERS.get(name)) if kind in TYPES or kind == "Any" else None


def convert(value: Any, wanted: Wanted | None, *, lenient: bool = False) -> Any:
    """The value as a value of the type; null stays null.

    Forms and JSON bring numbers, booleans and times as text, and dates as moments. ``lenient``, for the columns of a
    table: a list stays as it is, and any value is a string. Raises ExpressionError.
    """
    if wanted is None or value is None or wanted.written == "Any":
        return value
    if lenient and (isinstance(value, (list, dict)) or wanted.type == _STRING):
        return cast("Any", value)
    try:
        return coerce(_read(value, wanted), wanted.type)
    except TypeError:
        raise ExpressionError(f"Expected a value of type {wanted.written}, but found {describe(value)}") from None


def _read(value: Any, wanted: Wanted) -> Any:
    if wanted.read is None:
        return read_as(value, wanted.type)
    found = cast("Any", value) if isinstance(value, (list, dict)) else wanted.read(value)
    if found is None:
        raise TypeError(wanted.written)
    return found


def read_as(value: Any, kind: Type) -> Any:
    """The value with the texts in it read as the types of their places; what cannot be read stays as it is."""
    if isinstance(value, list) and kind.items is not None:
        items = kind.items
        return [read_as(item, items) for item in cast("list[Any]", value)]
    if isinstance(value, dict) and kind.fields is not None:
        fields = dict(kind.fields)
        entries = cast("dict[str, Any]", value).items()
        return {key: read_as(item, fields[key]) if key in fields else item for key, item in entries}
    read = _READERS.get(kind.name)
    if read is None or value is None or isinstance(value, (list, dict)):
        return cast("Any", value)
    found = read(value)
    return value if found is None else found


_STRING = Type("string")


def _number(value: Any) -> Any:
    return parse_number(value) if isinstance(value, str) else None if get_number(value) is None else value


def _whole(value: Any) -> Any:
    number = get_number(_number(value))
    return None if number is None or number != number.__floor__() else int(number)


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _date(value: Any) -> AnyDate | None:
    if isinstance(value, str):
        text = value.strip()
        moment = read_moment(text) if "T" in text else None
        return _date(moment) if moment is not None else read_date(text)
    if isinstance(value, FarDate):
        return replace_near(value, cast("Callable[[Any], date]", _date))
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _moment(value: Any) -> AnyDate | None:
    if isinstance(value, str):
        text = value.strip()
        return read_moment(text) if "T" in text else _moment(read_date(text))
    if isinstance(value, FarDate):
        return replace_near(value, cast("Callable[[Any], date]", _moment))
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else None


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
FEEL_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("integer", "long", "double"), "number"),
    "duration": "Any",
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}
"""Names of types that other tools write, and what FEEL calls them; ``duration`` may be of either kind."""
