"""Values on their way into a script and out of it."""

# Values are of any type here, until they have been checked.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import ast
import builtins
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from keyword import iskeyword
from typing import Any

from baton.expression.core.equality import measure
from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import MAX_DEPTH, check_storable
from baton.expression.scripts.contract import dedent
from baton.expression.timing.durations import Duration
from baton.model.values import FileValue, Value, Variables

_NAME = re.compile(r"[^\W\d]\w*")
_CALL = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*\(")


def find_names(source: str) -> set[str]:
    """All words of the source that could be names, those in texts and comments too."""
    return set(_NAME.findall(source))


def collect_inputs(source: str, variables: Variables) -> dict[str, Any]:
    """The variables that the script mentions; files stay outside, and so does what Python cannot call a variable.

    A variable with the name of a function stays outside too where the script can only mean the function.
    """
    mentioned = find_names(source)
    given = {
        name: value
        for name, value in variables.items()
        if name in mentioned and name.isidentifier() and not iskeyword(name) and not isinstance(value, FileValue)
    }
    for name in _find_only_called(source, find_hidden_functions(source, given)):
        del given[name]
    return given


def find_hidden_functions(source: str, given: Mapping[str, Any]) -> list[str]:
    """The functions that the script seems to call and that a variable of the same name hides from it."""
    called = set(_CALL.findall(source))
    return [name for name in given if name in called and (name == "BpmnError" or hasattr(builtins, name))]


def _find_only_called(source: str, functions: list[str]) -> list[str]:
    """Those of the functions whose name is never read but to call it: no variable can be called."""
    if not functions:
        return []
    try:
        tree = ast.parse(dedent(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # running the script says what is wrong with it
    called = {id(at.func) for at in ast.walk(tree) if isinstance(at, ast.Call)}
    set_anew = {id(at) for at in ast.walk(tree) if isinstance(at, ast.Name) and isinstance(at.ctx, ast.Store)}
    set_anew -= {id(at.target) for at in ast.walk(tree) if isinstance(at, ast.AugAssign)}
    read = {at.id for at in ast.walk(tree) if isinstance(at, ast.Name) and id(at) not in called | set_anew}
    return [name for name in functions if name not in read]


def find_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Value]:
    """Variables that are new or have another value; names that begin with ``_`` stay inside the script."""
    found: dict[str, Value] = {}
    for name, value in after.items():
        if name.startswith("_"):
            continue
        if name not in before or not _same(before[name], value):
            found[name] = to_value(value, f"the variable '{name}'")
    return found


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)


def to_value(value: Any, what: str, depth: int = 0) -> Value:
    """The value as a process variable. Raises ExpressionError when it cannot be one."""
    if depth == 0:
        measure(value)
    if depth > MAX_DEPTH:
        raise ExpressionError(f"Expected {what} to be nested at most {MAX_DEPTH} deep, but found it deeper")
    match value:
        case None | bool() | str() | bytes():
            return value
        case int():
            return check_storable(value)
        case float() if math.isfinite(value):
            return value
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(Duration(micros=round(value.total_seconds() * 1_000_000)))
        case list() | tuple() | set() | frozenset():
            return [to_value(item, what, depth + 1) for item in value]
        case dict():
            return {_key(key, what): to_value(item, what, depth + 1) for key, item in value.items()}
        case _:
            raise ExpressionError(f"Expected {what} to be plain data, but found a {type(value).__name__}")


def _key(key: Any, what: str) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, (int, float)) and not isinstance(key, bool):
        return str(key)
    raise ExpressionError(f"Expected texts as keys in {what}, but found a {type(key).__name__}")
