"""Instances: one by its id, or all that match a query, narrowed by the best index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from baton.model.errors import NotFound
from baton.model.records import Incident, InstanceHeader
from baton.service.core.matching import (
    Predicate,
    accept,
    get_start,
    match_variables,
    matches_like,
    matches_query,
    take_page,
)
from baton.service.core.queries import IncidentQuery, InstanceQuery
from baton.service.reads.incidents import Incidents
from baton.service.reads.instance_pages import InstancePages, read_headers
from baton.service.reads.instance_plan import InstancePlanner, Plan, get_states, iterate_complements
from baton.service.reads.instance_reader import InstanceReader, read_records
from baton.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementStatistics:
    """Tokens at an element, or instances of a definition, and the open incidents there by kind."""

    instances: int = 0
    incidents: dict[str, int]


class InstanceQueries:
    def __init__(self, store: Store, reader: InstanceReader, incidents: Incidents) -> None:
        self._store, self._reader, self._incidents = store, reader, incidents
        self._planner = InstancePlanner(store)

    def get(self, instance_id: str) -> InstanceHeader:
        """Raises NotFound."""
        for header in self._store.lists.get_headers([instance_id]):
            return header
        raise NotFound(f"Expected a process instance with id '{instance_id}', but there is none")

    def find(self, query: InstanceQuery) -> list[InstanceHeader]:
        """Instances that match; unless sorted, those that started first, or that ended first once they have ended."""
        named = self._list_named(query)
        plan = self._planner.make(query) if named is None and query.limit is not None else None
        if plan is not None and query.limit is not None:
            return self._make_pages(plan).find(plan, query.first, query.limit)
        found = self._read_all(query, named)
        found.sort(key=get_default_order)
        return take_page(found, query)

    def count(self, query: InstanceQuery) -> int:
        for whole, others in iterate_complements(query):
            return self.count(whole) - self.count(others)
        named = self._list_named(query)
        if named is not None:
            return len(self._read_all(query, named))
        plan = self._planner.make_unsorted(query, counting=True)
        return self._make_pages(plan).count(plan)

    def _make_pages(self, plan: Plan) -> InstancePages:
        return InstancePages(self._store.lists, partial(self._matches, plan.rest))

    def _read_all(self, query: InstanceQuery, named: list[str] | None) -> list[InstanceHeader]:
        """All that match: among those named, else among those of the narrowest index."""
        if named is None:
            plan = self._planner.make_unsorted(query)
            named = [id_ for span in plan.spans for part in self._store.lists.scan(span) for _, id_ in part]
        return [header for header in read_headers(self._store.lists, named) if self._matches(query, header)]

    def _list_named(self, query: InstanceQuery) -> list[str] | None:
        """Those that a filter names, or that an index of its own has."""
        lists = self._store.lists
        if query.ids is not None:
            return list(query.ids)
        if query.business_key is not None:
            return lists.find_by_business_key(query.business_key)
        if query.business_keys is not None:
            return [item for key in query.business_keys for item in lists.find_by_business_key(key)]
        if query.business_key_like is not None and (start := get_start(query.business_key_like)):
            return lists.find_by_business_key(start, whole=False)
        if query.with_incident or query.incident_id or query.incident_kind or query.incident_message:
            return sorted({id_.partition(".")[0] for _, id_ in lists.list_incident_ids()})
        return None

    def _matches(self, query: InstanceQuery, header: InstanceHeader) -> bool:
        if header.state not in get_states(query) or not matches_query(header, query, self._build_predicates()):
            return False
        if not all(any(self._matches(each, header) for each in group) for group in query.any_of):
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
            "any_of": accept,
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

    def count_by_definition(self, definition_ids: Sequence[str]) -> dict[str, ElementStatistics]:
        """Of each definition how many instances run, and their open incidents: no instance is read for it."""
        counts = self._store.lists.count_each(definition_ids)
        incidents: dict[str, dict[str, int]] = {id_: {} for id_ in definition_ids}
        for item in self._incidents.find(IncidentQuery()):
            kinds = incidents.get(item.definition_id, {})
            kinds[item.kind] = kinds.get(item.kind, 0) + 1
        return {id_: ElementStatistics(instances=counts[id_], incidents=incidents[id_]) for id_ in definition_ids}

    def count_ended(self, definition_ids: Sequence[str]) -> dict[str, int]:
        """Of each definition how many instances have ended."""
        return self._store.lists.count_each(definition_ids, ended=True)

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


def get_default_order(header: InstanceHeader) -> tuple[int, str]:
    """By start, or by end once it has ended: what an index can tell of all instances."""
    return (header.started_at if header.ended_at is None else header.ended_at, header.id)


def _matches_incident(query: InstanceQuery, incident: Incident) -> bool:
    return (
        query.incident_id in (None, incident.id)
        and query.incident_kind in (None, incident.kind)
        and query.incident_message in (None, incident.message)
        and (query.incident_message_like is None or matches_like(incident.message, query.incident_message_like))
    )
