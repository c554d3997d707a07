"""Python's functions that expressions may call."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baton.expression.core import numbers
from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame, Function
from baton.expression.core.limits import check_room_for_items, describe
from baton.expression.core.methods_text import to_template_text


def _len(_: Frame, value: Any) -> int:
    if not isinstance(value, (str, list, dict)):
        raise ExpressionError(f"Expected a text, a list or an object to measure, but found {describe(value)}")
    return len(value)


def _str(frame: Frame, value: Any) -> str:
    if value is None or isinstance(value, bool):
        return str(value)
    return to_template_text(frame, value)


def _number(value: Any) -> int | float:
    if isinstance(value, (int, float)):
        return value
    parsed = numbers.parse_number(value) if isinstance(value, str) else None
    if parsed is None:
        raise ExpressionError(f"Expected a number, but found {describe(value)}")
    return parsed


def _list(frame: Frame, value: Any) -> list[Any]:
    return list(frame.semantics.iterate(frame, value))


def _several(frame: Frame, values: tuple[Any, ...]) -> list[Any]:
    items = _list(frame, values[0]) if len(values) == 1 else list(values)
    if not items:
        raise ExpressionError("Expected at least one value, but found none")
    return items


def _best(frame: Frame, values: tuple[Any, ...], op: str) -> Any:
    items = _several(frame, values)
    better = frame.semantics.operators[op]
    best = items[0]
    for item in items[1:]:
        if better(frame, item, best):
            best = item
    return best


def _sum(frame: Frame, values: Any) -> Any:
    total: Any = 0
    add = frame.semantics.operators["+"]
    for value in _list(frame, values):
        total = add(frame, total, value)
    return total


def _range(frame: Frame, *bounds: Any) -> list[int]:
    try:
        found = range(*(numbers.to_whole(bound, "bound") for bound in bounds))
        check_room_for_items(len(found))
    except (ValueError, OverflowError) as error:
        raise ExpressionError(f"Expected bounds of a range, but found: {error}") from error
    frame.budget.spend(len(found))
    return list(found)


def _sorted(frame: Frame, values: Any) -> list[Any]:
    items = _list(frame, values)
    frame.budget.spend(len(items))
    try:
        return sorted(items)
    except TypeError:
        raise ExpressionError("Expected values that can be ordered, but found different kinds") from None


def _round(_: Frame, value: Any, digits: Any = None) -> Any:
    number = _number(value)
    if digits is None:
        return round(number)
    return round(number, max(-400, min(400, numbers.to_whole(digits, "number of digits"))))


def _reversed(frame: Frame, values: Any) -> list[Any]:
    return _list(frame, values)[::-1]


FUNCTIONS: Mapping[str, Function] = {
    "len": Function(_len, 1, 1),
    "str": Function(_str, 1, 1),
    "int": Function(lambda _, value: int(_number(value)), 1, 1),
    "float": Function(lambda _, value: float(_number(value)), 1, 1),
    "bool": Function(lambda _, value: bool(value), 1, 1),
    "abs": Function(lambda _, value: abs(_number(value)), 1, 1),
    "round": Function(_round, 1, 2),
    "min": Function(lambda frame, *values: _best(frame, values, "<"), 1, 100),
    "max": Function(lambda frame, *values: _best(frame, values, ">"), 1, 100),
    "sum": Function(_sum, 1, 1),
    "any": Function(lambda frame, values: any(_list(frame, values)), 1, 1),
    "all": Function(lambda frame, values: all(_list(frame, values)), 1, 1),
    "list": Function(_list, 1, 1),
    "range": Function(_range, 1, 3),
    "sorted": Function(_sorted, 1, 1),
    "reversed": Function(_reversed, 1, 1),
    "now": Function(lambda frame: frame.get_now()),
}
