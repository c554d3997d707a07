"""Does a record fit a query? By the names of the query's fields, so that a new filter is a new field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast

from baton.model.values import Value
from baton.service.core.queries import Query, VariableFilter

T = TypeVar("T")
Predicate = Callable[[Any, Any], bool]

PLURALS = {
    "ids": "id",
    "instance_ids": "instance_id",
    "definition_ids": "definition_id",
    "definition_keys": "definition_key",
    "keys": "key",
    "elements": "element",
    "kinds": "kind",
    "assignees": "assignee",
    "business_keys": "business_key",
    "tenant_ids": "tenant_id",
}
MOMENTS = {"created": "created_at", "deployed": "deployed_at", "started": "started_at", "ended": "ended_at"}
ABSENT = {"without_tenant": "tenant_id", "without_source": "source", "without_version_tag": "version_tag"}
PAGING = frozenset({"sort", "first", "limit", "variable_sorts"})
NOBODY = frozenset({"candidate_groups", *PLURALS})
"""Where an empty list of what is wanted finds nothing."""


def matches_query(record: Any, query: Query, special: dict[str, Predicate]) -> bool:
    """All fields of the query that are given hold. ``special`` are tests (record, wanted) by field name."""
    for spec in fields(query):
        wanted = getattr(query, spec.name)
        if spec.name in PAGING or wanted is None or (wanted is False and spec.default is False) or wanted == ():
            if wanted == () and spec.name in NOBODY:
                return False
            continue
        test = special.get(spec.name)
        if not (test(record, wanted) if test is not None else _compare_field(record, spec.name, wanted)):
            return False
    return True


def _compare_field(record: Any, name: str, wanted: Any) -> bool:
    if name in PLURALS:
        return getattr(record, PLURALS[name]) in wanted
    if name in ABSENT:
        return getattr(record, ABSENT[name]) is None
    if name == "retries_left":
        return (record.retries is None or record.retries > 0) is wanted
    if name == "execution_id":
        return get_execution_id(record) == wanted
    stem, _, suffix = name.rpartition("_")
    compare = _COMPARISONS.get(suffix)
    if compare is None or not stem:
        return getattr(record, MOMENTS.get(name, name)) == wanted
    value = getattr(record, MOMENTS.get(stem, stem))
    return value is not None and compare(value, wanted)


def accept(record: Any, wanted: Any) -> bool:
    """The test of a filter that is applied elsewhere."""
    del record, wanted
    return True


def get_execution_id(record: Any) -> str:
    """The execution that a record belongs to: its token, or the instance for token 0."""
    return f"{record.instance_id}.{record.token}" if record.token else record.instance_id


def matches_like(value: str, pattern: str) -> bool:
    return _compile_pattern(pattern).fullmatch(value) is not None


def get_start(pattern: str) -> str:
    """What every text begins with that fits a LIKE pattern."""
    return pattern.replace("_", "%").partition("%")[0]


@lru_cache(256)
def _compile_pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in text)
    return re.compile("".join(parts), re.DOTALL)


_COMPARISONS: dict[str, Predicate] = {
    "like": lambda value, wanted: matches_like(value, wanted),
    "before": lambda value, wanted: value < wanted,
    "after": lambda value, wanted: value > wanted,
    "min": lambda value, wanted: value >= wanted,
    "max": lambda value, wanted: value <= wanted,
}


class Paged(Protocol):
    """What says which part of a list is wanted, and in which order."""

    @property
    def first(self) -> int: ...
    @property
    def limit(self) -> int | None: ...
    @property
    def sort(self) -> tuple[tuple[str, bool], ...]: ...


def _get_field(record: Any, name: str) -> Any:
    return getattr(record, name, None)


def take_page(records: Iterable[T], query: Paged, get_value: Callable[[Any, str], Any] = _get_field) -> list[T]:
    """Sorted and cut as the query says; a missing value sorts first. ``get_value``: of a record, by its name."""
    found = list(records)
    for name, descending in reversed(query.sort):
        found.sort(key=_make_sort_key(name, get_value), reverse=descending)
    last = None if query.limit is None else query.first + query.limit
    return found[query.first : last]


def _make_sort_key(name: str, get_value: Callable[[Any, str], Any]) -> Callable[[Any], Any]:
    def get_key(record: Any) -> Any:
        value = get_value(record, name)
        return (value is not None, value if value is not None else 0)

    return get_key


def match_variables(values: dict[str, Value], filters: Iterable[VariableFilter]) -> bool:
    return all(_match_variable(values, item) for item in filters)


def _match_variable(values: dict[str, Value], wanted: VariableFilter) -> bool:
    names = [n for n in values if n == wanted.name or (wanted.fold_name and n.lower() == wanted.name.lower())]
    return any(_compare(values[name], wanted) for name in names)


def _compare(value: Any, wanted: VariableFilter) -> bool:
    other: Any = wanted.value
    if wanted.fold_value and isinstance(value, str) and isinstance(other, str):
        value, other = value.lower(), other.lower()
    if wanted.operator in ("eq", "neq"):
        same = value == other and isinstance(value, bool) == isinstance(other, bool)
        return same if wanted.operator == "eq" else not same
    if wanted.operator in ("like", "notLike"):
        found = isinstance(value, str) and matches_like(value, cast("str", other))
        return found if wanted.operator == "like" else not found
    try:
        return _ORDER[wanted.operator](value, other)
    except TypeError:
        return False


_ORDER: dict[str, Predicate] = {
    "gt": lambda value, wanted: value > wanted,
    "gteq": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "lteq": lambda value, wanted: value <= wanted,
}
