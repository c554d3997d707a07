"""FEEL's functions of lists and contexts."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from baton.expression.core.equality import are_equal
from baton.expression.core.frame import Frame
from baton.expression.core.limits import MAX_DEPTH, check_room_for_items
from baton.expression.feel.closures import call_function
from baton.expression.feel.far_dates import FarDate
from baton.expression.feel.functions_text import to_position, to_whole
from baton.expression.feel.values import DECIMALS, FunctionValue, get_kind, get_number, tidy, to_comparable


def to_items(value: Any) -> list[Any]:
    """A list; a single value counts as a list of one (the caller turns the TypeError to null)."""
    if value is None:
        raise TypeError("list")
    return value if isinstance(value, list) else [value]


def to_several(frame: Frame, values: tuple[Any, ...]) -> list[Any]:
    """The items of the only argument if it is a list, else the arguments."""
    found = to_items(values[0]) if len(values) == 1 else list(values)
    frame.budget.spend(len(found))
    return found


def _same(frame: Frame, one: Any, other: Any) -> bool:
    return frame.semantics.operators["="](frame, one, other) is True


def _extreme(op: str) -> Callable[..., Any]:
    def choose(frame: Frame, *values: Any) -> Any:
        found = to_several(frame, values)
        if not found:
            return None
        best = found[0]
        if to_comparable(best) is None:
            return None
        for item in found[1:]:
            better = frame.semantics.operators[op](frame, item, best)
            if better is None:
                return None
            best = item if better else best
        return best

    return choose


def _fold(op: str, frame: Frame, values: tuple[Any, ...]) -> Any:
    found = to_several(frame, values)
    if not found:
        return None
    total = found[0]
    for item in found[1:]:
        total = frame.semantics.operators[op](frame, total, item)
    return total if get_number(total) is not None or get_kind(total).endswith("duration") else None


def _numbers(frame: Frame, values: tuple[Any, ...]) -> list[Decimal]:
    found = [get_number(item) for item in to_several(frame, values)]
    if not found or None in found:
        raise TypeError("numbers")
    return [Decimal(item) for item in found if item is not None]


def _mean(frame: Frame, *values: Any) -> Any:
    total = _fold("+", frame, values)
    return None if total is None else frame.semantics.operators["/"](frame, total, len(to_several(frame, values)))


def _median(frame: Frame, *values: Any) -> Any:
    found = sorted(_numbers(frame, values))
    middle = len(found) // 2
    if len(found) % 2:
        return tidy(found[middle])
    return tidy(DECIMALS.divide(DECIMALS.add(found[middle - 1], found[middle]), Decimal(2)))


def _stddev(frame: Frame, *values: Any) -> Any:
    found = _numbers(frame, values)
    if len(found) < 2:
        return None
    total = Decimal(0)
    for item in found:
        total = DECIMALS.add(total, item)
    mean = DECIMALS.divide(total, Decimal(len(found)))
    squares = Decimal(0)
    for item in found:
        gap = DECIMALS.subtract(item, mean)
        squares = DECIMALS.add(squares, DECIMALS.multiply(gap, gap))
    return tidy(DECIMALS.sqrt(DECIMALS.divide(squares, Decimal(len(found) - 1))))


def _mode(frame: Frame, *values: Any) -> Any:
    if values == ([],):
        return []
    counts: dict[Decimal, int] = {}
    for item in _numbers(frame, values):
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values())
    return [tidy(item) for item, count in sorted(counts.items()) if count == most]


def _decided(decides: bool) -> Callable[..., Any]:
    def decide(frame: Frame, *values: Any) -> bool | None:
        found = to_several(frame, values)
        if any(item is decides for item in found):
            return decides
        return (not decides) if all(item is (not decides) for item in found) else None

    return decide


def _sublist(_: Frame, value: Any, start: Any, length: Any = None) -> list[Any] | None:
    found, first = to_items(value), to_whole(start)
    if first == 0 or abs(first) > len(found):
        return None
    begin = first - 1 if first > 0 else len(found) + first
    return found[begin:] if length is None else found[begin : begin + max(to_whole(length), 0)]


def _concatenate(frame: Frame, *lists: Any) -> list[Any]:
    made: list[Any] = []
    for item in lists:
        made.extend(to_items(item))
        check_room_for_items(len(made))
    frame.budget.spend(len(made))
    return made


def _append(frame: Frame, value: Any, *more: Any) -> list[Any]:
    return _concatenate(frame, to_items(value), list(more))


def _position(value: list[Any], at: Any) -> int:
    index = to_whole(at)
    if index == 0 or abs(index) > len(value):
        raise LookupError("position")
    return index - 1 if index > 0 else len(value) + index


def _insert_before(_: Frame, value: Any, at: Any, new: Any) -> list[Any]:
    found = to_items(value)
    place = _position(found, at)
    return [*found[:place], new, *found[place:]]


def _remove(_: Frame, value: Any, at: Any) -> list[Any]:
    found = to_items(value)
    place = _position(found, at)
    return [*found[:place], *found[place + 1 :]]


def _list_replace(frame: Frame, value: Any, at: Any, new: Any) -> list[Any] | None:
    """At a position, or wherever a function of the item and the new one says so."""
    found = to_items(value)
    if isinstance(at, FunctionValue):
        return _replace_matching(frame, found, at, new)
    place = _position(found, to_position(at))
    return [*found[:place], new, *found[place + 1 :]]


def _replace_matching(frame: Frame, found: list[Any], match: FunctionValue, new: Any) -> list[Any] | None:
    answers = [call_function(frame, match, (item, new)) for item in found]
    if not all(isinstance(answer, bool) for answer in answers):
        return None
    return [new if answer else item for item, answer in zip(found, answers, strict=True)]


def _index_of(frame: Frame, value: Any, wanted: Any) -> list[int]:
    return [at for at, item in enumerate(to_several(frame, (to_items(value),)), 1) if _same(frame, item, wanted)]


def _distinct(frame: Frame, value: Any) -> list[Any]:
    made: list[Any] = []
    for item in to_items(value):
        frame.budget.spend(len(made) + 1)
        if not any(_same(frame, item, known) for known in made):
            made.append(item)
    return made


def _duplicates(frame: Frame, value: Any) -> list[Any]:
    found = to_items(value)
    made: list[Any] = []
    for at, item in enumerate(found):
        frame.budget.spend(len(found))
        again = any(_same(frame, item, other) for other in found[at + 1 :])
        if again and not any(_same(frame, item, known) for known in made):
            made.append(item)
    return made


def _flatten(frame: Frame, value: Any, depth: int = 0) -> list[Any]:
    made: list[Any] = []
    for item in to_items(value):
        frame.budget.spend(1)
        made.extend(_flatten(frame, item, depth + 1) if isinstance(item, list) and depth < MAX_DEPTH else [item])
        check_room_for_items(len(made))
    return made


def _sort(frame: Frame, value: Any, precedes: Any = None) -> list[Any]:
    """By the values' own order, or by a function that says whether one comes before another."""
    found = to_several(frame, (to_items(value),))
    if precedes is not None:
        return _merge_sort(frame, found, precedes)
    if len({get_kind(item) for item in found}) > 1 or any(to_comparable(item) is None for item in found):
        raise TypeError("order")
    return sorted(found, key=to_comparable)


