"""Instances: one by its id, or all that match a query, narrowed by the best index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from baton.model.errors import NotFound
from baton.model.records import Incident, InstanceHeader
from baton.service.core.matching import (
    make_test,
    match_variables,
    take_page,
)
from baton.service.core.pausing import LongWork
from baton.service.core.queries import IncidentQuery, InstanceQuery
from baton.service.core.search import Search
from baton.service.reads.called_indexing import CalledIndexing
from baton.service.reads.called_instances import CalledInstances, is_called_id
from baton.service.reads.history.folding import HistoryFolder
from baton.service.reads.incidents import Incidents
from baton.service.reads.indexed_instances import find_by_variables, plan_found
from baton.service.reads.instance_matching import PREDICATES, is_about_incident, matches_incident
from baton.service.reads.instance_pages import InstancePages
from baton.service.reads.instance_plan import (
    ENDED,
    FEW,
    FEW_HISTORIES,
    NEWEST,
    InstancePlanner,
    Plan,
    get_states,
    iterate_complements,
)
from baton.service.reads.instance_reader import InstanceReader, read_records
from baton.service.reads.named_instances import READ_ALL, Named, NamedInstances, plan_named
from baton.service.reads.told_by_histories import Assumed, Told, ToldByHistories
from baton.service.turns.mailbox import Mailbox
from baton.store.store import Store

Headers = list[InstanceHeader]


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementStatistics:
    """Tokens at an element, or instances of a definition, and the open incidents there by kind."""

    instances: int = 0
    incidents: dict[str, int]


class InstanceQueries:
    def __init__(
        self,
        store: Store,
        mailbox: Mailbox,
        reader: InstanceReader,
        incidents: Incidents,
        called_indexing: CalledIndexing,
    ) -> None:
        self._store, self._reader, self._incidents = store, reader, incidents
        self._histories = HistoryFolder(store, mailbox)
        self._called = CalledInstances(store, reader, called_indexing)
        self._named = NamedInstances(store, self._called)
        self._planner = InstancePlanner(store)

    def get(self, instance_id: str) -> InstanceHeader:
        """Raises NotFound."""
        header = self.get_any(instance_id)
        if header.is_standalone:
            raise _make_missing(instance_id)
        return header

    def get_any(self, instance_id: str) -> InstanceHeader:
        """Also one that only holds a task of no process. Raises NotFound."""
        for header in self._store.lists.get_headers([instance_id]):
            return header
        raise _make_missing(instance_id)

    def find(self, query: InstanceQuery, search: Search | None = None) -> list[InstanceHeader]:
        """Instances that match; unless sorted, those that started first, or that ended first once they have ended.

        With a search no more is read than it allows where no index serves: a page, or the newest, sorted.
        """
        query = self._settle(query)
        named = self._named.find(query, _choose_few(query, search))
        _charge(search, query)
        plan = self._plan_page(query, named) if query.limit is not None else None
        if plan is not None and query.limit is not None:
            return self._make_pages(plan).find(plan, query.first, query.limit, search)
        found = self._read_all(query, named, search)
        found.sort(key=get_default_order)
        return take_page(found, query)

    def count(self, query: InstanceQuery, search: Search | None = None) -> int:
        query = self._settle(query)
        if query.called:
            is_counted = query.roots is False or (search is not None and search.is_behind(0))
            count = 0 if is_counted else self.count(replace(query, called=False, roots=None), search)
            is_whole = search is None or search.stopped is None
            return count + self._count_called(query, search) if is_whole else count
        for whole, others in iterate_complements(query):
            if search is None or self._is_counted(whole):
                return self.count(whole) - self.count(others)
        named = self._named.find(query, _choose_few(query, search))
        if named is not None and named.is_plain:
            return len(named.ids)
        plan = self._plan_count(query, named)
        if plan is None:
            return len(self._read_all(query, named))
        _charge(search, query)
        return self._make_pages(plan).count(plan, search)

    def _count_called(self, query: InstanceQuery, search: Search | None) -> int:
        """Their order comes after that of the instances, where a search goes through both."""
        named = self._named.find(query, _choose_few(query, search))
        if named is not None and named.is_few:
            called = [id_ for id_ in named.ids if is_called_id(id_)]
            return len(self._read_all(query, replace(named, ids=called)))
        _charge(search, query)
        if search is not None:
            search.stage += 1
        plan = self._planner.make_called(query, counting=True)
        return self._make_pages(plan).count(plan, search)

    def _settle(self, query: InstanceQuery) -> InstanceQuery:
        """Without the called processes where there is none, so that the others are found as ever."""
        if not query.called and query.roots is None:
            return query
        ended = bool(get_states(query) & ENDED)
        called = query.called and not query.roots and self._called.is_any(ended=ended)
        return replace(query, called=called, roots=query.roots if called or query.roots is False else None)

    def _is_counted(self, query: InstanceQuery) -> bool:
        """Whether sizes of sets tell how many there are."""
        return self._named.find(query, FEW) is None and self._planner.make_unsorted(query, counting=True).is_plain

    def iterate(self, query: InstanceQuery, search: Search | None = None) -> Iterator[list[InstanceHeader]]:
        """All that match, part by part, in the order asked for as far as an index has it; its page does not count."""
        query = self._settle(query)
        named = self._named.find(query, FEW_HISTORIES if search is not None and search.reads_histories else FEW)
        if named is not None and named.is_few:
            found = self._read_all(query, named)
            yield take_page(found, replace(query, first=0, limit=None))
            return
        plan = self._make_plan(query)
        if plan is None:
            yield take_page(self._read_all(query, None, search), replace(query, first=0, limit=None))
        else:
            yield from self._make_pages(plan).iterate_whole(plan, search)

    def _plan_page(self, query: InstanceQuery, named: Named | None) -> Plan | None:
        """None where all that are named, or all that match, are to be read and sorted."""
        plan = None if named is None else plan_named(self._planner.make, query, named)
        return plan if plan is not None or (named is not None and named.is_few) else self._make_plan(query)

    def _plan_count(self, query: InstanceQuery, named: Named | None) -> Plan | None:
        """None where all that are named are to be read."""
        if named is None:
            return self._planner.make_unsorted(query, counting=True)
        plan = plan_named(self._planner.make_unsorted, query, named)
        if named.is_few:
            return plan if plan is not None and plan.is_plain else None
        return plan or self._planner.make_unsorted(query, counting=True)

    def _make_plan(self, query: InstanceQuery) -> Plan | None:
        return self._plan_found(query) or self._planner.make(query)

    def _plan_found(self, query: InstanceQuery) -> Plan | None:
        """Called processes are in no index of variables: where they are asked for too, these alone are searched."""
        found = find_by_variables(self._store.variables, query) if query.called else None
        if found is not None and query.list_happened() and len(found) > FEW_HISTORIES:
            return None
        return None if found is None else plan_found(self._planner, query, self._store.lists.get_headers(found))

    def _make_pages(self, plan: Plan) -> InstancePages:
        told = ToldByHistories(self._store.lists, self._histories, plan.rest, plan.rest_of_called)
        return InstancePages(self._store.lists, self._read_headers, partial(self._choose_planned, plan, told))

    def _read_headers(self, ids: Sequence[str]) -> list[InstanceHeader]:
        """In the order asked, of instances and called processes; without those that are gone."""
        called = [id_ for id_ in ids if is_called_id(id_)]
        if not called:
            return self._store.lists.get_headers(ids)
        found = {header.id: header for header in self._called.get_headers(called)}
        others = self._store.lists.get_headers([id_ for id_ in ids if not is_called_id(id_)])
        found.update({header.id: header for header in others})
        return [found[id_] for id_ in ids if id_ in found]

    def _choose_planned(self, plan: Plan, told: ToldByHistories, headers: Headers, search: Search | None) -> Headers:
        """Those that meet what the plan leaves to them, in their order, up to where the search has to stop."""
        choose = partial(self._choose_both, plan)
        return choose(self._read_histories(choose, headers, told, search), told)

    def _choose_both(self, plan: Plan, headers: Headers, told: Told) -> Headers:
        """Of instances and called processes those that match."""
        called = [header for header in headers if header.is_called]
        if not called:
            return self._choose(plan.rest, headers, told)
        others = [header for header in headers if not header.is_called]
        kept = {header.id for header in self._choose(plan.rest, others, told)}
        kept |= {header.id for header in self._choose(plan.rest_of_called, called, told)}
        return [header for header in headers if header.id in kept]

    def _read_histories(
        self,
        choose: Callable[[Headers, Told], Headers],
        headers: Headers,
        told: ToldByHistories,
        search: Search | None,
    ) -> Headers:
        """Read the histories that tell whether instances match; returns the headers of which it is known then: those
        before the first whose history the search may not read.
        """
        asked = [header for header in headers if told.needs(header)]
        if not asked:
            return headers
        # Nothing is read of those that everything else rules out, or that match whatever their histories say.
        decided = {header.id for header in choose(asked, Assumed(False))}
        asked = [header for header in choose(asked, Assumed(True)) if header.id not in decided]
        wanted: Headers = []
        for header in told.list_unread(asked):
            if search is not None and not search.take_history(header.id, header.position):
                headers = headers[: headers.index(header)]
                break
            wanted.append(header)
        told.read(wanted)
        return headers

    def _read_all(
        self, query: InstanceQuery, named: Named | None, search: Search | None = None
    ) -> list[InstanceHeader]:
        """All that match: among those named, else among those of the narrowest index, the newest first in a search."""
        if named is None or not named.is_few:
            plan = self._make_plan(replace(query, sort=NEWEST)) if search is not None else None
            plan = plan or self._plan_found(replace(query, sort=())) or self._planner.make_unsorted(query)
            return [header for part in self._make_pages(plan).iterate_whole(plan, search) for header in part]
        found: list[InstanceHeader] = []
        told, choose = ToldByHistories(self._store.lists, self._histories, query), partial(self._choose, query)
        work = LongWork()
        for at in range(0, len(named.ids), READ_ALL):
            headers = self._read_histories(choose, self._read_headers(named.ids[at : at + READ_ALL]), told, None)
            found += choose(headers, told)
            work.end_part()
        return found

    def _choose(self, query: InstanceQuery, headers: Headers, told: Told) -> Headers:
        """Those of them that match. The states of those that are left are read together."""
        if query.elements is not None or query.with_incident is not None:
            headers = self._called.complete(headers)
        states, fits = get_states(query), make_test(query, PREDICATES)
        found = [header for header in headers if header.state in states and fits(header)]
        if not query.with_tasks:
            found = [header for header in found if not header.is_standalone]
        if is_about_incident(query):
            found = [header for header in found if self._has_incident(query, header)]
        if query.retrying is not None:
            found = [header for header in found if self._called.is_retrying(header.id) is query.retrying]
        if query.leaves is not None:
            found = [header for header in found if self._called.is_leaf(header.id) is query.leaves]
        if (happened := query.happened) is not None:
            found = [header for header in found if told.match_happened(header, happened)]
        for group in query.any_of:
            chosen = {header.id for each in group for header in self._choose(each, found, told)}
            found = [header for header in found if header.id in chosen]
        if not query.variables or not found:
            return found
        variables = self._reader.read_variables_of_each([header.id for header in found if not header.is_called])
        running = [header.id for header in found if header.is_called and not header.state.is_ended]
        variables |= self._called.read_variables_of_each(running)
        return [
            header
            for header in found
            if (
                told.match_variables(header, query.variables)
                if _is_over(header)
                else match_variables(variables.get(header.id, {}), query.variables)
            )
        ]

    def _has_incident(self, query: InstanceQuery, header: InstanceHeader) -> bool:
        if _is_over(header):
            return False
        if header.is_called or query.incident_own:
            incidents = self._called.list_incidents(header.id, own=query.incident_own)
        else:
            incidents = read_records(self._store.lists.read_fields(header.id), "i", Incident)
        return any(matches_incident(query, incident) for incident in incidents)

    def count_by_definition(self, definition_ids: Sequence[str]) -> dict[str, ElementStatistics]:
        """Of each definition how many instances run, called ones too, and their open incidents: no instance is read."""
        counts = self._store.lists.count_each(definition_ids)
        called = self._store.called.count_each(definition_ids) if self._called.is_any(ended=False) else {}
        incidents: dict[str, dict[str, int]] = {id_: {} for id_ in definition_ids}
        for item in self._incidents.find(IncidentQuery()):
            kinds = incidents.get(item.definition_id, {})
            kinds[item.kind] = kinds.get(item.kind, 0) + 1
        return {
            id_: ElementStatistics(instances=counts[id_] + called.get(id_, 0), incidents=incidents[id_])
            for id_ in definition_ids
        }

    def count_ended(self, definition_ids: Sequence[str]) -> dict[str, int]:
        """Of each definition how many instances have ended, called ones too."""
        counts = self._store.lists.count_each(definition_ids, ended=True)
        called = self._store.called.count_each(definition_ids, ended=True) if self._called.is_any(ended=True) else {}
        return {id_: counts[id_] + called.get(id_, 0) for id_ in definition_ids}

    def find_callers_of_ended(self, ids: Sequence[str]) -> dict[str, str]:
        """Ids of called processes that have ended -> those of the processes that have called them."""
        return self._called.find_callers(ids)

    def count_by_element(self, definition_id: str) -> dict[str, ElementStatistics]:
        """Of unfinished instances: tokens and incidents by element."""
        tokens: dict[str, int] = {}
        incidents: dict[str, dict[str, int]] = {}
        for header in self._store.lists.get_headers([i for _, i in self._store.lists.list_unfinished(definition_id)]):
            for element, count in header.tokens:
                tokens[element] = tokens.get(element, 0) + count
        for item in self._incidents.find(IncidentQuery(definition_ids=(definition_id,))):
            kinds = incidents.setdefault(item.element, {})
            kinds[item.kind] = kinds.get(item.kind, 0) + 1
        elements = [*tokens, *(element for element in incidents if element not in tokens)]
        return {e: ElementStatistics(instances=tokens.get(e, 0), incidents=incidents.get(e, {})) for e in elements}


def _is_over(header: InstanceHeader) -> bool:
    """Whether it is a called process that has ended: its scope is gone."""
    return header.is_called and header.state.is_ended


def _make_missing(instance_id: str) -> NotFound:
    return NotFound(f"Expected a process instance with id '{instance_id}', but there is none")


def _charge(search: Search | None, query: InstanceQuery) -> None:
    """More is read besides the header: from the state, or what has happened and what called processes ended with from
    a history.
    """
    if search is None:
        return
    by_variables = any(query.iterate_variable_filters())
    if by_variables or any(each.retrying is not None or each.leaves is not None for each in query.iterate_parts()):
        search.cost = 2
    asks_ended = by_variables and query.called and bool(get_states(query) & ENDED)
    search.reads_some = asks_ended or bool(query.list_happened())


def _choose_few(query: InstanceQuery, search: Search | None) -> int:
    """How many named instances are read together."""
    return FEW_HISTORIES if search is not None and query.list_happened() else FEW


def get_default_order(header: InstanceHeader) -> tuple[int, str]:
    """By start, or by end once it has ended: what an index can tell of all instances."""
    return (header.started_at if header.ended_at is None else header.ended_at, header.id)
