"""How large and how long an expression may get. Everything that grows or loops asks here first."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from baton.expression.core.errors import ExpressionError

MAX_SOURCE = 32_000
"""Characters of an expression."""
MAX_DEPTH = 80
"""Nesting of an expression, and of a value that leaves it."""
MAX_STEPS = 200_000
"""Steps of one evaluation: loop iterations times their body, and items touched by functions."""
MAX_CALLS = 60
"""Calls of functions of a model inside one another."""
MAX_TEXT = 1_000_000
"""Characters of a text that an expression makes."""
MAX_ITEMS = 100_000
"""Items of a list that an expression makes."""
MAX_BITS = 1_024
"""Bits of a whole number."""
MAX_PATTERN = 1_000
"""Characters of a regular expression."""


class Budget:
    """Steps that are left for one evaluation, and how deep its calls are inside one another."""

    __slots__ = ("calls", "left", "steps")

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = self.left = steps
        self.calls = 0

    @contextmanager
    def enter_call(self) -> Generator[None]:
        """A function of a model runs. Raises ExpressionError when it has called itself too often."""
        if self.calls >= MAX_CALLS:
            raise ExpressionError(f"Expected at most {MAX_CALLS} calls inside one another, but found more")
        self.calls += 1
        try:
            yield
        finally:
            self.calls -= 1

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise ExpressionError(
                f"Expected an evaluation of at most {self.steps} steps, but found more; use a script or a worker"
            )


def check_int(value: int) -> int:
    if value.bit_length() > MAX_BITS:
        raise ExpressionError(
            f"Expected a whole number of at most {MAX_BITS} bits, but found one of {value.bit_length()} bits"
        )
    return value


def check_storable(value: int) -> int:
    """A whole number that a variable can hold: the API and the store know 64 bits."""
    if not -(2**63) <= value < 2**63:
        raise ExpressionError(f"Expected a whole number of at most 64 bits, but found one of {value.bit_length()} bits")
    return value


def check_text(value: str) -> str:
    check_room_for_text(len(value))
    return value


def check_room_for_text(length: int) -> None:
    if length > MAX_TEXT:
        raise ExpressionError(f"Expected a text of at most {MAX_TEXT} characters, but found {length}")


def check_room_for_items(count: int) -> None:
    if count > MAX_ITEMS:
        raise ExpressionError(f"Expected a list of at most {MAX_ITEMS} items, but found {count}")


def describe(value: Any) -> str:
    """A value in an error message: its kind and a short form of it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if value.bit_length() > MAX_BITS:
            return "a very large number"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text '{value}'" if len(value) <= 40 else f"the text '{value[:39]}…'"
        case list():
            return f"a list of {len(value)} items"
        case dict():
            return f"an object with {len(value)} entries"
        case _:
            return f"a value of type {type(value).__name__}"
