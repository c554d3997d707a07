"""FEEL's built-in functions: one table. What does not fit a function gives null, as the standard says."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.core.frame import Frame, Function
from baton.expression.feel import (
    functions_contexts,
    functions_lists,
    functions_numbers,
    functions_ranges,
    functions_text,
    functions_time,
)


def _lenient(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def answer(frame: Frame, *arguments: Any) -> Any:
        try:
            return call(frame, *arguments)
        except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
            return None

    return answer


def _not(_: Frame, value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


def _assert(_: Frame, value: Any, condition: Any, cause: Any = None) -> Any:
    if condition is True:
        return value
    raise ExpressionError(
        cause if isinstance(cause, str) else "Expected the condition of 'assert' to hold, but it did not"
    )


_BOOLEANS: Mapping[str, Callable[..., Any]] = {
    "not": _not,
    "is defined": lambda _, value: value is not None,
    "get or else": lambda _, value, default: default if value is None else value,
    "assert": _assert,
}
_COUNTS: Mapping[str, tuple[int, int]] = {
    "not": (1, 1),
    "is defined": (1, 1),
    "get or else": (2, 2),
    "assert": (2, 3),
    **functions_text.COUNTS,
    **functions_numbers.COUNTS,
    **functions_lists.COUNTS,
    **functions_contexts.COUNTS,
    **functions_time.COUNTS,
    **functions_ranges.COUNTS,
}
_PARAMETERS: Mapping[str, str] = {
    "not": "negand",
    "is defined": "value",
    "get or else": "value, default",
    "assert": "value, condition, cause",
    **functions_text.PARAMETERS,
    **functions_numbers.PARAMETERS,
    **functions_lists.PARAMETERS,
    **functions_contexts.PARAMETERS,
    **functions_time.PARAMETERS,
    **functions_ranges.PARAMETERS,
}


def _parameters(name: str) -> tuple[tuple[str, ...], ...]:
    """Alternatives are separated by a bar."""
    written = _PARAMETERS.get(name, "")
    return tuple(tuple(part.strip() for part in choice.split(",")) for choice in written.split("|") if choice)


def _table() -> dict[str, Function]:
    calls: dict[str, Callable[..., Any]] = {
        **_BOOLEANS,
        **functions_text.FUNCTIONS,
        **functions_numbers.FUNCTIONS,
        **functions_lists.FUNCTIONS,
        **functions_contexts.FUNCTIONS,
        **functions_time.FUNCTIONS,
        **functions_ranges.FUNCTIONS,
    }
    table: dict[str, Function] = {}
    for name, call in calls.items():
        least, most = _COUNTS.get(name, (2, 2))
        table[name] = Function(_lenient(call), least, most, _parameters(name))
    return table


FUNCTIONS: Mapping[str, Function] = _table()
