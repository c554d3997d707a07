"""FEEL's functions of points and ranges (Allen's relations)."""

# Values are of any type here, until they have been looked at.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from baton.expression.core.frame import Frame
from baton.expression.feel.nodes import is_within
from baton.expression.feel.values import Range, to_comparable


def _range(value: Any) -> Range:
    """A point is a range of one."""
    return value if isinstance(value, Range) else Range(value, value)


def _key(value: Any) -> Any:
    found = to_comparable(value)
    if found is None:
        raise TypeError("no order")
    return found


def _before(_: Frame, one: Any, other: Any) -> bool:
    left, right = _range(one), _range(other)
    end, start = _key(left.high), _key(right.low)
    return end < start or (end == start and not (left.high_included and right.low_included))


def _meets(_: Frame, one: Range, other: Range) -> bool:
    return one.high_included and other.low_included and _key(one.high) == _key(other.low)


def _includes(frame: Frame, one: Any, other: Any) -> bool | None:
    outer, inner = _range(one), _range(other)
    if not isinstance(other, Range):
        return is_within(frame, other, outer)
    low, high = _key(inner.low), _key(inner.high)
    starts = _key(outer.low) < low or (_key(outer.low) == low and (outer.low_included or not inner.low_included))
    ends = _key(outer.high) > high or (_key(outer.high) == high and (outer.high_included or not inner.high_included))
    return starts and ends


def _overlaps(frame: Frame, one: Any, other: Any) -> bool:
    return not _before(frame, one, other) and not _before(frame, other, one)


def _starts(frame: Frame, one: Any, other: Any) -> bool | None:
    left, right = _range(one), _range(other)
    same = _key(left.low) == _key(right.low) and left.low_included == right.low_included
    return same and _includes(frame, right, left)


def _finishes(frame: Frame, one: Any, other: Any) -> bool | None:
    left, right = _range(one), _range(other)
    same = _key(left.high) == _key(right.high) and left.high_included == right.high_included
    return same and _includes(frame, right, left)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "before": _before,
    "after": lambda frame, one, other: _before(frame, other, one),
    "meets": _meets,
    "met by": lambda frame, one, other: _meets(frame, other, one),
    "overlaps": _overlaps,
    "includes": _includes,
    "during": lambda frame, one, other: _includes(frame, other, one),
    "starts": _starts,
    "started by": lambda frame, one, other: _starts(frame, other, one),
    "finishes": _finishes,
    "finished by": lambda frame, one, other: _finishes(frame, other, one),
    "coincides": lambda _, one, other: _range(one) == _range(other),
}
