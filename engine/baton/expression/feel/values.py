"""FEEL's kinds of values, and how they leave as process variables."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, cast

from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import check_storable
from baton.expression.feel.far_dates import AnyDate, FarDate, replace_near
from baton.expression.timing.durations import DAY, Duration

DECIMALS = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])
"""IEEE 754 decimal128, as the DMN standard wants; what overflows or is undefined becomes NaN, then null."""
_EXACT = 10**34
_SOME_DAY = date(2000, 1, 2)
_ZEROS = re.compile(r"(\.\d*?[1-9])0+(?=\D|$)")

Number = int | Decimal


class _Unbounded:
    """The end that ``(< 10)`` does not have; an end that is null is one that is not known."""

    def __repr__(self) -> str:
        return "null"


UNBOUNDED = _Unbounded()


class FunctionValue:
    """A function as a value; ``parameters`` are as many as it has."""

    parameters: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """``[low..high]``; an end may be `UNBOUNDED`."""

    low: Any
    high: Any
    low_included: bool = True
    high_included: bool = True

    def __str__(self) -> str:
        opening, closing = "[" if self.low_included else "(", "]" if self.high_included else ")"
        return f"{opening}{self.low}..{self.high}{closing}"


def get_number(value: Any) -> Number | None:
    """The value if it is a number, exactly as it is written; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, Decimal)):
        return value
    return Decimal(repr(value)) if isinstance(value, float) and math.isfinite(value) else None


def tidy(value: Number) -> Number | None:
    """A whole number as int, another as Decimal, what is not finite as null."""
    if isinstance(value, int):
        return value if abs(value) < _EXACT else tidy(DECIMALS.create_decimal(value))
    if not value.is_finite():
        return None
    if value == value.to_integral_value() and abs(value) < _EXACT:
        return int(value)
    return value


def get_kind(value: Any) -> str:
    """The FEEL type's name."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float() | Decimal():
            return "number"
        case str():
            return "string"
        case list():
            return "list"
        case dict():
            return "context"
        case datetime():
            return "date and time"
        case date():
            return "date"
        case time():
            return "time"
        case Duration():
            return "years and months duration" if value.months else "days and time duration"
        case FarDate():
            return "date and time" if value.has_time else "date"
        case Range():
            return "range"
        case FunctionValue():
            return "function"
        case _:
            return type(value).__name__


def align(left: datetime, right: datetime) -> tuple[datetime, datetime]:
    """Both with a zone, if one has: what has none is read as UTC."""
    if (left.tzinfo is None) is (right.tzinfo is None):
        return left, right
    return _zoned(left), _zoned(right)


def _zoned(value: Any) -> Any:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def to_comparable(value: Any) -> Any:
    """Something of Python's that orders as FEEL orders the value; None when the kind has no order."""
    match value:
        case bool() | None:
            return None
        case int() | float() | Decimal():
            return get_number(value)
        case datetime():
            return _zoned(value)
        case str() | date():
            return value
        case time():  # on a day, as a named zone has no offset without one
            return datetime.combine(_SOME_DAY, value.replace(tzinfo=value.tzinfo or UTC))
        case FarDate():
            return replace_near(value, _zoned) if value.has_time else value
        case Duration():
            return value.months * 30 * DAY + value.micros if value.months and value.micros else _length(value)
        case _:
            return None


def _length(value: Duration) -> int:
    return value.months * 30 * DAY if value.months else value.micros


def write(value: AnyDate | time) -> str:
    """ISO 8601; of a named zone the name, as DMN writes it (``10:00:00@Europe/Berlin``), not the offset of the day."""
    if isinstance(value, FarDate):
        return value.write(write(value.near))
    zone = getattr(getattr(value, "tzinfo", None), "key", None)
    if zone is None:
        return _shorten(value.isoformat()).replace("+00:00", "Z")
    return f"{_shorten(cast('time', value).replace(tzinfo=None).isoformat())}@{zone}"


def _shorten(text: str) -> str:
    """Without the zeros that end a part of a second."""
    return _ZEROS.sub(r"\1", text)


def export(value: Any) -> Any:
    """The value as a variable: decimals become int or float, dates without time, times and durations ISO texts."""
    match value:
        case Decimal():
            return check_storable(int(value)) if value == value.to_integral_value() else float(value)
        case datetime():
            return value if value.tzinfo else value.isoformat()
        case date() | time() | FarDate():
            return write(value)
        case Duration() | Range():
            return str(value)
        case FunctionValue():
            raise ExpressionError("Expected a value that a variable can hold, but found a function")
        case list():
            return [export(item) for item in cast("list[Any]", value)]
        case dict():
            return {key: export(item) for key, item in cast("dict[str, Any]", value).items()}
        case _:
            return value
