"""What Python's operators, attributes and functions mean here: Python's own rules, bounded."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from baton.expression.core import numbers
from baton.expression.core.equality import are_equal, contains
from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame, Operator, Semantics
from baton.expression.core.limits import check_room_for_items, check_room_for_text, check_text, describe
from baton.expression.core.methods import call_method
from baton.expression.core.methods_collections import get_entry
from baton.expression.core.methods_text import PYTHON_TEXTS
from baton.expression.python.functions import FUNCTIONS


def _wrong(op: str, left: Any, right: Any) -> ExpressionError:
    return ExpressionError(f"Expected values that '{op}' can work on, but found {describe(left)} and {describe(right)}")


def _add(_: Frame, left: Any, right: Any) -> Any:
    if numbers.is_number(left) and numbers.is_number(right):
        return numbers.check_finite(left + right)
    if isinstance(left, str) and isinstance(right, str):
        return check_text(left + right)
    if isinstance(left, list) and isinstance(right, list):
        check_room_for_items(len(left) + len(right))
        return left + right
    raise _wrong("+", left, right)


def _times(_: Frame, left: Any, right: Any) -> Any:
    if numbers.is_number(left) and numbers.is_number(right):
        return numbers.multiply(left, right)
    if isinstance(left, (str, list)) and isinstance(right, int):
        room = check_room_for_text if isinstance(left, str) else check_room_for_items
        room(len(left) * max(right, 0))
        return left * right
    if isinstance(left, int) and isinstance(right, (str, list)):
        return _times(_, right, left)
    raise _wrong("*", left, right)


def _arithmetic(op: str, apply: Callable[[Any, Any], Any]) -> Operator:
    def operate(_: Frame, left: Any, right: Any) -> Any:
        if not (numbers.is_number(left) and numbers.is_number(right)):
            raise _wrong(op, left, right)
        try:
            return apply(left, right)
        except OverflowError:
            raise ExpressionError("Expected a number in range, but found an overflow") from None

    return operate


def _comparable(left: Any, right: Any) -> bool:
    kinds: tuple[type | tuple[type, ...], ...] = ((int, float), str, datetime)
    return any(isinstance(left, kind) and isinstance(right, kind) for kind in kinds)


def _ordered(op: str, holds: Callable[[Any, Any], bool]) -> Operator:
    def compare(_: Frame, left: Any, right: Any) -> bool:
        if not _comparable(left, right):
            raise _wrong(op, left, right)
        return holds(left, right)

    return compare


def _inside(frame: Frame, left: Any, right: Any) -> bool:
    if isinstance(right, str) and isinstance(left, str):
        return left in right
    if isinstance(right, list):
        return contains(frame, right, left)
    if isinstance(right, dict):
        return isinstance(left, str) and left in right
    raise _wrong("in", left, right)


def _same(_: Frame, left: Any, right: Any) -> bool:
    return left is right or (isinstance(left, bool) and left == right and isinstance(right, bool))


def _number(value: Any) -> Any:
    if not numbers.is_number(value):
        raise ExpressionError(f"Expected a number, but found {describe(value)}")
    return value


class Python(Semantics):
    dialect = "Python expressions"
    functions = FUNCTIONS
    operators: Mapping[str, Operator] = {
        "==": are_equal,
        "!=": lambda frame, left, right: not are_equal(frame, left, right),
        "<": _ordered("<", lambda left, right: left < right),
        ">": _ordered(">", lambda left, right: left > right),
        "<=": _ordered("<=", lambda left, right: left <= right),
        ">=": _ordered(">=", lambda left, right: left >= right),
        "in": _inside,
        "not in": lambda frame, left, right: not _inside(frame, left, right),
        "is": _same,
        "is not": lambda frame, left, right: not _same(frame, left, right),
        "+": _add,
        "-": _arithmetic("-", lambda left, right: numbers.check_finite(left - right)),
        "*": _times,
        "/": _arithmetic("/", numbers.divide),
        "//": _arithmetic("//", numbers.divide_down),
        "%": _arithmetic("%", numbers.take_modulo),
        "**": _arithmetic("**", numbers.raise_to),
    }

    unary: Mapping[str, Callable[[Frame, Any], Any]] = {
        "not": lambda _, value: not value,
        "-": lambda _, value: -_number(value),
        "+": lambda _, value: _number(value),
    }

    def get_truth(self, frame: Frame, value: Any) -> bool:  # noqa: ARG002
        return bool(value)

    def get_member(self, frame: Frame, target: Any, name: str) -> Any:  # noqa: ARG002
        if isinstance(target, dict):
            return get_entry(target, name)
        if isinstance(target, datetime) and name in ("year", "month", "day", "hour", "minute", "second"):
            return getattr(target, name)
        raise ExpressionError(f"Expected an attribute of {describe(target)}, but found '{name}'")

    def get_item(self, frame: Frame, target: Any, key: Any) -> Any:  # noqa: ARG002
        if isinstance(target, dict):
            return get_entry(target, key)
        if not isinstance(target, (list, str)):
            raise ExpressionError(f"Expected a list, an object or a text to index, but found {describe(target)}")
        if isinstance(key, bool) or not isinstance(key, int):
            raise ExpressionError(f"Expected a whole number as index, but found {describe(key)}")
        if not -len(target) <= key < len(target):
            raise ExpressionError(f"Expected an index within {describe(target)}, but found {key}")
        return target[key]

    def call_method(self, frame: Frame, target: Any, name: str, args: Sequence[Any]) -> Any:
        if isinstance(target, str) and name in PYTHON_TEXTS:
            return PYTHON_TEXTS[name](frame, target, *args)
        return call_method(frame, target, name, args)

    def iterate(self, frame: Frame, value: Any) -> Sequence[Any]:
        if not isinstance(value, (list, dict, str)):
            raise ExpressionError(f"Expected a list to go through, but found {describe(value)}")
        frame.budget.spend(len(value))
        return list(value)


PYTHON = Python()
