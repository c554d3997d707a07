"""Incidents that are open."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.records import Incident
from baton.service.core.matching import Predicate
from baton.service.core.queries import IncidentQuery
from baton.service.reads.open_records import OpenRecords
from baton.store.scanning import Scored


class Incidents(OpenRecords[Incident, IncidentQuery]):
    kind = Incident
    letter = "i"
    name = "incident"

    def _build_predicates(self, query: IncidentQuery) -> dict[str, Predicate]:
        del query
        return {
            "failed_at": lambda incident, wanted: (
                incident.kind == "failedJob" and (incident.definition_id, incident.element) in wanted
            )
        }

    def _list_aged(self) -> Scored:
        return self._store.lists.list_incident_ids()

    def _list_ids(self, query: IncidentQuery) -> Sequence[str]:
        del query
        return [id_ for _, id_ in self._store.lists.list_incident_ids()]
