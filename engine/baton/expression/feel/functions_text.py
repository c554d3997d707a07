"""FEEL's functions of texts."""

# Values are of any type here, until they have been checked.
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
from baton.expression.core.limits import check_room_for_text, check_text
from baton.expression.core.patterns import compile_pattern, replace_all, split_all
from baton.expression.feel.far_dates import FarDate
from baton.expression.feel.values import DECIMALS, Range, get_number, tidy, write
from baton.expression.timing.durations import Duration


def to_text(value: Any) -> str:
    """The value, which must be a text, also in a list of one (the caller turns the TypeError to null)."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def to_whole(value: Any) -> int:
    number = get_number(value)
    if number is None or number != int(number):
        raise TypeError("whole number")
    return int(number)


def _to_text_or_none(value: Any) -> str:
    """A text, or an empty one for an argument that is null."""
    return "" if value is None else to_text(value)


def to_position(value: Any) -> int:
    """A number of which only the whole part counts (DMN 1.5, 10.3.4)."""
    number = get_number(value)
    if number is None:
        raise TypeError("number")
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
            return _show_number(get_number(value))
        case datetime() | date() | time() | FarDate():
            return write(value)
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
    return check_text(show(value))


def _substring(_: Frame, value: Any, start: Any, length: Any = None) -> str | None:
    subject, first = to_text(value), to_position(start)
    if first == 0:
        return None
    begin = first - 1 if first > 0 else max(len(subject) + first, 0)
    return subject[begin:] if length is None else subject[begin : begin + max(to_position(length), 0)]


def _before(_: Frame, value: Any, mark: Any) -> str:
    head, found, _rest = to_text(value).partition(to_text(mark)) if mark else ("", "", "")
    return head if found else ""


def _after(_: Frame, value: Any, mark: Any) -> str:
    if mark == "":
        return to_text(value)
    return to_text(value).partition(to_text(mark))[2]


def _matches(_: Frame, value: Any, pattern: Any, flags: Any = None) -> bool:
    return compile_pattern(to_text(pattern), _to_text_or_none(flags)).search(to_text(value)) is not None


def _replace(_: Frame, value: Any, pattern: Any, replacement: Any, flags: Any = None) -> str:
    return replace_all(to_text(value), to_text(pattern), to_text(replacement), _to_text_or_none(flags))


def _split(frame: Frame, value: Any, pattern: Any) -> list[str]:
    parts = split_all(to_text(value), to_text(pattern))
    frame.budget.spend(len(parts))
    return parts


def _extract(frame: Frame, value: Any, pattern: Any) -> list[str]:
    found = [match.group(0) or "" for match in compile_pattern(to_text(pattern)).finditer(to_text(value))]
    frame.budget.spend(len(found))
    return found


def _join(frame: Frame, items: Any, delimiter: Any = None, prefix: Any = None, suffix: Any = None) -> str | None:
    items = items if isinstance(items, list) else [to_text(items)]
    frame.budget.spend(len(items))
    parts = [to_text(item) for item in items if item is not None]
    between = _to_text_or_none(delimiter)
    check_room_for_text(sum(len(part) + len(between) for part in parts))
    return check_text(_to_text_or_none(prefix) + between.join(parts) + _to_text_or_none(suffix))


def _number(_: Frame, value: Any, grouping: Any = None, point: Any = None) -> Any:
    if not isinstance(value, str):
        return get_number(value)
    if not _are_separators(grouping, point):
        return None
    plain = value.strip()
    if len(plain) > 300:
        return None
    plain = plain.replace(to_text(grouping), "") if grouping else plain
    plain = plain.replace(to_text(point), ".") if point else plain
    return tidy(Decimal(plain)) if plain and "_" not in plain else None


def _are_separators(grouping: Any, point: Any) -> bool:
    return grouping in (None, " ", ",", ".") and point in (None, ",", ".") and (grouping is None or grouping != point)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "string": _string,
    "number": _number,
    "substring": _substring,
    "string length": lambda _, value: len(to_text(value)),
    "upper case": lambda _, value: to_text(value).upper(),
    "lower case": lambda _, value: to_text(value).lower(),
    "substring before": _before,
    "substring after": _after,
    "contains": lambda _, value, part: to_text(part) in to_text(value),
    "starts with": lambda _, value, part: to_text(value).startswith(to_text(part)),
    "ends with": lambda _, value, part: to_text(value).endswith(to_text(part)),
    "matches": _matches,
    "replace": _replace,
    "split": _split,
    "extract": _extract,
    "string join": _join,
    "join": _join,
    "trim": lambda _, value: to_text(value).strip(),
    "is blank": lambda _, value: not to_text(value).strip(),
    "to base64": lambda _, value: b64encode(to_text(value).encode()).decode(),
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
