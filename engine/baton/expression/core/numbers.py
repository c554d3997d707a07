"""Arithmetic that cannot run away."""

from __future__ import annotations

import math
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import MAX_BITS, check_int, describe


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def check_finite(value: float) -> int | float:
    """A whole number in bounds or a finite float."""
    if isinstance(value, int):
        return check_int(value)
    if not math.isfinite(value):
        raise ExpressionError("Expected a number in range, but found an overflow")
    return value


def divide(left: float, right: float) -> float:
    if right == 0:
        raise ExpressionError("Expected a divisor, but found zero")
    try:
        return check_finite(left / right)
    except OverflowError:
        raise ExpressionError("Expected a number in range, but found an overflow") from None


def divide_down(left: float, right: float) -> int | float:
    if right == 0:
        raise ExpressionError("Expected a divisor, but found zero")
    return check_finite(left // right)


def take_modulo(left: float, right: float) -> int | float:
    """The remainder with the sign of the divisor (Python, FEEL)."""
    if right == 0:
        raise ExpressionError("Expected a divisor, but found zero")
    return check_finite(left % right)


def take_remainder(left: float, right: float) -> int | float:
    """The remainder with the sign of the dividend (Java)."""
    if right == 0:
        raise ExpressionError("Expected a divisor, but found zero")
    if isinstance(left, int) and isinstance(right, int):
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    return math.fmod(left, right)


def multiply(left: float, right: float) -> int | float:
    return check_finite(left * right)


def raise_to(base: float, exponent: float) -> int | float:
    """Refuses before computing what would be too large."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if abs(base) > 1 and base.bit_length() * exponent > 2 * MAX_BITS:
            raise ExpressionError(f"Expected a number of at most {MAX_BITS} bits, but found a larger power")
        return check_int(base**exponent)
    try:
        result = float(base) ** float(exponent)
    except (OverflowError, ZeroDivisionError):
        raise ExpressionError("Expected a number in range, but found an overflow") from None
    if isinstance(result, complex):
        raise ExpressionError("Expected a real number, but found the root of a negative one")
    return check_finite(result)


def parse_number(text: str) -> int | float | None:
    """The number a text holds, or None."""
    stripped = text.strip()
    if not stripped or len(stripped) > 300 or "_" in stripped:
        return None
    try:
        return int(stripped)
    except ValueError:
        pass
    try:
        value = float(stripped)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def read_literal(text: str, position: int) -> int | float:
    """The number a literal stands for."""
    value = parse_number(text)
    if value is None:
        raise ExpressionError(f"Expected a number in range, but found '{text[:20]}…'", "syntax", position)
    return value


def to_whole(value: Any, purpose: str) -> int:
    """A whole number, also when written as 3.0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
        raise ExpressionError(f"Expected a whole number as {purpose}, but found {describe(value)}")
    return int(value)
