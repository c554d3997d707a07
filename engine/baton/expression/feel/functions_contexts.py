"""FEEL's functions of contexts."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from baton.expression.core.frame import Frame
from baton.expression.feel.functions_lists import to_items, to_several
from baton.expression.feel.functions_text import to_text


def _entries(frame: Frame, value: Any) -> list[Any] | None:
    if not isinstance(value, dict):
        return None
    frame.budget.spend(len(value))
    return [{"key": key, "value": item} for key, item in value.items()]


def _get_value(_: Frame, value: Any, key: Any) -> Any:
    for name in key if isinstance(key, list) else [key]:
        value = value.get(to_text(name)) if isinstance(value, dict) else None
    return value


def _put(frame: Frame, value: Any, key: Any, new: Any) -> Any:
    if not isinstance(value, dict):
        return None
    frame.budget.spend(len(value))
    if not isinstance(key, list):
        return {**value, to_text(key): new}
    if not key:
        return None
    first, *rest = key
    if not rest:
        return {**value, to_text(first): new}
    inside = _put(frame, value.get(first, {}), rest, new)
    return None if inside is None else {**value, to_text(first): inside}


def _merge(frame: Frame, *contexts: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for item in to_several(frame, contexts):
        made.update(item)
    frame.budget.spend(len(made))
    return made


def _context(frame: Frame, value: Any) -> dict[str, Any]:
    entries = to_several(frame, (to_items(value),))
    made = {to_text(entry["key"]): entry["value"] for entry in entries}
    if len(made) < len(entries):
        raise ValueError("keys")
    return made


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "get entries": _entries,
    "get value": _get_value,
    "context": _context,
    "context put": _put,
    "context merge": _merge,
}
COUNTS: Mapping[str, tuple[int, int]] = {
    "get entries": (1, 1),
    "context": (1, 1),
    "context put": (3, 3),
    "context merge": (1, 1000),
}
PARAMETERS: Mapping[str, str] = {
    "get entries": "m|context",
    "get value": "m, key|context, key|context, keys",
    "context": "entries",
    "context put": "context, key, value|context, keys, value",
    "context merge": "contexts",
}
