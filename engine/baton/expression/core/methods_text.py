"""Methods of texts."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from baton.expression.core.equality import measure
from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.core.limits import check_room_for_items, check_room_for_text, check_text, describe
from baton.expression.core.patterns import match_fully, replace_all, split_all
from baton.model.values import FileValue


def to_template_text(frame: Frame, value: Any) -> str:
    """The text a template shows: null is empty, lists and objects are JSON, moments ISO 8601."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat()
        case FileValue():
            return value.name
        case bytes():
            return value.decode(errors="replace")
        case list() | dict():
            measure(value)
            return check_text(
                json.dumps(value, ensure_ascii=False, default=lambda other: to_template_text(frame, other))
            )
        case _:
            return str(value)


def to_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ExpressionError(f"Expected a text, but found {describe(value)}")
    return value


def replace(value: str, old: Any, new: Any) -> str:
    grown = len(value) + (value.count(to_text(old)) if old else len(value) + 1) * max(len(to_text(new)) - len(old), 0)
    check_room_for_text(grown)
    return value.replace(old, new)


def cut_text(value: str, start: int, end: int | None = None) -> str:
    last = len(value) if end is None else end
    if not 0 <= start <= last <= len(value):
        raise ExpressionError(f"Expected bounds within a text of {len(value)} characters, but found {start} to {last}")
    return value[start:last]


def _character(value: str, index: int) -> str:
    if not 0 <= index < len(value):
        raise ExpressionError(f"Expected an index within a text of {len(value)} characters, but found {index}")
    return value[index]


def _split_plain(value: str, separator: str | None = None) -> list[str]:
    parts = value.split(separator if separator is None else to_text(separator))
    check_room_for_items(len(parts))
    return parts


def _join(frame: Frame, separator: str, items: list[Any]) -> str:
    frame.budget.spend(len(items))
    check_room_for_text(sum(len(to_text(item)) + len(separator) for item in items))
    return separator.join(items)


def _split(frame: Frame, value: str, pattern: str | None = None) -> list[str]:
    parts = _split_plain(value) if pattern is None else split_all(value, pattern)
    frame.budget.spend(len(parts))
    return parts


def _split_exact(frame: Frame, value: str, separator: str | None = None) -> list[str]:
    parts = _split_plain(value, separator)
    frame.budget.spend(len(parts))
    return parts


def _compare(one: str, other: str) -> int:
    return (one > to_text(other)) - (one < other)


_JAVA: Mapping[str, Callable[..., Any]] = {
    "contains": lambda _, value, part: to_text(part) in value,
    "length": lambda _, value: len(value),
    "size": lambda _, value: len(value),
    "isEmpty": lambda _, value: not value,
    "isBlank": lambda _, value: not value.strip(),
    "startsWith": lambda _, value, part: value.startswith(to_text(part)),
    "endsWith": lambda _, value, part: value.endswith(to_text(part)),
    "equalsIgnoreCase": lambda _, value, other: isinstance(other, str) and value.lower() == other.lower(),
    "compareTo": lambda _, value, other: _compare(value, other),
    "toLowerCase": lambda _, value: value.lower(),
    "toUpperCase": lambda _, value: value.upper(),
    "trim": lambda _, value: value.strip(),
    "strip": lambda _, value: value.strip(),
    "substring": lambda _, value, start, end=None: cut_text(value, start, end),
    "indexOf": lambda _, value, part: value.find(to_text(part)),
    "lastIndexOf": lambda _, value, part: value.rfind(to_text(part)),
    "charAt": lambda _, value, index: _character(value, index),
    "concat": lambda _, value, other: check_text(value + to_text(other)),
    "replace": lambda _, value, old, new: replace(value, old, new),
    "replaceAll": lambda _, value, pattern, new: replace_all(value, pattern, new),
    "matches": lambda _, value, pattern: match_fully(value, pattern),
    "split": _split,
    "stringValue": lambda _, value: value,
}
TEXTS: Mapping[str, Callable[..., Any]] = {
    **_JAVA,
    "lower": lambda _, value: value.lower(),
    "upper": lambda _, value: value.upper(),
    "title": lambda _, value: value.title(),
    "capitalize": lambda _, value: value.capitalize(),
    "lstrip": lambda _, value: value.lstrip(),
    "rstrip": lambda _, value: value.rstrip(),
    "startswith": lambda _, value, part: value.startswith(to_text(part)),
    "endswith": lambda _, value, part: value.endswith(to_text(part)),
    "find": lambda _, value, part: value.find(to_text(part)),
    "count": lambda _, value, part: value.count(to_text(part)),
    "join": _join,
    "isdigit": lambda _, value: value.isdigit(),
    "isalpha": lambda _, value: value.isalpha(),
    "isalnum": lambda _, value: value.isalnum(),
}
PYTHON_TEXTS: Mapping[str, Callable[..., Any]] = {"split": _split_exact}
"""Where Python means something else by the same name."""
