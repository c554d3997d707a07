"""The methods that plain values have in JUEL and Python expressions: Java's, Spin's and Python's names."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from baton.expression.core import methods_collections, methods_dates, methods_text
from baton.expression.core.equality import are_equal
from baton.expression.core.errors import ExpressionError, suggest
from baton.expression.core.frame import Frame
from baton.expression.core.limits import describe
from baton.expression.core.numbers import is_number

Table = Mapping[str, Callable[..., Any]]


def _to_string(frame: Frame, value: Any) -> str:
    return methods_text.to_template_text(frame, value)


def _number_value(frame: Frame, value: Any) -> Any:  # noqa: ARG001
    if not is_number(value):
        raise ExpressionError(f"Expected a number in the JSON, but found {describe(value)}")
    return value


def _bool_value(frame: Frame, value: Any) -> Any:  # noqa: ARG001
    if not isinstance(value, bool):
        raise ExpressionError(f"Expected true or false in the JSON, but found {describe(value)}")
    return value


COMMON: Table = {
    "equals": are_equal,
    "toString": _to_string,
    "isNull": lambda _, value: value is None,
    "isArray": lambda _, value: isinstance(value, list),
    "isObject": lambda _, value: isinstance(value, dict),
    "isString": lambda _, value: isinstance(value, str),
    "isNumber": lambda _, value: is_number(value),
    "isBoolean": lambda _, value: isinstance(value, bool),
    "isValue": lambda _, value: not isinstance(value, (list, dict)),
    "value": lambda _, value: value,
    "numberValue": _number_value,
    "boolValue": _bool_value,
}
NUMBERS: Table = {
    "intValue": lambda _, value: int(value),
    "longValue": lambda _, value: int(value),
    "doubleValue": lambda _, value: float(value),
    "compareTo": lambda _, value, other: (value > other) - (value < other),
    "abs": lambda _, value: abs(value),
}
BOOLEANS: Table = {"booleanValue": lambda _, value: value}


def _table(value: Any) -> Table:
    match value:
        case str():
            return methods_text.TEXTS
        case bool():
            return BOOLEANS
        case int() | float():
            return NUMBERS
        case list():
            return methods_collections.LISTS
        case dict():
            return methods_collections.MAPS
        case datetime():
            return methods_dates.DATES
        case _:
            return {}


METHODS = frozenset(
    name
    for table in (
        *(COMMON, NUMBERS, BOOLEANS, methods_text.TEXTS, methods_dates.DATES),
        *(methods_collections.LISTS, methods_collections.MAPS),
    )
    for name in table
)
"""Every method that some plain value has."""


def call_method(frame: Frame, target: Any, name: str, arguments: Sequence[Any]) -> Any:
    """The result of ``target.name(arguments)``; a getter of an object reads its entry (``getAmount()``)."""
    table = _table(target)
    found = table.get(name) or COMMON.get(name)
    if found is None:
        return _getter(target, name, arguments, table)
    try:
        return found(frame, target, *arguments)
    except (TypeError, AttributeError) as error:
        shown = ", ".join(describe(argument) for argument in arguments) or "none"
        raise ExpressionError(f"Expected fitting arguments for '{name}', but found {shown}") from error
    except (ValueError, OverflowError, LookupError) as error:
        raise ExpressionError(f"Expected '{name}' to be possible on {describe(target)}, but found: {error}") from error


def _getter(target: Any, name: str, arguments: Sequence[Any], table: Table) -> Any:
    if target is None:
        raise ExpressionError(f"Expected a value to call '{name}' on, but found null")
    if isinstance(target, dict) and not arguments:
        prefix = next((prefix for prefix in ("get", "is") if name.startswith(prefix) and len(name) > len(prefix)), "")
        entry = name[len(prefix)].lower() + name[len(prefix) + 1 :] if prefix else name
        if entry in target:
            return target[entry]
    hint = suggest(name, [*table, *COMMON])
    raise ExpressionError(f"Expected a method of {describe(target)}, but found '{name}'{hint}")
