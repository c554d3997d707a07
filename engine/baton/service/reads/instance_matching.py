"""What headers of instances, and their open incidents, have to be for a query of them."""

from __future__ import annotations

from baton.model.records import Incident
from baton.service.core.matching import Predicate, accept, matches_like
from baton.service.core.queries import InstanceQuery

PREDICATES: dict[str, Predicate] = {
    "states": accept,
    "include_ended": accept,
    "variables": accept,
    "any_of": accept,
    "with_tasks": accept,
    "called": accept,
    "roots": lambda header, wanted: header.is_called is not wanted,
    "ids_not": lambda header, wanted: header.id not in wanted,
    "retrying": accept,
    "leaves": accept,
    "happened": accept,
    "incident_ids": accept,
    "incident_own": accept,
    "incident_kind": accept,
    "incident_message": accept,
    "incident_message_like": accept,
    "definition_keys_not": lambda header, wanted: header.definition_key not in wanted,
    "elements": lambda header, wanted: any(element in wanted for element, _ in header.tokens),
    "waiting": lambda header, wanted: (header.waiting is not None) is wanted,
    "undone": lambda header, wanted: header.undone is wanted,
    "with_incident": lambda header, wanted: (header.incidents > 0) is wanted,
}
"""Of a header, by the field of the query; what needs more than the header is tested elsewhere."""


def is_about_incident(query: InstanceQuery) -> bool:
    told = (query.incident_ids, query.incident_kind, query.incident_message, query.incident_message_like)
    return query.incident_own or any(wanted is not None for wanted in told)


def matches_incident(query: InstanceQuery, incident: Incident) -> bool:
    return (
        (query.incident_ids is None or incident.id in query.incident_ids)
        and query.incident_kind in (None, incident.kind)
        and query.incident_message in (None, incident.message)
        and (query.incident_message_like is None or matches_like(incident.message, query.incident_message_like))
    )
