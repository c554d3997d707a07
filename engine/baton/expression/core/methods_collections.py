"""Methods of lists and objects, Spin's JSON methods among them."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from baton.expression.core.equality import are_equal, contains
from baton.expression.core.errors import ExpressionError, suggest
from baton.expression.core.frame import Frame
from baton.expression.core.limits import describe


def get_item(items: list[Any], index: Any) -> Any:
    if isinstance(index, bool) or not isinstance(index, int):
        raise ExpressionError(f"Expected a whole number as index, but found {describe(index)}")
    if not 0 <= index < len(items):
        raise ExpressionError(f"Expected an index within a list of {len(items)} items, but found {index}")
    return items[index]


def get_entry(entries: dict[str, Any], name: Any) -> Any:
    """The entry, or an error that names a near one (Spin's ``prop``)."""
    if isinstance(name, str) and name in entries:
        return entries[name]
    raise ExpressionError(f"Expected a property '{name}', but found none{suggest(str(name), entries)}")


def _get(entries: dict[str, Any], name: Any, default: Any = None) -> Any:
    return entries.get(name, default) if isinstance(name, str) else default


def _index_of(frame: Frame, items: list[Any], wanted: Any) -> int:
    frame.budget.spend(len(items))
    return next((at for at, found in enumerate(items) if are_equal(frame, found, wanted)), -1)


def _contains_all(frame: Frame, items: list[Any], wanted: list[Any]) -> bool:
    return all(contains(frame, items, item) for item in wanted)


def _has_value(frame: Frame, entries: dict[str, Any], wanted: Any) -> bool:
    return contains(frame, list(entries.values()), wanted)


def _count(frame: Frame, items: list[Any], wanted: Any) -> int:
    frame.budget.spend(len(items))
    return sum(are_equal(frame, found, wanted) for found in items)


def _keys(frame: Frame, entries: dict[str, Any]) -> list[Any]:
    frame.budget.spend(len(entries))
    return list(entries)


def _values(frame: Frame, entries: dict[str, Any]) -> list[Any]:
    frame.budget.spend(len(entries))
    return list(entries.values())


def _pairs(frame: Frame, entries: dict[str, Any]) -> list[Any]:
    frame.budget.spend(len(entries))
    return [[key, value] for key, value in entries.items()]


def _sub_list(items: list[Any], start: int, end: int) -> list[Any]:
    if not 0 <= start <= end <= len(items):
        raise ExpressionError(f"Expected bounds within a list of {len(items)} items, but found {start} to {end}")
    return items[start:end]


LISTS: Mapping[str, Callable[..., Any]] = {
    "contains": contains,
    "containsAll": _contains_all,
    "size": lambda _, items: len(items),
    "isEmpty": lambda _, items: not items,
    "get": lambda _, items, index: get_item(items, index),
    "getFirst": lambda _, items: get_item(items, 0),
    "getLast": lambda _, items: get_item(items, len(items) - 1),
    "indexOf": _index_of,
    "index": _index_of,
    "count": _count,
    "subList": lambda _, items, start, end: _sub_list(items, start, end),
    "elements": lambda _, items: items,
}
MAPS: Mapping[str, Callable[..., Any]] = {
    "get": lambda _, entries, name, default=None: _get(entries, name, default),
    "getOrDefault": lambda _, entries, name, default: _get(entries, name, default),
    "containsKey": lambda _, entries, name: name in entries,
    "containsValue": _has_value,
    "size": lambda _, entries: len(entries),
    "isEmpty": lambda _, entries: not entries,
    "keySet": _keys,
    "keys": _keys,
    "values": _values,
    "items": _pairs,
    "fieldNames": _keys,
    "prop": lambda _, entries, name: get_entry(entries, name),
    "hasProp": lambda _, entries, name: name in entries,
}
