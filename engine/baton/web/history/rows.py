"""Lists made of rows: which instances to look into, filtering, sorting and paging in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

from baton.model.ids import get_instance_id, parse_record_id
from baton.model.records import InstanceHeader
from baton.service import HistoryProjection, InstanceQuery
from baton.web.answers.common import make_execution_id
from baton.web.context import RequestContext
from baton.web.models.base import Answer
from baton.web.models.filtering import Page, Sort
from baton.web.models.history import STATES, HistoryFilters
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.times import format_date

MOMENTS = frozenset({"startTime", "endTime", "createTime", "timestamp", "time", "evaluationTime"})
"""Fields of rows by which a list is in the order of its instances, more or less."""
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
    narrow: Callable[[RequestContext, Any, InstanceQuery], InstanceQuery] | None = None
    """Rules out more instances, by what only the engine knows."""
    body: type[HistoryFilters] | None = None
    """The filters in a body, where there are more of them."""
    beside: Callable[[RequestContext], Iterable[Row]] | None = None
    """Rows that belong to no instance."""
    of_tasks: bool = False
    """Whether rows are of user tasks: then also of those without a process; the filter ``taskId`` names one."""
    may_be_of_tasks: bool = False
    """Whether the filter ``taskIdIn`` names tasks, of which some may be without a process."""

    def count(self, context: RequestContext, filters: HistoryFilters) -> int:
        inside = sum(len(rows) for _, rows in self._read(context, filters, self._make_query(context, filters)))
        return inside + len(self._read_beside(context, filters))

    def fetch(self, context: RequestContext, filters: HistoryFilters, page: Page) -> list[Answer]:
        rows = self.fetch_rows(context, filters, page)
        return [self.show_row(row) if self.show is None else self.show(row, page) for row in rows]

    def fetch_rows(self, context: RequestContext, filters: HistoryFilters, page: Page) -> list[Row]:
        """A page in the order of a moment, or in none, reads the instances that it shows; others what a search may."""
        search = context.search
        first = page.first - (search.passed if search is not None and not page.sort else 0)
        rows = self._find(context, filters, page.sort, first + page.limit)
        if search is not None and not page.sort:
            search.leave(len(rows), first, page.limit)
        _sort(rows, page.sort)
        return rows[first : first + page.limit]

    def _find(self, context: RequestContext, filters: HistoryFilters, sort: Sort, wanted: int) -> list[Row]:
        query, found = self._make_query(context, filters), self._read_beside(context, filters)
        states = query.states or frozenset()
        if not sort or query.ids is not None or sort[0][0] not in MOMENTS:
            for _, rows in self._read(context, filters, query):
                found += rows
                if not sort and len(found) >= wanted:
                    break
            return found
        for _, rows in self._read(context, filters, replace(query, states=states & STATES["unfinished"])):
            found += rows
        _sort(found, sort)
        del found[wanted:]
        descending = sort[0][1]
        ended = replace(
            query,
            states=states & STATES["finished"],
            sort=(("ended_at" if descending else "started_at", descending),),
        )
        if context.search is not None:
            context.search.stage = 1
        for header, rows in self._read(context, filters, ended):
            if _is_full(found, sort, wanted, header):
                if context.search is not None:
                    context.search.stopped = None
                break
            if rows:
                found += rows
                _sort(found, sort)
                del found[wanted:]
        return found

    def _make_query(self, context: RequestContext, filters: HistoryFilters) -> InstanceQuery:
        query = filters.to_instance_query()
        if self.narrow is not None:
            query = self.narrow(context, filters, query)
        if query.ids is not None:
            query = replace(query, ids=tuple(dict.fromkeys(map(get_instance_id, query.ids))))
        given = filters.list_given()
        if self.may_be_of_tasks and "taskIdIn" in given:
            tasks = cast("Sequence[str]", given["taskIdIn"])
            ids = tuple(dict.fromkeys(map(context.engine.user_tasks.find_instance_id, tasks)))
            wanted = ids if query.ids is None else tuple(id for id in ids if id in query.ids)
            return replace(query, ids=wanted, with_tasks=True)
        if not self.of_tasks:
            return query
        task_id = given.get("taskId")
        if query.ids is None and task_id is not None:
            query = replace(query, ids=(context.engine.user_tasks.find_instance_id(str(task_id)),))
        return replace(query, with_tasks=True)

    def _read(
        self, context: RequestContext, filters: HistoryFilters, query: InstanceQuery
    ) -> Iterator[tuple[InstanceHeader, list[Row]]]:
        """The rows that match, of one instance after the other."""
        if not query.states:
            return
        fits, named = self._make_check(filters), filters.to_instance_query().ids
        called = {id for id in named or () if parse_record_id(id) is not None}
        for projection in context.engine.history.project_each(query, context.search):
            rows = self.make(context, projection)
            if called and projection.header.id not in (named or ()):
                rows = choose_of_called(rows, projection, called)
            yield projection.header, [row for row in rows if fits(row)]

    def _read_beside(self, context: RequestContext, filters: HistoryFilters) -> list[Row]:
        """Those that belong to no instance come first; an answer that goes on has passed them."""
        goes_on = context.search is not None and context.search.begin is not None
        if self.beside is None or goes_on:
            return []
        return list(filter(self._make_check(filters), self.beside(context)))

    def _make_check(self, filters: HistoryFilters) -> Callable[[Row], bool]:
        """Whether a row meets all filters; to be made once for many rows."""
        checks = [(self.tests[name], value) for name, value in filters.list_given().items() if name in self.tests]
        groups = [[self._make_check(alone) for alone in group] for group in filters.list_or_groups()]
        keep = self.keep

        def holds(row: Row) -> bool:
            return (
                all(test(row, value) for test, value in checks)
                and (keep is None or keep(filters, row))
                and all(any(fits_alone(row) for fits_alone in group) for group in groups)
            )

        return holds

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
            count=listed.count,
            body=listed.body,
            deserializes=listed.show is not None,
            searches=True,
        ),
    )


def choose_of_called(rows: Iterable[Row], projection: HistoryProjection, called: Collection[str]) -> Iterator[Row]:
    """What belongs to called processes, as their own: what they have called in turn is another's."""
    scopes = {activity.token: activity for activity in projection.activities}
    for row in rows:
        record = parse_record_id(str(row.get("executionId")))
        at = None if record is None else scopes.get(record.number)
        if at is not None and at.called and "activityType" in row:
            continue  # a called process is no activity: its caller has the call
        while at is not None and not at.called:
            at = scopes.get(at.parent)
        owner = "" if at is None else make_execution_id(projection.header.id, at.token)
        if owner in called:
            yield {**row, "processInstanceId": owner}


def _is_full(rows: Sequence[Row], sort: Sort, wanted: int, header: InstanceHeader) -> bool:
    """Whether no instance from this one on has a row that comes before the last of these, which are sorted.

    What has ended has nothing later than its end, and nothing before its start.
    """
    (name, descending), bound = sort[0], header.ended_at if sort[0][1] else header.started_at
    if len(rows) < wanted or not rows or bound is None:
        return False
    last = rows[-1][name] or 0
    return last > bound if descending else last < bound


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


def is_at_least(name: str) -> Test:
    return lambda row, number: row[name] is not None and row[name] >= number


def is_at_most(name: str) -> Test:
    return lambda row, number: row[name] is not None and row[name] <= number


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
