"""Which indexes have the instances of a query, in which order, and what is left to look for in their headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from baton.model.records import InstanceState
from baton.model.standalone import DEFINITION_ID
from baton.model.times import Millis
from baton.service.core.queries import InstanceQuery
from baton.store.called import ENDS
from baton.store.lists import Order
from baton.store.scanning import Span, join_spans
from baton.store.store import Store

ALL = frozenset(InstanceState)
RUNNING = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})
ENDED = ALL - RUNNING
CALLED_STATES = RUNNING | frozenset(ENDS)
EVERY = InstanceQuery(include_ended=True)
MOST_DEFINITIONS = 20
"""Of more definitions the sets of all partitions are too many to be read as one; they are still counted."""

NEWEST, OLDEST = (("started_at", True),), (("started_at", False),)
LATEST, EARLIEST = (("ended_at", True),), (("ended_at", False),)
FIRST_KEY, LAST_KEY = (("business_key", False),), (("business_key", True),)
STATE_SORTS = ((("state", False),), (("state", True),))
UNDONE_SORTS = ((), NEWEST, OLDEST)
FEW = 2_000
"""Instances that are read and sorted rather than looked for among all."""
FEW_HISTORIES = 100
"""As ``FEW``, where the history of each is read too: so many have what one search may read, about."""

Bounds = tuple[Millis | None, Millis | None]


@dataclass(frozen=True, slots=True)
class Plan:
    """``spans`` one after the other have the instances in order, among them all that match ``rest``."""

    spans: tuple[Span, ...]
    rest: InstanceQuery
    keyless: Span | None = None
    """One of the spans, of which only the instances without a business key are meant."""
    by_moment: bool = True
    """Whether each span is in the order of moments, so that a search can go on at one."""
    rest_of_called: InstanceQuery = EVERY
    """As ``rest``, of called processes, which the spans have too if the query asks for them."""
    found: tuple[tuple[Millis, str], ...] = ()
    """Instances that an index has found, with their moments: in the order of the first span, of which they are part."""

    @property
    def is_plain(self) -> bool:
        """Whether all of them match."""
        return self.rest == EVERY and self.rest_of_called == EVERY and self.keyless is None and not self.found


@dataclass(frozen=True, slots=True)
class CalledPart:
    """The called processes of a query: in which states, of which definitions (None: all), and what their headers have
    to tell.
    """

    states: frozenset[InstanceState]
    definition_ids: tuple[str, ...] | None
    rest: InstanceQuery

    def keep(self, states: frozenset[InstanceState]) -> CalledPart:
        """Those in some of the states."""
        return replace(self, states=self.states & states)


def get_states(query: InstanceQuery) -> frozenset[InstanceState]:
    """Those of the query; without those in which no instance has what is asked for."""
    states = query.states if query.states is not None else ALL if query.include_ended else RUNNING
    if query.waiting or query.retrying or query.leaves is not None or query.elements is not None:
        states &= RUNNING
    if query.ended_before is not None or query.ended_after is not None:
        states &= ENDED
    return states


class InstancePlanner:
    def __init__(self, store: Store) -> None:
        self._store, self._lists = store, store.lists

    def make(self, query: InstanceQuery) -> Plan | None:
        """None where no index has the order that is asked for."""
        states, indexed = get_states(query), cache(self._store.indexing.is_complete)
        if query.roots is False:
            return self.make_called(query) if query.sort in ((), NEWEST, OLDEST) else None
        called, query = self._choose_called(query, states), replace(query, called=False)
        rest = replace(query, states=None, include_ended=True, first=0, limit=None, sort=())
        # No definition has a set for each state.
        rest = self._choose_definitions(rest, indexed, narrows=query.sort not in STATE_SORTS)
        if query.undone and query.sort in UNDONE_SORTS and indexed():
            span = self._lists.make_undone_span(descending=query.sort == NEWEST)
            return Plan((span,), replace(rest, undone=None, states=None if states == ALL else states))
        chosen = replace(query, states=states, definition_ids=rest.definition_ids)
        return self._span(chosen, self._leave(rest, states), called, indexed=indexed)

    def make_unsorted(self, query: InstanceQuery, *, counting: bool = False) -> Plan:
        """In any order. ``counting``: the instances need not be read one after the other."""
        states, indexed = get_states(query), cache(self._store.indexing.is_complete)
        if query.roots is False:
            return self.make_called(query)
        called, query = self._choose_called(query, states), replace(query, called=False)
        rest = replace(query, states=None, include_ended=True, first=0, limit=None, sort=())
        rest = self._choose_definitions(rest, indexed, counting=counting)
        if query.undone and indexed():
            return Plan((self._lists.make_undone_span(),), replace(rest, undone=None, states=states))
        chosen = replace(query, states=states, definition_ids=rest.definition_ids, sort=())
        left = self._leave(rest, states)
        plan = self._span(chosen, left, called, indexed=indexed)
        if plan is not None:
            return plan
        span = self._lists.make_span(states, query.definition_ids, by="both", tasks=query.with_tasks)
        return Plan((self._add_called(span, called, "both"),), left, rest_of_called=_get_rest(called))

    def make_called(self, query: InstanceQuery, *, counting: bool = False) -> Plan:
        """Only the called processes of a query: by start, or by end where only moments of these are asked for."""
        called = self._choose_called(replace(query, roots=None), get_states(query), counting=counting)
        if called is None:
            return Plan((), EVERY)
        started, ended = _get_start(query), _get_end(query)
        if query.sort in (NEWEST, OLDEST) or started != (None, None):
            by, (low, high), rest = "start", started, _drop_start(called.rest)
        else:
            by, (low, high), rest = "both", ended, _drop_end(called.rest)
        span = self._make_called_span(called, by, Span((), query.sort == NEWEST, low, high))
        return Plan((span,), EVERY, rest_of_called=rest)

    def _leave(self, rest: InstanceQuery, states: frozenset[InstanceState]) -> InstanceQuery:
        """What the sets of the definitions or of the states do not say."""
        by_definition = rest.definition_ids is not None or rest.with_tasks
        return replace(rest, definition_ids=None, states=states if by_definition and not _is_whole(states) else None)

    # -- called processes

    def _choose_called(
        self, query: InstanceQuery, states: frozenset[InstanceState], *, counting: bool = False
    ) -> CalledPart | None:
        """None where none can match. Whose caller is within reach is found when they are read."""
        states &= CALLED_STATES
        if not query.called or not states or query.started_by is not None:
            return None
        whole = replace(query, called=False, include_ended=True, first=0, limit=None, sort=(), with_tasks=False)
        # What runs is in sets for all its states together, what has ended is that only of a definition.
        runs_whole, ends_whole = (states & some in (frozenset(), some) for some in (RUNNING, CALLED_STATES & ENDED))
        rest = replace(whole, states=None if runs_whole else states)
        free = replace(rest, definition_ids=None, definition_keys=None, definition_keys_not=None)
        if free == rest:
            return CalledPart(states, None, rest)
        found = set(self._lists.list_definition_ids() if query.definition_ids is None else query.definition_ids)
        if query.definition_keys is not None:
            found = {id_ for id_ in found if get_key(id_) in query.definition_keys}
        if query.definition_keys_not is not None:
            found = {id_ for id_ in found if get_key(id_) not in query.definition_keys_not}
        if len(found) > MOST_DEFINITIONS and not counting:
            return CalledPart(states, None, rest)
        return CalledPart(states, tuple(sorted(found)), free if ends_whole else replace(free, states=states))

    def _add_called(self, span: Span, called: CalledPart | None, by: Order) -> Span:
        """The span of instances with that of called processes, in one order."""
        return span if called is None else join_spans(span, self._make_called_span(called, by, span))

    def _make_called_span(self, called: CalledPart, by: Order, like: Span) -> Span:
        """``like``: which way it goes, and where it ends."""
        return self._store.called.make_span(
            called.states, called.definition_ids, by=by, descending=like.descending, low=like.low, high=like.high
        )

    # -- which definitions

    def _choose_definitions(
        self, query: InstanceQuery, indexed: Callable[[], bool], *, counting: bool = False, narrows: bool = True
    ) -> InstanceQuery:
        """Keys and tenants as the definitions that they mean, where these are few; all of them are no filter.

        ``narrows``: those that a caller with limited rights does not reach are left out here, not when they are read.
        """
        rest = replace(query, definition_keys=None, definition_keys_not=None, tenant_ids=None, without_tenant=False)
        reached = self._lists.list_reached() if narrows else None
        if (rest == query and reached is None) or not indexed():
            return query
        every = self._lists.list_definition_ids()
        found = set(every) if reached is None else {*every} & reached
        if query.definition_keys is not None:
            found &= {id_ for id_ in every if get_key(id_) in query.definition_keys}
        if query.definition_keys_not is not None:
            found &= {id_ for id_ in every if get_key(id_) not in query.definition_keys_not}
        if query.tenant_ids is not None or query.without_tenant:
            tenants = {item.id: item.tenant_id for item in self._store.library.get_definitions()}
            if found - tenants.keys():
                return query  # the tenants of deleted definitions are known by the instances alone
            shared = {id_ for id_ in found if tenants[id_] is None}
            if query.tenant_ids is not None:
                found = {id_ for id_ in found if tenants[id_] in query.tenant_ids}
            found = found & shared if query.without_tenant else found
            if shared and self._store.identities.list_tenants():
                # Instances of a definition of no tenant belong to the tenants of their starters: their headers tell it.
                found = shared if query.without_tenant else found | shared
                rest = replace(rest, tenant_ids=query.tenant_ids, without_tenant=query.without_tenant)
        if len(found) == len(every):
            return rest
        ids = found if query.definition_ids is None else found & set(query.definition_ids)
        if reached is not None and len(ids) > MOST_DEFINITIONS:
            ids = set(self._list_used(sorted(ids), get_states(query)))
        if reached is not None and query.with_tasks and rest == query and query.definition_ids is None:
            ids = {*ids, DEFINITION_ID}
        return replace(rest, definition_ids=tuple(sorted(ids))) if counting or len(ids) <= MOST_DEFINITIONS else query

    # -- which order

    def _span(
        self, query: InstanceQuery, rest: InstanceQuery, called: CalledPart | None, *, indexed: Callable[[], bool]
    ) -> Plan | None:
        """Its rest is without the moments that are bounds of the spans."""
        states, ids = query.states or frozenset[InstanceState](), query.definition_ids
        make_span, rest_of_called = partial(self._lists.make_span, tasks=query.with_tasks), _get_rest(called)
        started, ended = _get_start(query), _get_end(query)
        if query.sort in (NEWEST, OLDEST) or (not query.sort and started != (None, None)):
            if states & ENDED and not indexed():
                return None
            low, high = started
            span = make_span(states, ids, by="start", descending=query.sort == NEWEST, low=low, high=high)
            left, rest_of_called = _drop_start(rest), _drop_start(rest_of_called)
            return Plan((self._add_called(span, called, "start"),), left, rest_of_called=rest_of_called)
        low, high = ended
        without_end = _drop_end(rest)
        if not query.sort:
            by: Order = "both" if states & RUNNING else "end"
            span = self._add_called(make_span(states, ids, by=by, low=low, high=high), called, by)
            return Plan((span,), without_end, rest_of_called=_drop_end(rest_of_called))
        if query.sort in (LATEST, EARLIEST):
            running = make_span(states & RUNNING, ids, by="both")
            descending = query.sort == LATEST
            over = make_span(states & ENDED, ids, by="end", descending=descending, low=low, high=high)
            running = self._add_called(running, called and called.keep(RUNNING), "both")
            over = self._add_called(over, called and called.keep(ENDED), "end")
            spans = (over, running) if descending else (running, over)
            return Plan(spans, without_end, rest_of_called=_drop_end(rest_of_called))
        if query.sort in (FIRST_KEY, LAST_KEY):
            rest = replace(rest, states=None if states == ALL else states, definition_ids=ids)
            return self._span_keys(query, rest, called)
        plain = len(query.sort) == 1 and ended == (None, None)
        spans = self._span_groups(query, states, called, indexed=indexed) if plain else ()
        left = rest if _is_whole(states) else replace(rest, states=states)
        if called is not None and not _is_whole_of_called(called.states):
            rest_of_called = replace(rest_of_called, states=called.states)
        return Plan(spans, left, rest_of_called=rest_of_called) if spans else None

    def _span_keys(self, query: InstanceQuery, rest: InstanceQuery, called: CalledPart | None) -> Plan | None:
        """By business key; those without one come first, or last where it descends. None: few enough to be sorted, or
        histories are to be read, which a search limits.
        """
        if rest.list_happened():
            return None
        if called is not None and called.states & ENDED and any(called.rest.iterate_variable_filters()):
            return None
        called_span = Span(()) if called is None else self._make_called_span(called, "both", Span(()))
        most = FEW - self._lists.estimate(called_span)
        if rest != EVERY and self._count(self.make_unsorted(query)) <= most:
            return None
        descending = query.sort == LAST_KEY
        keyed = self._lists.make_keyed_span(descending=descending)
        every = self._lists.make_span(ALL, by="both")
        rest_of_called = _get_rest(called)
        if called is not None:  # the sets of all keys have those of all definitions
            keyed = join_spans(keyed, self._store.called.make_keyed_span(called.states, descending=descending))
            every = join_spans(every, self._make_called_span(replace(called, definition_ids=None), "both", every))
            rest_of_called = replace(
                called.rest,
                definition_ids=called.rest.definition_ids if called.definition_ids is None else called.definition_ids,
                states=None if _is_whole_of_called(called.states) else called.states,
            )
        if self._lists.estimate(every) <= self._lists.estimate(keyed):
            return Plan((keyed,), rest, by_moment=False, rest_of_called=rest_of_called)
        spans = (keyed, every) if descending else (every, keyed)
        return Plan(spans, rest, keyless=every, by_moment=False, rest_of_called=rest_of_called)

    def _count(self, plan: Plan) -> int:
        return sum(self._lists.count(span) for span in plan.spans)

    def _span_groups(
        self,
        query: InstanceQuery,
        states: frozenset[InstanceState],
        called: CalledPart | None,
        *,
        indexed: Callable[[], bool],
    ) -> tuple[Span, ...]:
        """Sorted by what has an index for each of its values: state or definition. Empty: it has none."""
        ((name, descending),), chosen = query.sort, query.definition_ids
        if called is not None and (name not in ("definition_id", "definition_key") or called.definition_ids != chosen):
            return ()
        if name == "state" and chosen is None:
            return tuple(self._lists.make_span([state], by="both") for state in sorted(states, reverse=descending))
        if name not in ("definition_id", "definition_key", "tenant_id") or not indexed():
            return ()
        members = self._lists.list_definition_ids() if chosen is None else list(chosen)
        named = self._name_groups(name, members)
        if named is None:
            return ()
        groups: dict[str, list[str]] = {}
        for id_ in self._list_used(members, states, called=called):
            groups.setdefault(named[id_], []).append(id_)
        ordered = sorted(groups.items(), reverse=descending)
        if len(ordered) == 1 and chosen is None:
            return (self._add_called(self._lists.make_span(states, by="both"), called, "both"),)
        if any(len(group) > MOST_DEFINITIONS for _, group in ordered):
            return ()
        return tuple(
            self._add_called(
                self._lists.make_span(states, group, by="both"),
                called and replace(called, definition_ids=tuple(group)),
                "both",
            )
            for _, group in ordered
        )

    def _name_groups(self, name: str, definition_ids: Sequence[str]) -> dict[str, str] | None:
        """What instances of each definition are sorted by; None where only the instances tell it."""
        if name == "definition_id":
            return {id_: id_ for id_ in definition_ids}
        if name == "definition_key":
            return {id_: get_key(id_) for id_ in definition_ids}
        tenants = {item.id: item.tenant_id or "" for item in self._store.library.get_definitions()}
        return None if set(definition_ids) - tenants.keys() else tenants

    def _list_used(
        self, definition_ids: Sequence[str], states: frozenset[InstanceState], *, called: CalledPart | None = None
    ) -> list[str]:
        """Those that have instances which run, or have ended, as far as these are asked for."""
        sizes = [
            self._lists.count_each(definition_ids, ended=ended)
            for ended, asked in ((False, states & RUNNING), (True, states & ENDED))
            if asked
        ]
        if called is not None:
            sizes += [self._store.called.estimate_each(definition_ids, ended=ended) for ended in (False, True)]
        return [id_ for id_ in definition_ids if any(size[id_] for size in sizes)]


def _get_rest(called: CalledPart | None) -> InstanceQuery:
    return EVERY if called is None else called.rest


def get_key(definition_id: str) -> str:
    return definition_id.partition(":")[0]


def iterate_complements(query: InstanceQuery) -> Iterator[tuple[InstanceQuery, InstanceQuery]]:
    """For what most instances have: the query without the filter, and the query of those others that have it not."""
    if query.definition_keys_not is not None and query.definition_keys is None:
        yield (
            replace(query, definition_keys_not=None),
            replace(query, definition_keys_not=None, definition_keys=query.definition_keys_not),
        )
    if query.waiting is False:
        yield replace(query, waiting=None), replace(query, waiting=True)
    if query.undone is False:
        yield replace(query, undone=None), replace(query, undone=True)
    if query.with_incident is False:
        yield replace(query, with_incident=None), replace(query, with_incident=True)


def _is_whole(states: frozenset[InstanceState]) -> bool:
    """Whether it is all that run or none of them, and all that have ended or none of them."""
    return states & RUNNING in (frozenset(), RUNNING) and states & ENDED in (frozenset(), ENDED)


def _is_whole_of_called(states: frozenset[InstanceState]) -> bool:
    """As ``_is_whole``, of those in which called processes can be."""
    ends = CALLED_STATES & ENDED
    return states & RUNNING in (frozenset(), RUNNING) and states & ends in (frozenset(), ends)


def _drop_start(query: InstanceQuery) -> InstanceQuery:
    """Without what the bounds of a span by start say."""
    return replace(query, started_before=None, started_after=None)


def _drop_end(query: InstanceQuery) -> InstanceQuery:
    return replace(query, ended_before=None, ended_after=None)


def _get_start(query: InstanceQuery) -> Bounds:
    return _narrow(query.started_after), _narrow(query.started_before, -1)


def _get_end(query: InstanceQuery) -> Bounds:
    return _narrow(query.ended_after), _narrow(query.ended_before, -1)


def _narrow(moment: Millis | None, by: int = 1) -> Millis | None:
    """Before and after do not include the moment."""
    return None if moment is None else moment + by
