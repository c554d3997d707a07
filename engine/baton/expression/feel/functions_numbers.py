"""FEEL's functions of numbers."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from baton.expression.core.frame import Frame
from baton.expression.feel.functions_text import to_position, to_whole
from baton.expression.feel.values import DECIMALS, Number, get_number, tidy
from baton.expression.timing.durations import Duration


def to_number(value: Any) -> Number:
    """The value, which must be a number (the caller turns the TypeError to null)."""
    found = get_number(value)
    if found is None:
        raise TypeError("number")
    return found


def _rounded(mode: str) -> Callable[..., Any]:
    def round_to(_: Frame, value: Any, scale: Any = 0) -> Number | None:
        digits = to_position(scale)
        if not -6111 <= digits <= 6176:
            return None
        found = DECIMALS.copy()
        found.rounding = mode
        found.prec = 100
        return tidy(found.quantize(Decimal(to_number(value)), Decimal(1).scaleb(-digits)))

    return round_to


def _abs(_: Frame, value: Any) -> Any:
    if isinstance(value, Duration):
        return Duration(abs(value.months), abs(value.micros))
    found = to_number(value)
    return found.copy_abs() if isinstance(found, Decimal) else abs(found)


def _modulo(_: Frame, dividend: Any, divisor: Any) -> Number | None:
    left, right = Decimal(to_number(dividend)), Decimal(to_number(divisor))
    if right == 0:
        return None
    rest = DECIMALS.remainder(left, right)
    return tidy(DECIMALS.add(rest, right) if rest and (rest < 0) != (right < 0) else rest)


def _sqrt(_: Frame, value: Any) -> Number | None:
    return tidy(DECIMALS.sqrt(Decimal(to_number(value))))


def _log(_: Frame, value: Any) -> Number | None:
    found = Decimal(to_number(value))
    return tidy(DECIMALS.ln(found)) if found > 0 else None


def _exp(_: Frame, value: Any) -> Number | None:
    return tidy(DECIMALS.exp(Decimal(to_number(value))))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "decimal": _rounded(ROUND_HALF_EVEN),
    "floor": _rounded(ROUND_FLOOR),
    "ceiling": _rounded(ROUND_CEILING),
    "round up": _rounded(ROUND_UP),
    "round down": _rounded(ROUND_DOWN),
    "round half up": _rounded(ROUND_HALF_UP),
    "round half down": _rounded(ROUND_HALF_DOWN),
    "abs": _abs,
    "modulo": _modulo,
    "sqrt": _sqrt,
    "log": _log,
    "exp": _exp,
    "odd": lambda _, value: to_whole(value) % 2 == 1,
    "even": lambda _, value: to_whole(value) % 2 == 0,
}
COUNTS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("floor", "ceiling", "round up", "round down", "round half up", "round half down"), (1, 2)),
    **dict.fromkeys(("abs", "sqrt", "log", "exp", "odd", "even"), (1, 1)),
    "decimal": (2, 2),
    "modulo": (2, 2),
}
PARAMETERS: Mapping[str, str] = {
    **dict.fromkeys(COUNTS, "n, scale"),
    **dict.fromkeys(("sqrt", "log", "exp", "odd", "even"), "number"),
    "abs": "n|number",
    "modulo": "dividend, divisor",
}
