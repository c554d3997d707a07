"""Lists made of rows: which instances to fold, filtering, sorting and paging in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from baton.model.records import InstanceState
from baton.service import HistoryProjection, InstanceQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape
from baton.web.lists import Listing, Page, declare, together
from baton.web.routing import Group
from baton.web.times import date_text

MAX_INSTANCES = 1_000
"""Instances that one query without an instance id looks into, the newest first."""
Row: TypeAlias = dict[str, Any]
Make: TypeAlias = Callable[[Call, HistoryProjection], Iterable[Row]]
Test: TypeAlias = Callable[[Row, Any], bool]


def folded(call: Call, filters: Mapping[str, Any]) -> Iterable[HistoryProjection]:
    """The rows of the instances that the filters allow."""
    query = InstanceQuery(
        ids=together(filters, "processInstanceId", "processInstanceIdIn"),
        definition_ids=together(filters, "processDefinitionId", ""),
        definition_keys=together(filters, "processDefinitionKey", "processDefinitionKeyIn"),
        states=frozenset(InstanceState),
        sort=(("started_at", True),),
        limit=MAX_INSTANCES,
    )
    return call.engine.history.project_each(query)


def declare_rows(
    group: Group,
    path: str,
    what: str,
    *,
    filters: tuple[Field, ...],
    tests: Mapping[str, Test],
    sorts: Mapping[str, str],
    item: Shape,
    make: Make,
    show: Callable[[Call, Row], Row] = lambda _call, row: row,
    extra: tuple[Field, ...] = (),
) -> None:
    """Declare a history list: ``make`` gives rows, ``tests`` says what each filter means for a row."""

    def found(call: Call, given: Mapping[str, Any]) -> list[Row]:
        checks = [(tests[name], value) for name, value in given.items() if name in tests]
        rows = (row for rows in folded(call, given) for row in make(call, rows))
        return [row for row in rows if all(test(row, value) for test, value in checks)]

    def fetch(call: Call, given: Mapping[str, Any], page: Page) -> list[Row]:
        rows = found(call, given)
        _sort(rows, page.sort)
        return [show(call, row) for row in rows[page.first : page.first + page.limit]]

    declare(
        group,
        Listing(
            path=path,
            what=what,
            filters=filters,
            sorts=sorts,
            item=item,
            fetch=fetch,
            count=lambda call, given: len(found(call, given)),
            extra=extra,
        ),
    )


def _sort(rows: list[Row], sort: Sequence[tuple[str, bool]]) -> None:
    for name, descending in reversed(sort):
        rows.sort(
            key=lambda row: (row[name] is not None, row[name] if row[name] is not None else 0), reverse=descending
        )


def dated(*names: str) -> Callable[[Call, Row], Row]:
    """Show a row with these moments as dates."""

    def show(_call: Call, row: Row) -> Row:
        return {**row, **{name: date_text(row[name]) for name in names}}

    return show


def equals(name: str) -> Test:
    return lambda row, value: row[name] == value


def among(name: str) -> Test:
    return lambda row, values: row[name] in values


def when(test: Callable[[Row], bool]) -> Test:
    """A flag: only true filters."""
    return lambda row, value: value is not True or test(row)


def before(name: str) -> Test:
    return lambda row, moment: row[name] is not None and row[name] <= moment


def after(name: str) -> Test:
    return lambda row, moment: row[name] is not None and row[name] >= moment


def like(name: str) -> Test:
    """SQL's LIKE: ``%`` any text, ``_`` one character."""
    return lambda row, pattern: row[name] is not None and matches(str(row[name]), pattern)


def matches(text: str, pattern: str) -> bool:
    """Whether the text fits a LIKE pattern; linear in the text for each ``%``."""
    at, star, mark, index = 0, -1, 0, 0
    while at < len(text):
        if index < len(pattern) and pattern[index] == "%":
            star, mark, index = index, at, index + 1
        elif index < len(pattern) and pattern[index] in ("_", text[at]):
            at, index = at + 1, index + 1
        elif star >= 0:
            index, mark = star + 1, mark + 1
            at = mark
        else:
            return False
    return all(rest == "%" for rest in pattern[index:])
