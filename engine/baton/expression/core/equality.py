"""Comparing and measuring values without running away on shared structure."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.limits import MAX_DEPTH, MAX_ITEMS, check_storable


def are_equal(frame: Frame, left: Any, right: Any, depth: int = 0) -> bool:
    """Deep equality that counts a step for every compared pair; a boolean equals only a boolean."""
    if left is right:
        return True
    if isinstance(left, list) and isinstance(right, list):
        return _equal_lists(frame, left, right, depth)
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_maps(frame, left, right, depth)
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return bool(left == right)


def _equal_lists(frame: Frame, left: list[Any], right: list[Any], depth: int) -> bool:
    if len(left) != len(right):
        return False
    _go_deeper(depth)
    frame.budget.spend(len(left))
    return all(are_equal(frame, one, other, depth + 1) for one, other in zip(left, right, strict=True))


def _equal_maps(frame: Frame, left: dict[str, Any], right: dict[str, Any], depth: int) -> bool:
    if left.keys() != right.keys():
        return False
    _go_deeper(depth)
    frame.budget.spend(len(left))
    return all(are_equal(frame, value, right[key], depth + 1) for key, value in left.items())


def contains(frame: Frame, items: list[Any], wanted: Any) -> bool:
    frame.budget.spend(len(items))
    return any(are_equal(frame, item, wanted) for item in items)


def measure(value: Any) -> None:
    """Refuses a value that has too many parts, is too deep, or holds too large a number to be a variable."""
    left = MAX_ITEMS
    stack: list[tuple[Any, int]] = [(value, 0)]
    while stack:
        item, depth = stack.pop()
        if type(item) is int:
            check_storable(item)
        if not isinstance(item, (list, dict)):
            continue
        _go_deeper(depth)
        children: list[Any] = list(item.values() if isinstance(item, dict) else item)
        left -= len(children)
        if left < 0:
            raise ExpressionError(f"Expected a result of at most {MAX_ITEMS} parts, but found more")
        stack.extend((child, depth + 1) for child in children)


def _go_deeper(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ExpressionError(f"Expected values nested at most {MAX_DEPTH} deep, but found deeper ones")
