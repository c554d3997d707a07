"""Requests of what Baton adds: live streams, replay, the ledger, undoing."""

from __future__ import annotations

from pydantic import Field

from baton.model.errors import BadRequest
from baton.model.records import InstanceState
from baton.service import InstanceQuery
from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, Names, NotNegative
from baton.web.models.filtering import Page, to_page, to_tuple
from baton.web.models.variable_filters import Comparisons, make_variable_filters

STATES = {state.value: state for state in InstanceState}
RUNNING = frozenset(state for state in InstanceState if not state.is_ended)


class OverviewFilters(Query):
    """Which instances, ended ones included."""

    state: Names | None = Field(None, description="any of " + ", ".join(STATES))
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    businessKey: str | None = None
    businessKeyLike: str | None = None
    activityId: str | None = None
    processInstanceIds: Names | None = None
    withIncident: bool | None = None
    incidentMessageLike: str | None = Field(None, description="part of the message of an open incident, with %")
    waiting: bool | None = Field(None, description="whether a person, a message or a timer is to come next")
    undone: bool | None = Field(None, description="whether all that could be undone has been undone")
    variables: Comparisons | None = None
    called: bool | None = Field(
        None, description="called processes that run, instead of instances that nothing has called; for lists only"
    )
    startedAfter: Moment | None = None
    startedBefore: Moment | None = None
    endedAfter: Moment | None = None
    endedBefore: Moment | None = None

    def to_query(self, page: Page | None = None) -> InstanceQuery:
        """The filters as a query of the service. Raises BadRequest for a state that is none."""
        return InstanceQuery(
            ids=self.processInstanceIds,
            definition_ids=to_tuple(self.processDefinitionId),
            definition_keys=to_tuple(self.processDefinitionKey),
            business_key=self.businessKey,
            business_key_like=self.businessKeyLike,
            states=self._states() & RUNNING if self.called else self._states(),
            elements=to_tuple(self.activityId),
            with_incident=self.withIncident,
            incident_message_like=self.incidentMessageLike,
            roots=False if self.called else None,
            called=self.called or False,
            waiting=self.waiting,
            undone=self.undone,
            variables=make_variable_filters(self.variables, None, None),
            started_after=self.startedAfter,
            started_before=self.startedBefore,
            ended_after=self.endedAfter,
            ended_before=self.endedBefore,
            **to_page(page),
        )

    def _states(self) -> frozenset[InstanceState]:
        for name in self.state or ():
            if name not in STATES:
                raise BadRequest(f"Expected one of {', '.join(STATES)} for 'state', but found '{name}'")
        return frozenset(STATES[name] for name in self.state or STATES)


class StreamQuery(Query):
    """Of which definitions the stream of all instances tells."""

    processDefinitionKey: str | None = None
    processDefinitionId: str | None = None


class ResumeQuery(Query):
    """Where a stream goes on."""

    after: NotNegative | None = Field(None, description="a position; a Last-Event-ID goes before it")


class HistoryQuery(Query):
    """Which events: from one position to another, both included."""

    begin: NotNegative | None = Field(None, alias="from")
    to: NotNegative | None = None


class StateQuery(Query):
    """As of when."""

    at: str = Field(description="a position, or a date")


class PlanQuery(Query):
    """What is to be undone: an activity, or everything back to an element; neither: everything."""

    activityRef: str | None = None
    to: str | None = None


class RollbackInstance(Command):
    """Where to go back to."""

    to: str = Field(description="the element to go back to")


class CancelProcessInstance(Command):
    """How to cancel, and why."""

    compensate: bool | None = None
    reason: str | None = None
