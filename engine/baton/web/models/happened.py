"""Filters of the history by what has happened in instances."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from baton.model.times import Millis
from baton.service import Happened, PastIncident
from baton.web.models.base import Query
from baton.web.models.bodies import read_activity
from baton.web.models.fields import Moment, Names

PAIRS = (
    frozenset({"executedActivityAfter", "executedActivityBefore"}),
    frozenset({"executedJobAfter", "executedJobBefore"}),
)
"""Filters that ask for one thing that has happened between two moments."""


class HappenedFilters(Query):
    """What has happened in an instance, or in what it has called."""

    incidentIdIn: Names | None = None
    incidentStatus: Literal["open", "resolved"] | None = None
    incidentType: str | None = None
    incidentMessage: str | None = None
    incidentMessageLike: str | None = None
    withIncidents: bool | None = Field(default=None, description="that are open, or were")
    withRootIncidents: bool | None = Field(default=None, description="as withIncidents, not in what it has called")
    executedActivityIdIn: Names | None = Field(default=None, description="of which one was executed, and has ended")
    executedActivityBefore: Moment | None = None
    executedActivityAfter: Moment | None = Field(default=None, description="one has begun or ended since")
    executedJobBefore: Moment | None = Field(default=None, description="a timer had fired")
    executedJobAfter: Moment | None = Field(default=None, description="a timer has fired since")

    def to_happened(self) -> Happened | None:
        """As histories tell it; None where nothing is asked for."""
        ids = self.executedActivityIdIn
        found = Happened(
            incident=self._read_incident(),
            executed=None if ids is None else frozenset(map(read_activity, ids)),
            acted=_read_bounds(self.executedActivityAfter, self.executedActivityBefore),
            jobs=_read_bounds(self.executedJobAfter, self.executedJobBefore),
        )
        return None if found == Happened() else found

    def ask(self) -> dict[str, Any]:
        """The fields of a query of instances that say it. For what is open no history is read: it has an index."""
        happened = self.to_happened()
        incident = None if happened is None else happened.incident
        if happened is None or incident is None or not incident.open:
            return {"happened": happened}
        others = replace(happened, incident=None)
        return {
            "happened": None if others == Happened() else others,
            "with_incident": True,
            "incident_ids": incident.ids,
            "incident_kind": incident.kind,
            "incident_message": incident.message,
            "incident_message_like": incident.message_like,
            "incident_own": incident.own,
        }

    def find_last_start(self) -> Millis | None:
        """An instance that began later cannot be meant."""
        given = (self.executedActivityBefore, self.executedJobBefore)
        return min((moment for moment in given if moment is not None), default=None)

    def find_first_end(self) -> Millis | None:
        """An instance that has ended before cannot be meant."""
        given = (self.executedActivityAfter, self.executedJobAfter)
        return max((moment for moment in given if moment is not None), default=None)

    def _read_incident(self) -> PastIncident | None:
        found = PastIncident(
            ids=None if self.incidentIdIn is None else frozenset(self.incidentIdIn),
            kind=self.incidentType,
            message=self.incidentMessage,
            message_like=self.incidentMessageLike,
            open=None if self.incidentStatus is None else self.incidentStatus == "open",
            own=self.withRootIncidents or False,
        )
        return found if self.withIncidents or found != PastIncident() else None


def _read_bounds(first: Millis | None, last: Millis | None) -> tuple[Millis | None, Millis | None] | None:
    return None if first is None and last is None else (first, last)
