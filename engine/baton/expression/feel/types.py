"""FEEL's types: what ``instance of`` asks for, what a parameter takes, what an item definition names."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from baton.expression.feel.far_dates import FarDate, replace_near
from baton.expression.feel.values import FunctionValue, Range, get_kind
from baton.expression.timing.durations import Duration


@dataclass(frozen=True, slots=True)
class Type:
    """``items`` of a list or a range, ``fields`` of a context, ``parameters`` of a function; None: any.

    ``allows`` is a further test of the value (the allowed values of an item definition).
    """

    name: str
    items: Type | None = None
    fields: tuple[tuple[str, Type], ...] | None = None
    parameters: tuple[Type, ...] | None = None
    allows: Callable[[Any], bool] | None = None


ANY = Type("Any")


def is_instance(value: Any, wanted: Type) -> bool:
    """Is the value of the type? Null is of none, and of every type inside of a list or a context."""
    if value is None:
        return wanted.name == "null"
    if wanted.name != "Any" and not _is_kind(value, wanted.name):
        return False
    return _has_parts(value, wanted) and (wanted.allows is None or wanted.allows(value))


def _is_kind(value: Any, name: str) -> bool:
    kind = get_kind(value)
    if value == Duration() and isinstance(value, Duration):
        return name.endswith("duration")
    return kind == name


def _has_parts(value: Any, wanted: Type) -> bool:
    if wanted.items is not None and isinstance(value, list):
        return all(_fits(item, wanted.items) for item in value)
    if wanted.items is not None and isinstance(value, Range):
        return _fits(value.low, wanted.items) and _fits(value.high, wanted.items)
    if wanted.fields is not None and isinstance(value, dict):
        return all(name in value and _fits(value[name], kind) for name, kind in wanted.fields)
    if wanted.parameters is not None and isinstance(value, FunctionValue):
        return len(value.parameters) == len(wanted.parameters)
    return True


def _fits(value: Any, wanted: Type) -> bool:
    return value is None or is_instance(value, wanted)


def coerce(value: Any, wanted: Type) -> Any:
    """The value as the type (DMN 1.5, 10.3.2.9.4): a list of one as its item, an item as a list, a date as midnight.

    Raises TypeError when it does not conform.
    """
    if _fits(value, wanted):
        return value
    for changed in _alternatives(value, wanted):
        if _fits(changed, wanted):
            return changed
    raise TypeError(wanted.name)


def _alternatives(value: Any, wanted: Type) -> list[Any]:
    found: list[Any] = []
    if wanted.name == "list" and not isinstance(value, list):
        found.append([value])
    if wanted.name != "list" and isinstance(value, list) and len(value) == 1:
        found.append(value[0])
    if wanted.name == "date and time" and isinstance(value, date) and not isinstance(value, datetime):
        found.append(datetime.combine(value, time()))
    if wanted.name == "date and time" and isinstance(value, FarDate) and not value.has_time:
        found.append(replace_near(value, lambda near: datetime.combine(near, time())))
    return found
