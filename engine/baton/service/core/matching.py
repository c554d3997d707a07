"""Does a record fit a query? By the names of the query's fields, so that a new filter is a new field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cache, lru_cache
from operator import attrgetter
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


def make_test(query: Query, special: Mapping[str, Predicate]) -> Callable[[Any], bool]:
    """Whether all fields of the query that are given hold of a record.

    ``special`` are tests (record, wanted) by field name. To be made once for many records.
    """
    tests: list[Callable[[Any], bool]] = []
    for name, default in _list_filters(type(query)):
        wanted = getattr(query, name)
        if wanted == () and name in NOBODY:
            return refuse
        if wanted is None or wanted == () or (wanted is False and default is False) or special.get(name) is accept:
            continue
        wanted = _make_lookup(wanted)
        tests.append(_bind(special[name], wanted) if name in special else _make_comparison(name, wanted))
    if len(tests) == 1:
        return tests[0]
    return lambda record: all(test(record) for test in tests)


def _make_lookup(wanted: Any) -> Any:
    """A list of names as a set: each record is compared with all of them."""
    if not isinstance(wanted, tuple):
        return wanted
    names = cast("tuple[Any, ...]", wanted)
    return frozenset(names) if all(name is None or isinstance(name, str) for name in names) else names


def has_filters(query: Query) -> bool:
    """Whether anything but a page of all is asked for."""
    return any(getattr(query, name) != default for name, default in _list_filters(type(query)))


@cache
def _list_filters(kind: type[Query]) -> tuple[tuple[str, Any], ...]:
    """The fields of a query that are no paging, with their defaults."""
    return tuple((spec.name, spec.default) for spec in fields(kind) if spec.name not in PAGING)


def _bind(test: Predicate, wanted: Any) -> Callable[[Any], bool]:
    return lambda record: test(record, wanted)


def _make_comparison(name: str, wanted: Any) -> Callable[[Any], bool]:
    if name in PLURALS:
        get = attrgetter(PLURALS[name])
        return lambda record: get(record) in wanted
    if name in ABSENT:
        get = attrgetter(ABSENT[name])
        return lambda record: get(record) is None
    if name == "retries_left":
        return lambda record: (record.retries is None or record.retries > 0) is wanted
    if name == "execution_id":
        return lambda record: get_execution_id(record) == wanted
    stem, _, suffix = name.rpartition("_")
    compare = _COMPARISONS.get(suffix)
    if compare is None or not stem:
        get = attrgetter(MOMENTS.get(name, name))
        return lambda record: get(record) == wanted
    get = attrgetter(MOMENTS.get(stem, stem))
    return lambda record: (value := get(record)) is not None and compare(value, wanted)


def accept(record: Any, wanted: Any) -> bool:
    """The test of a filter that is applied elsewhere."""
    del record, wanted
    return True


def refuse(record: Any, wanted: Any = None) -> bool:
    """The test of a filter that nothing meets."""
    del record, wanted
    return False


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
        found = isinstance(value, str) and isinstance(other, str) and matches_like(value, other)
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