def _merge_sort(frame: Frame, items: list[Any], precedes: Any) -> list[Any]:
    def compare(one: Any, other: Any) -> int:
        known = call_function(frame, precedes, (one, other))
        if not isinstance(known, bool):
            raise TypeError("precedes")
        return -1 if known else 1 if call_function(frame, precedes, (other, one)) is True else 0

    return sorted(items, key=cmp_to_key(compare))


def _partition(frame: Frame, value: Any, size: Any) -> list[Any] | None:
    found, step = to_several(frame, (to_items(value),)), to_whole(size)
    return [found[at : at + step] for at in range(0, len(found), step)] if step > 0 else None


def _contains(frame: Frame, value: Any, wanted: Any) -> bool:
    found = to_several(frame, (to_items(value),))
    return any(_same(frame, item, wanted) if wanted is not None else item is None for item in found)


def _is(frame: Frame, one: Any, other: Any) -> bool:
    """The same value, not only the same instant: 12:00 UTC is not 13:00 in Berlin."""
    if get_kind(one) != get_kind(other):
        return False
    if isinstance(one, FarDate) and isinstance(other, FarDate):
        return one.cycles == other.cycles and _is(frame, one.near, other.near)
    if isinstance(one, (datetime, time)) and not isinstance(other, FarDate):
        return _split_zone(one) == _split_zone(other)
    return are_equal(frame, one, other)


def _split_zone(value: Any) -> tuple[Any, Any]:
    """The wall clock, and the name of the zone or the offset."""
    return value.replace(tzinfo=None), getattr(value.tzinfo, "key", None) or value.utcoffset()


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "list contains": _contains,
    "count": lambda frame, *values: len(to_several(frame, values)),
    "min": _extreme("<"),
    "max": _extreme(">"),
    "sum": lambda frame, *values: _fold("+", frame, values),
    "product": lambda frame, *values: _fold("*", frame, values),
    "mean": _mean,
    "median": _median,
    "stddev": _stddev,
    "mode": _mode,
    "all": _decided(False),
    "any": _decided(True),
    "sublist": _sublist,
    "append": _append,
    "concatenate": _concatenate,
    "insert before": _insert_before,
    "remove": _remove,
    "list replace": _list_replace,
    "reverse": lambda frame, value: to_several(frame, (to_items(value),))[::-1],
    "index of": _index_of,
    "union": lambda frame, *lists: _distinct(frame, _concatenate(frame, *lists)),
    "distinct values": _distinct,
    "duplicate values": _duplicates,
    "flatten": _flatten,
    "sort": _sort,
    "partition": _partition,
    "is empty": lambda _, value: len(value) == 0,
    "is": _is,
}
_VARIADIC = tuple(
    "count min max sum product mean median stddev mode all any concatenate union".split()  # noqa: SIM905
)
_ON_ONE = ("reverse", "distinct values", "duplicate values", "flatten", "is empty")
COUNTS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(_VARIADIC, (1, 1000)),
    **dict.fromkeys(_ON_ONE, (1, 1)),
    "append": (2, 1000),
    "sort": (1, 2),
    "sublist": (2, 3),
    "insert before": (3, 3),
    "list replace": (3, 3),
}
PARAMETERS: Mapping[str, str] = {
    **dict.fromkeys(_VARIADIC, "list"),
    **dict.fromkeys(_ON_ONE, "list"),
    "list contains": "list, element",
    "sublist": "list, start position, length",
    "append": "list, item",
    "insert before": "list, position, newItem",
    "remove": "list, position",
    "list replace": "list, position, newItem|list, match, newItem",
    "sort": "list, precedes",
    "index of": "list, match",
    "partition": "list, size",
    "is": "value1, value2",
}
