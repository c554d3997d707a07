"""Instances: one by its id, or all that match a query, narrowed by the best index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from baton.model.errors import NotFound
from baton.model.records import Incident, InstanceHeader, InstanceState
from baton.service.core.matching import Predicate, accept, match_variables, matches_like, matches_query, take_page
from baton.service.core.queries import IncidentQuery, InstanceQuery
from baton.service.reads.incidents import Incidents
from baton.service.reads.instance_pages import LATEST, NEWEST, InstancePages, get_default_order, has_order
from baton.service.reads.instance_reader import InstanceReader, read_records
from baton.store.store import Store

RUNNING = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})
ENDED = frozenset(InstanceState) - RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementStatistics:
    """Tokens at an element, and its open incidents by kind."""

    instances: int = 0
    incidents: dict[str, int]


class InstanceQueries:
    def __init__(self, store: Store, reader: InstanceReader, incidents: Incidents) -> None:
        self._store, self._reader, self._incidents = store, reader, incidents

    def get(self, instance_id: str) -> InstanceHeader:
        """Raises NotFound."""
        for header in self._store.lists.get_headers([instance_id]):
            return header
        raise NotFound(f"Expected a process instance with id '{instance_id}', but there is none")

    def find(self, query: InstanceQuery) -> list[InstanceHeader]:
        """Instances that match; unless sorted, those that started first, or that ended first once they have ended."""
        states = _get_states(query)
        if query.limit is not None and not _has_candidates(query) and has_order(query, states):
            return self._find_page(query, query.first + query.limit)
        found = [
            header
            for header in self._store.lists.get_headers(self._list_candidates(query))
            if self._matches(query, header)
        ]
        found.sort(key=get_default_order)
        return take_page(found, query)

    def _find_page(self, query: InstanceQuery, last: int) -> list[InstanceHeader]:
        """Only as many headers are read as the filters make necessary."""
        states = _get_states(query)
        matches = None if _is_plain(query) else partial(self._matches, query)
        pages = InstancePages(self._store.lists, query.definition_ids, last, matches)
        if query.sort == NEWEST:
            return pages.find_newest(states, query.first)
        return pages.find_in_order(states, query.first, descending=query.sort == LATEST)

    def count(self, query: InstanceQuery) -> int:
        lists = self._store.lists
        if _is_plain(query):
            return sum(lists.count_in_state(state) for state in _get_states(query))
        if query.definition_ids and _is_plain(replace(query, definition_ids=None)):
            running, ended = RUNNING & _get_states(query), ENDED & _get_states(query)
            if running in (frozenset(), RUNNING) and ended in (frozenset(), ENDED):
                unfinished = sum(lists.count_unfinished(id_) for id_ in query.definition_ids) if running else 0
                return unfinished + (sum(lists.count_ended(id_) for id_ in query.definition_ids) if ended else 0)
        return len(self.find(replace(query, first=0, limit=None, sort=())))

    def _list_candidates(self, query: InstanceQuery) -> list[str]:
        lists = self._store.lists
        if query.ids is not None:
            return list(query.ids)
        if query.business_key is not None:
            return lists.find_by_business_key(query.business_key)
        if query.business_keys is not None:
            return [item for key in query.business_keys for item in lists.find_by_business_key(key)]
        if query.with_incident or query.incident_id or query.incident_kind or query.incident_message:
            return sorted({id_.partition(".")[0] for _, id_ in lists.list_incident_ids()})
        states = _get_states(query)
        if query.definition_ids is not None:
            running = [i for d in query.definition_ids for _, i in lists.list_unfinished(d)] if states & RUNNING else []
            ended = [i for d in query.definition_ids for _, i in lists.list_ended(d)] if states & ENDED else []
            return running + ended
        return [id_ for state in states for _, id_ in lists.list_instance_ids(state)]

    def _matches(self, query: InstanceQuery, header: InstanceHeader) -> bool:
        if header.state not in _get_states(query) or not matches_query(header, query, self._build_predicates()):
            return False
        if query.incident_id or query.incident_kind or query.incident_message or query.incident_message_like:
            incidents = read_records(self._store.lists.read_fields(header.id), "i", Incident)
            if not any(_matches_incident(query, incident) for incident in incidents):
                return False
        return not query.variables or match_variables(
            self._reader.list_readable_variables(header.id).get(0, {}), query.variables
        )

    def _build_predicates(self) -> dict[str, Predicate]:
        return {
            "states": accept,
            "include_ended": accept,
            "variables": accept,
            "incident_id": accept,
            "incident_kind": accept,
            "incident_message": accept,
            "incident_message_like": accept,
            "definition_keys_not": lambda header, wanted: header.definition_key not in wanted,
            "elements": lambda header, wanted: any(element in wanted for element, _ in header.tokens),
            "waiting": lambda header, wanted: (header.waiting is not None) is wanted,
            "undone": lambda header, wanted: header.undone is wanted,
            "with_incident": lambda header, wanted: (header.incidents > 0) is wanted,
        }

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


def _get_states(query: InstanceQuery) -> frozenset[InstanceState]:
    if query.states is not None:
        return query.states
    return frozenset(InstanceState) if query.include_ended else RUNNING


def _has_candidates(query: InstanceQuery) -> bool:
    """Whether a filter names the instances, or is served by an index of its own."""
    by_incident = query.with_incident or query.incident_id or query.incident_kind or query.incident_message
    return bool(by_incident) or not (query.ids is query.business_key is query.business_keys is None)


def _is_plain(query: InstanceQuery) -> bool:
    """Whether the query has no filter but the state."""
    rest = replace(query, states=None, include_ended=False, first=0, limit=None, sort=())
    return rest == InstanceQuery()


def _matches_incident(query: InstanceQuery, incident: Incident) -> bool:
    return (
        query.incident_id in (None, incident.id)
        and query.incident_kind in (None, incident.kind)
        and query.incident_message in (None, incident.message)
        and (query.incident_message_like is None or matches_like(incident.message, query.incident_message_like))
    )
