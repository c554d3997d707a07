"""FEEL's functions of points and ranges (Allen's relations)."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from baton.expression.core.frame import Frame
from baton.expression.feel.functions_text import to_text
from baton.expression.feel.nodes import is_within
from baton.expression.feel.temporal import parse_literal, read_date, read_duration, read_moment, read_time
from baton.expression.feel.values import UNBOUNDED, Range, get_kind, tidy, to_comparable


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


def _overlaps_before(frame: Frame, one: Range, other: Range) -> bool | None:
    """Begins before the other, and ends inside of it."""
    first, second = _key(one.low), _key(other.low)
    begins = first < second or (first == second and one.low_included and not other.low_included)
    last, end = _key(one.high), _key(other.high)
    ends = last < end or (last == end and (other.high_included or not one.high_included))
    return begins and ends and _overlaps(frame, one, other)


def _overlaps_after(frame: Frame, one: Range, other: Range) -> bool | None:
    """Begins inside of the other, and ends after it."""
    first, second = _key(one.low), _key(other.low)
    begins = first > second or (first == second and other.low_included and not one.low_included)
    last, end = _key(one.high), _key(other.high)
    ends = last > end or (last == end and (one.high_included or not other.high_included))
    return begins and ends and _overlaps(frame, one, other)


def _starts(frame: Frame, one: Any, other: Any) -> bool | None:
    left, right = _range(one), _range(other)
    same = _key(left.low) == _key(right.low) and left.low_included == right.low_included
    return same and _includes(frame, right, left)


def _finishes(frame: Frame, one: Any, other: Any) -> bool | None:
    left, right = _range(one), _range(other)
    same = _key(left.high) == _key(right.high) and left.high_included == right.high_included
    return same and _includes(frame, right, left)


_END = r"""(-?[\d.]+|"[^"]*"|@"[^"]*"|(?:date and time|date|time|duration)\("[^"]*"\))"""
_RANGE = re.compile(rf"([\[(\]])\s*{_END}?\s*\.\.\s*{_END}?\s*([\])\[])")


def _read_range(_: Frame, text: Any) -> Range | None:
    """``range("[1..10)")``: of constants of one kind, the lower first."""
    found = _RANGE.fullmatch(to_text(text).strip())
    if found is None:
        return None
    low, high = (UNBOUNDED if end is None else _read_end(end) for end in found.group(2, 3))
    opening, closing = found.group(1), found.group(4)
    if low is None or high is None or low is high:
        return None
    if (low is UNBOUNDED and opening == "[") or (high is UNBOUNDED and closing == "]"):
        return None
    if UNBOUNDED not in (low, high) and (get_kind(low) != get_kind(high) or _key(low) > _key(high)):
        return None
    return Range(low, high, opening == "[", closing == "]")


def _read_end(text: str) -> Any:
    if text.startswith('"'):
        return text[1:-1]
    if '"' not in text:
        return tidy(Decimal(text))
    kind, _, written = text.rstrip('")').partition('"')
    reader = _READERS.get(kind.strip("( "), parse_literal)
    return reader(written)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "date and time": read_moment,
    "duration": read_duration,
}
COUNTS: Mapping[str, tuple[int, int]] = {"range": (1, 1)}
PARAMETERS: Mapping[str, str] = {"range": "from"}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "range": _read_range,
    "before": _before,
    "after": lambda frame, one, other: _before(frame, other, one),
    "meets": _meets,
    "met by": lambda frame, one, other: _meets(frame, other, one),
    "overlaps": _overlaps,
    "overlaps before": _overlaps_before,
    "overlaps after": _overlaps_after,
    "includes": _includes,
    "during": lambda frame, one, other: _includes(frame, other, one),
    "starts": _starts,
    "started by": lambda frame, one, other: _starts(frame, other, one),
    "finishes": _finishes,
    "finished by": lambda frame, one, other: _finishes(frame, other, one),
    "coincides": lambda _, one, other: _range(one) == _range(other),
}
