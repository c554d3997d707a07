"""Methods of moments, by the names of Java's and Joda's date classes."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import describe
from baton.expression.core.numbers import to_whole


def to_moment(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise ExpressionError(f"Expected a date, but found {describe(value)}")
    return value


def add_months(value: datetime, months: int) -> datetime:
    """The same day some months on, or the last day of a shorter month."""
    total = value.year * 12 + value.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        raise ExpressionError("Expected a date in the years 1 to 9999, but found one outside")
    day = min(value.day, calendar.monthrange(year, month + 1)[1])
    return value.replace(year=year, month=month + 1, day=day)


def add(value: datetime, **amounts: int) -> datetime:
    try:
        return value + timedelta(**amounts)
    except OverflowError:
        raise ExpressionError("Expected a date in the years 1 to 9999, but found one outside") from None


def _mover(unit: str, sign: int) -> Callable[..., datetime]:
    def move(_: Any, value: datetime, amount: Any) -> datetime:
        number = sign * to_whole(amount, unit)
        if unit == "months":
            return add_months(value, number)
        if unit == "years":
            return add_months(value, 12 * number)
        return add(value, **{unit: number})

    return move


_UNITS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")

DATES: Mapping[str, Callable[..., Any]] = {
    **{f"plus{unit.capitalize()}": _mover(unit, 1) for unit in _UNITS},
    **{f"minus{unit.capitalize()}": _mover(unit, -1) for unit in _UNITS},
    "toDate": lambda _, value: value,
    "getTime": lambda _, value: round(value.timestamp() * 1000),
    "getMillis": lambda _, value: round(value.timestamp() * 1000),
    "getYear": lambda _, value: value.year,
    "getMonthOfYear": lambda _, value: value.month,
    "getMonthValue": lambda _, value: value.month,
    "getDayOfMonth": lambda _, value: value.day,
    "getDayOfWeek": lambda _, value: value.isoweekday(),
    "getHourOfDay": lambda _, value: value.hour,
    "getHour": lambda _, value: value.hour,
    "getMinuteOfHour": lambda _, value: value.minute,
    "getMinute": lambda _, value: value.minute,
    "withTimeAtStartOfDay": lambda _, value: value.replace(hour=0, minute=0, second=0, microsecond=0),
    "isBefore": lambda _, value, other: value < to_moment(other),
    "isAfter": lambda _, value, other: value > to_moment(other),
    "before": lambda _, value, other: value < to_moment(other),
    "after": lambda _, value, other: value > to_moment(other),
    "compareTo": lambda _, value, other: (value > to_moment(other)) - (value < to_moment(other)),
    "isoformat": lambda _, value: value.isoformat(),
}
