"""FEEL's functions of texts."""

# Values are of any type here, until they have been looked at.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from baton.expression.core.equality import measure
from baton.expression.core.frame import Frame
from baton.expression.core.limits import bounded_text, room_for_text
from baton.expression.core.patterns import compiled, replace_all, split_all
from baton.expression.feel.values import DECIMALS, Range, as_number, tidy
from baton.expression.timing.durations import Duration


def text(value: Any) -> str:
    """The value, which must be a text (the caller turns the TypeError to null)."""
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def whole(value: Any) -> int:
    number = as_number(value)
    if number is None or number != int(number):
        raise TypeError("whole number")
    return int(number)


def show(value: Any, nested: bool = False) -> str:
    """The text of a value, as FEEL's ``string()`` makes it."""
    match value:
        case str():
            return f'"{value}"' if nested else value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal() | float() | int():
            return _show_number(as_number(value))
        case datetime() | date() | time():
            return value.isoformat().replace("+00:00", "Z")
        case Duration() | Range():
            return str(value)
        case list():
            return "[" + ", ".join(show(item, nested=True) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{key}: {show(item, nested=True)}" for key, item in value.items()) + "}"
        case _:
            return str(value)


def _show_number(value: Any) -> str:
    if value is None:
        return "null"
    return format(DECIMALS.normalize(value), "f") if isinstance(value, Decimal) else str(value)


def _string(_: Frame, value: Any) -> str | None:
    if value is None:
        return None
    measure(value)
    return bounded_text(show(value))


def _substring(_: Frame, value: Any, start: Any, length: Any = None) -> str | None:
    subject, first = text(value), whole(start)
    if first == 0:
        return None
    begin = first - 1 if first > 0 else max(len(subject) + first, 0)
    return subject[begin:] if length is None else subject[begin : begin + max(whole(length), 0)]


def _before(_: Frame, value: Any, mark: Any) -> str:
    head, found, _rest = text(value).partition(text(mark)) if mark else ("", "", "")
    return head if found else ""


def _after(_: Frame, value: Any, mark: Any) -> str:
    if mark == "":
        return text(value)
    return text(value).partition(text(mark))[2]


def _matches(_: Frame, value: Any, pattern: Any, flags: Any = None) -> bool:
    return compiled(text(pattern), text(flags or "")).search(text(value)) is not None


def _replace(_: Frame, value: Any, pattern: Any, replacement: Any, flags: Any = None) -> str:
    return replace_all(text(value), text(pattern), text(replacement), text(flags or ""))


def _split(frame: Frame, value: Any, pattern: Any) -> list[str]:
    parts = split_all(text(value), text(pattern))
    frame.budget.spend(len(parts))
    return parts


def _extract(frame: Frame, value: Any, pattern: Any) -> list[str]:
    found = [match.group(0) or "" for match in compiled(text(pattern)).finditer(text(value))]
    frame.budget.spend(len(found))
    return found


def _join(frame: Frame, items: Any, delimiter: Any = None, prefix: Any = None, suffix: Any = None) -> str | None:
    if not isinstance(items, list):
        return None
    frame.budget.spend(len(items))
    parts = [text(item) for item in items if item is not None]
    between = text(delimiter or "")
    room_for_text(sum(len(part) + len(between) for part in parts))
    return bounded_text(text(prefix or "") + between.join(parts) + text(suffix or ""))


def _number(_: Frame, value: Any, grouping: Any = None, point: Any = None) -> Any:
    if not isinstance(value, str):
        return as_number(value)
    plain = value.strip()
    if len(plain) > 300:
        return None
    plain = plain.replace(text(grouping), "") if grouping else plain
    plain = plain.replace(text(point), ".") if point else plain
    return tidy(Decimal(plain)) if plain and "_" not in plain else None


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "string": _string,
    "number": _number,
    "substring": _substring,
    "string length": lambda _, value: len(text(value)),
    "upper case": lambda _, value: text(value).upper(),
    "lower case": lambda _, value: text(value).lower(),
    "substring before": _before,
    "substring after": _after,
    "contains": lambda _, value, part: text(part) in text(value),
    "starts with": lambda _, value, part: text(value).startswith(text(part)),
    "ends with": lambda _, value, part: text(value).endswith(text(part)),
    "matches": _matches,
    "replace": _replace,
    "split": _split,
    "extract": _extract,
    "string join": _join,
    "join": _join,
    "trim": lambda _, value: text(value).strip(),
    "is blank": lambda _, value: not text(value).strip(),
    "to base64": lambda _, value: b64encode(text(value).encode()).decode(),
}
COUNTS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("string", "string length", "upper case", "lower case", "trim", "is blank", "to base64"), (1, 1)),
    "number": (1, 3),
    "substring": (2, 3),
    "matches": (2, 3),
    "replace": (3, 4),
    "string join": (1, 4),
    "join": (1, 4),
}
PARAMETERS: Mapping[str, str] = {
    "string": "from",
    "number": "from, grouping separator, decimal separator",
    "substring": "string, start position, length",
    "string length": "string",
    "upper case": "string",
    "lower case": "string",
    "substring before": "string, match",
    "substring after": "string, match",
    "contains": "string, match",
    "starts with": "string, match",
    "ends with": "string, match",
    "matches": "input, pattern, flags",
    "replace": "input, pattern, replacement, flags",
    "split": "string, delimiter",
    "extract": "string, pattern",
    "string join": "list, delimiter, prefix, suffix",
    "trim": "string",
    "is blank": "string",
    "to base64": "value",
}
