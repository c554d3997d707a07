"""What FEEL's operators and paths mean: three-valued logic, null for what does not fit."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from baton.expression.core.equality import are_equal
from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame, Function, Operator, Semantics
from baton.expression.core.limits import check_room_for_items
from baton.expression.core.loops import NothingToGoThrough
from baton.expression.feel import arithmetic
from baton.expression.feel.functions import FUNCTIONS
from baton.expression.feel.properties import get_property
from baton.expression.feel.values import Range, export, get_kind, get_number, to_comparable

_EXACT = frozenset((int, Decimal))


def are_same(frame: Frame, left: Any, right: Any) -> bool | None:
    """Equality; values of different kinds cannot be compared (null), null equals only null."""
    if left is None or right is None:
        return left is right
    one, other = get_number(left), get_number(right)
    if one is not None and other is not None:
        return one == other
    if get_kind(left) != get_kind(right):
        return None
    if isinstance(left, (list, dict)):
        return are_equal(frame, left, right)
    if isinstance(left, (bool, Range)):
        return bool(left == right)
    return bool(to_comparable(left) == to_comparable(right))


def _differs(frame: Frame, left: Any, right: Any) -> bool | None:
    known = are_same(frame, left, right)
    return None if known is None else not known


def make_ordering(holds: Callable[[Any, Any], bool]) -> Operator:
    def compare(_: Frame, left: Any, right: Any) -> bool | None:
        if type(left) in _EXACT and type(right) in _EXACT:
            return holds(left, right)
        if get_kind(left) != get_kind(right):
            return None
        one, other = to_comparable(left), to_comparable(right)
        return None if one is None or other is None else holds(one, other)

    return compare


def make_lenient(operate: Operator) -> Operator:
    """An operator that is null where Python has no answer (a date out of range, an overflow)."""

    def call(frame: Frame, left: Any, right: Any) -> Any:
        try:
            return operate(frame, left, right)
        except (ArithmeticError, ValueError, TypeError):
            return None

    return call


class Feel(Semantics):
    dialect = "FEEL"
    functions: Mapping[str, Function] = FUNCTIONS
    operators: Mapping[str, Operator] = {
        "=": are_same,
        "!=": _differs,
        "<": make_ordering(lambda left, right: left < right),
        ">": make_ordering(lambda left, right: left > right),
        "<=": make_ordering(lambda left, right: left <= right),
        ">=": make_ordering(lambda left, right: left >= right),
        "+": make_lenient(arithmetic.add),
        "-": make_lenient(arithmetic.subtract),
        "*": make_lenient(arithmetic.multiply),
        "/": make_lenient(arithmetic.divide),
        "**": make_lenient(arithmetic.raise_to),
    }
    unary: Mapping[str, Callable[[Frame, Any], Any]] = {"-": arithmetic.negate}

    def resolve_missing(self, frame: Frame, name: str) -> Any:  # noqa: ARG002
        return None

    def get_truth(self, frame: Frame, value: Any) -> bool | None:  # noqa: ARG002
        return value if isinstance(value, bool) else None

    def get_member(self, frame: Frame, target: Any, name: str) -> Any:
        if isinstance(target, dict):
            return target.get(name)
        if isinstance(target, list):
            frame.budget.spend(len(target))
            return [self.get_member(frame, item, name) for item in target if not isinstance(item, list)]
        return get_property(target, name)

    def iterate(self, frame: Frame, value: Any) -> Sequence[Any]:
        if isinstance(value, list):
            frame.budget.spend(len(value))
            return value
        if isinstance(value, Range):
            return _counted(frame, value)
        if value is None:
            raise NothingToGoThrough
        return [value]

    def leave(self, frame: Frame, value: Any) -> Any:  # noqa: ARG002
        return export(value)


def _counted(frame: Frame, value: Range) -> list[int]:
    low, high = get_number(value.low), get_number(value.high)
    if not isinstance(low, int) or not isinstance(high, int):
        raise ExpressionError(f"Expected a range of whole numbers to go through, but found {value}")
    step = 1 if low <= high else -1
    first = low if value.low_included else low + step
    last = high if value.high_included else high - step
    count = max((last - first) * step + 1, 0)
    check_room_for_items(count)
    frame.budget.spend(count)
    return list(range(first, last + step, step))


FEEL = Feel()
