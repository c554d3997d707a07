"""Instances that a filter names, or that an index of its own has: by id, business key, incident or variable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from baton.model.ids import get_instance_id
from baton.service.core.matching import get_start
from baton.service.core.queries import InstanceQuery
from baton.service.reads.called_instances import CalledInstances, is_called_id
from baton.service.reads.indexed_instances import find_by_variables
from baton.service.reads.instance_matching import is_about_incident
from baton.service.reads.instance_plan import ALL, ENDED, EVERY, Plan, get_states
from baton.store.store import Store

READ_ALL = 200
"""Named instances whose headers are read for any page of them, as one trip reads them."""
MOST = 10_000
"""Named instances of which an index tells the moments, so that a page reads its own headers alone."""


@dataclass(frozen=True, slots=True)
class Named:
    """``rest``: what else the query asks for. ``is_few``: whether all their headers may be read. ``is_indexed``: they
    are there, as an index says.
    """

    ids: Sequence[str]
    rest: InstanceQuery
    is_few: bool = True
    is_indexed: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether all of them match."""
        rest = replace(self.rest, states=None, include_ended=True, first=0, limit=None, sort=())
        return self.is_indexed and rest == EVERY and get_states(self.rest) == ALL


class NamedInstances:
    def __init__(self, store: Store, called: CalledInstances) -> None:
        self._store, self._called = store, called

    def find(self, query: InstanceQuery, few: int) -> Named | None:
        """Of those with a key at most ``MOST``, of those with a variable at most ``few``; else None."""
        if query.ids is not None:
            ids = [id_ for id_ in query.ids if query.called or not is_called_id(id_)]
            return Named(ids, replace(query, ids=None))
        for keys, whole, rest in _list_keys(query):
            ids = self._find_keyed(query, keys, whole, max(few, MOST))
            if ids is not None:
                return Named(ids, rest, len(ids) <= few, is_indexed=True)
        if query.with_incident or is_about_incident(query):
            ids = sorted({get_instance_id(id_) for _, id_ in self._store.lists.list_incident_ids()})
            return Named(ids + self._called.list_with_incident(ids) if query.called else ids, query)
        found = None if query.called else find_by_variables(self._store.variables, query)
        return None if found is None or len(found) > few else Named(found, query)

    def _find_keyed(self, query: InstanceQuery, keys: Sequence[str], whole: bool, most: int) -> list[str] | None:
        """Those that have one of the keys, or one that begins so; None if they are more than ``most``."""
        ended = bool(get_states(query) & ENDED)
        found: list[str] = []
        for key in keys:
            parts = [self._store.lists.find_few_by_business_key(key, whole=whole, most=most)]
            if query.called:
                parts.append(self._store.called.find_few_by_business_key(key, whole=whole, ended=ended, most=most))
            for part in parts:
                if part is None or len(found) + len(part) > most:
                    return None
                found += part
        return found


def plan_named(make: Callable[[InstanceQuery], Plan | None], query: InstanceQuery, named: Named) -> Plan | None:
    """The plan that ``make`` has for the rest, of these alone; None where they are so few that all are read, where
    they are too many, or where no index has the order.
    """
    if not READ_ALL < len(named.ids) <= MOST or query.called or query.roots is False:
        return None
    plan = make(named.rest)
    if plan is None or not plan.by_moment:
        return None
    only = tuple(named.ids)
    return replace(plan, spans=tuple(replace(span, only=only) for span in plan.spans))


def _list_keys(query: InstanceQuery) -> Iterator[tuple[Sequence[str], bool, InstanceQuery]]:
    """Business keys that are asked for, whole ones or what they begin with, and what is asked for besides."""
    if query.business_key is not None:
        yield (query.business_key,), True, replace(query, business_key=None)
    if query.business_keys is not None:
        yield query.business_keys, True, replace(query, business_keys=None)
    if query.business_key_like is not None and (start := get_start(query.business_key_like)):
        yield (start,), False, query
