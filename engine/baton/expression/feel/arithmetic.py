"""FEEL's arithmetic: numbers, texts, dates and durations; what does not fit together is null."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.limits import check_text
from baton.expression.core.methods_dates import add_months
from baton.expression.feel.far_dates import LAST_YEAR, MICROS, MONTHS, AnyDate, FarDate, get_gap, join, split
from baton.expression.feel.values import DECIMALS, Number, align, get_kind, get_number, tidy
from baton.expression.timing.durations import DAY, SECOND, Duration


def add(_: Frame, left: Any, right: Any) -> Any:
    one, other = get_number(left), get_number(right)
    if one is not None and other is not None:
        return _apply(DECIMALS.add, lambda a, b: a + b, one, other)
    if isinstance(left, str) and isinstance(right, str):
        return check_text(left + right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return _sum(left, right)
    if isinstance(right, Duration):
        return _shift(left, right, 1)
    return _shift(right, left, 1) if isinstance(left, Duration) else None


def subtract(_: Frame, left: Any, right: Any) -> Any:
    one, other = get_number(left), get_number(right)
    if one is not None and other is not None:
        return _apply(DECIMALS.subtract, lambda a, b: a - b, one, other)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return _sum(left, Duration(-right.months, -right.micros))
    if isinstance(right, Duration):
        return _shift(left, right, -1)
    return _distance(left, right)


def multiply(_: Frame, left: Any, right: Any) -> Any:
    one, other = get_number(left), get_number(right)
    if one is not None and other is not None:
        return _apply(DECIMALS.multiply, lambda a, b: a * b, one, other)
    if isinstance(left, Duration) and other is not None:
        return _scale(left, Decimal(other))
    if isinstance(right, Duration) and one is not None:
        return _scale(right, Decimal(one))
    return None


def divide(_: Frame, left: Any, right: Any) -> Any:
    one, other = get_number(left), get_number(right)
    if one is not None and other is not None:
        return None if other == 0 else tidy(DECIMALS.divide(Decimal(one), Decimal(other)))
    if isinstance(left, Duration) and other:
        return _scale(left, DECIMALS.divide(Decimal(1), Decimal(other)))
    if isinstance(left, Duration) and isinstance(right, Duration) and get_kind(left) == get_kind(right):
        low = right.months or right.micros
        return tidy(DECIMALS.divide(Decimal(left.months or left.micros), Decimal(low))) if low else None
    return None


def raise_to(_: Frame, left: Any, right: Any) -> Any:
    one, other = get_number(left), get_number(right)
    return None if one is None or other is None else tidy(DECIMALS.power(Decimal(one), Decimal(other)))


def negate(_: Frame, value: Any) -> Any:
    number = get_number(value)
    if number is not None:
        return number.copy_negate() if isinstance(number, Decimal) else -number
    return Duration(-value.months, -value.micros) if isinstance(value, Duration) else None


def _apply(
    decimals: Callable[[Decimal, Decimal], Decimal], integers: Callable[[int, int], int], left: Number, right: Number
) -> Number | None:
    if isinstance(left, int) and isinstance(right, int) and max(left.bit_length(), right.bit_length()) < 512:
        return tidy(integers(left, right))
    return tidy(decimals(Decimal(left), Decimal(right)))


def _sum(left: Duration, right: Duration) -> Duration | None:
    """Null for months and days together: no duration of FEEL has both."""
    if (left.months or right.months) and (left.micros or right.micros):
        return None
    return check_duration(Duration(left.months + right.months, left.micros + right.micros))


def _scale(value: Duration, factor: Decimal) -> Duration | None:
    months, micros = DECIMALS.multiply(value.months, factor), DECIMALS.multiply(value.micros, factor)
    if not (months.is_finite() and micros.is_finite()):
        return None
    return check_duration(Duration(int(months), int(micros)))


def check_duration(value: Duration) -> Duration:
    if abs(value.months) > 2 * LAST_YEAR * 12 or abs(value.micros) > 2 * LAST_YEAR * 366 * DAY:
        raise OverflowError("duration")
    return value


def _shift(value: Any, by: Duration, sign: int) -> Any:
    """A date, time or date and time moved by a duration."""
    if isinstance(value, time):
        if by.months:
            return None
        start = datetime.combine(date(2000, 1, 2), value) + timedelta(microseconds=sign * by.micros % DAY)
        return start.timetz()
    if not isinstance(value, date):
        return _shift_far(value, by, sign) if isinstance(value, FarDate) else None
    try:
        return _shift_near(value, sign * by.months, sign * by.micros)
    except (ExpressionError, OverflowError, ValueError):
        return _shift_far(value, by, sign)


def _shift_near(value: date, months: int, micros: int) -> date:
    """Raises when the result is in no year of Python's."""
    moved = _move(add_months(_at_midnight(value), months), timedelta(microseconds=micros))
    return moved if isinstance(value, datetime) else moved.date()


def _shift_far(value: AnyDate, by: Duration, sign: int) -> AnyDate:
    """Whole cycles of the calendar are only counted, the rest is calculated in the years that Python knows."""
    near, cycles = split(value)
    for_months, months = divmod(sign * by.months, MONTHS)
    for_micros, micros = divmod(sign * by.micros, MICROS)
    return join(_shift_near(near, months, micros), cycles + for_months + for_micros)


def _move(moment: datetime, by: timedelta) -> datetime:
    """Exactly ``by`` later: Python's own addition keeps the wall clock of a named zone over a change of its offset."""
    if moment.tzinfo is None:
        return moment + by
    return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)


def _distance(left: Any, right: Any) -> Duration | None:
    if isinstance(left, time) and isinstance(right, time):
        one, other = _on_a_day(left), _on_a_day(right)
    elif isinstance(left, date) and isinstance(right, date):
        one, other = align(_at_midnight(left), _at_midnight(right))
    elif isinstance(left, AnyDate) and isinstance(right, AnyDate):
        (near, cycles), (other_near, other_cycles) = split(left), split(right)
        one, other = align(_at_midnight(near), _at_midnight(other_near))
        return check_duration(Duration(micros=get_gap(join(one, cycles), join(other, other_cycles))))
    else:
        return None
    gap = _get_instant(one) - _get_instant(other)
    return Duration(micros=(gap.days * 86_400 + gap.seconds) * SECOND + gap.microseconds)


def _get_instant(moment: datetime) -> datetime:
    """Python subtracts wall clocks where both moments have one zone."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC)


def _on_a_day(value: time) -> datetime:
    return datetime.combine(date(2000, 1, 2), value.replace(tzinfo=value.tzinfo or UTC))


def _at_midnight(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())
