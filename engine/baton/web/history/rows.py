"""Lists made of rows: which instances to look into, filtering, sorting and paging in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from baton.service import HistoryProjection
from baton.web.context import RequestContext
from baton.web.models.base import Answer
from baton.web.models.filtering import Page
from baton.web.models.history import HistoryFilters
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.times import format_date

Row: TypeAlias = dict[str, Any]
Test: TypeAlias = Callable[[Row, Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowListing:
    """A list of history: ``make`` gives the rows of an instance, ``tests`` says what each filter means for a row.

    ``dates``: fields of a row that are moments. ``show``: shows a row where its fields are not those of the answer.
    """

    path: str
    what: str
    filters: type[HistoryFilters]
    tests: Mapping[str, Test]
    sorts: Mapping[str, str]
    answer: type[Answer]
    make: Callable[[RequestContext, HistoryProjection], Iterable[Row]]
    dates: Sequence[str] = ()
    show: Callable[[Row, Page], Answer] | None = None
    keep: Callable[[Any, Row], bool] | None = None
    """Whether the filters leave a row that no test speaks of."""

    def find(self, context: RequestContext, filters: HistoryFilters) -> list[Row]:
        checks = [(self.tests[name], value) for name, value in filters.list_given().items() if name in self.tests]
        each = context.engine.history.project_each(filters.to_instance_query())
        rows = (row for projection in each for row in self.make(context, projection))
        found = [row for row in rows if all(test(row, value) for test, value in checks)]
        return found if self.keep is None else [row for row in found if self.keep(filters, row)]

    def fetch(self, context: RequestContext, filters: HistoryFilters, page: Page) -> list[Answer]:
        rows = self.find(context, filters)
        _sort(rows, page.sort)
        shown = rows[page.first : page.first + page.limit]
        return [self.show_row(row) if self.show is None else self.show(row, page) for row in shown]

    def show_row(self, row: Row) -> Answer:
        """The row as its answer, whose fields it has."""
        return self.answer(**{**row, **{name: format_date(row[name]) for name in self.dates}})


def declare_rows(group: Group, listed: RowListing) -> None:
    """Declare the routes of a list of history."""
    declare(
        group,
        Listing(
            path=listed.path,
            what=listed.what,
            filters=listed.filters,
            sorts=listed.sorts,
            answer=listed.answer,
            fetch=listed.fetch,
            count=lambda context, filters: len(listed.find(context, filters)),
            deserializes=listed.show is not None,
        ),
    )


def _sort(rows: list[Row], sort: Sequence[tuple[str, bool]]) -> None:
    for name, descending in reversed(sort):
        rows.sort(
            key=lambda row: (row[name] is not None, row[name] if row[name] is not None else 0), reverse=descending
        )


def is_equal(name: str) -> Test:
    return lambda row, value: row[name] == value


def is_among(name: str) -> Test:
    return lambda row, values: row[name] in values


def needs(test: Callable[[Row], bool]) -> Test:
    """A flag: only true filters."""
    return lambda row, value: value is not True or test(row)


def is_before(name: str) -> Test:
    return lambda row, moment: row[name] is not None and row[name] <= moment


def is_after(name: str) -> Test:
    return lambda row, moment: row[name] is not None and row[name] >= moment


def is_like(name: str) -> Test:
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
