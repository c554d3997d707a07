"""Requests about changes of variables, people of tasks, and reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field

from baton.model.records import InstanceState
from baton.service import InstanceQuery
from baton.web.models.base import Query
from baton.web.models.fields import Moment, Names, Order
from baton.web.models.filtering import SearchQuery, merge_values, to_tuple
from baton.web.models.history import HistoryFilters

ENDED = frozenset(state for state in InstanceState if state.is_ended)


class HistoricDetailFilters(HistoryFilters):
    """Which changes of variables."""

    processInstanceIdIn: Names | None = None
    executionId: str | None = None
    taskId: str | None = None
    activityInstanceId: str | None = None
    caseInstanceId: str | None = Field(None, description="there are no cases: none matches")
    caseExecutionId: str | None = Field(None, description="there are no cases: none matches")
    variableInstanceId: str | None = None
    variableTypeIn: Names | None = None
    variableNameLike: str | None = None
    userOperationId: str | None = None
    formFields: bool | None = Field(None, description="values of forms are variables: none matches")
    variableUpdates: bool | None = None
    excludeTaskDetails: bool | None = None
    initial: bool | None = None
    occurredBefore: Moment | None = None
    occurredAfter: Moment | None = None

    def to_instance_query(self) -> InstanceQuery:
        """The instances to look into."""
        found = merge_values(self.processInstanceId, self.processInstanceIdIn)
        return replace(super().to_instance_query(), ids=found)


class IdentityLinkFilters(HistoryFilters):
    """Which changes of the people of tasks."""

    type: str | None = None
    userId: str | None = None
    groupId: str | None = None
    taskId: str | None = None
    operationType: str | None = None
    assignerId: str | None = None
    dateBefore: Moment | None = None
    dateAfter: Moment | None = None


class HistoricStatisticsQuery(SearchQuery):
    """What is counted, and in which instances of the definition."""

    canceled: bool | None = None
    finished: bool | None = None
    completeScope: bool | None = None
    incidents: bool | None = None
    startedBefore: Moment | None = None
    startedAfter: Moment | None = None
    finishedBefore: Moment | None = None
    finishedAfter: Moment | None = None
    processInstanceIdIn: Names | None = None
    sortBy: Literal["activityId"] | None = None
    sortOrder: Order | None = None

    def to_instance_query(self, definition_id: str) -> InstanceQuery:
        """The instances to look into."""
        return InstanceQuery(
            definition_ids=(definition_id,),
            ids=self.processInstanceIdIn,
            states=frozenset(InstanceState),
            started_before=self.startedBefore,
            started_after=self.startedAfter,
            ended_before=self.finishedBefore,
            ended_after=self.finishedAfter,
            sort=(("started_at", True),),
        )


class DurationReportQuery(SearchQuery):
    """How long instances took, by the month or the quarter in which they started."""

    reportType: Literal["duration"]
    periodUnit: Literal["month", "quarter"]
    processDefinitionIdIn: Names | None = None
    processDefinitionKeyIn: Names | None = None
    startedBefore: Moment | None = None
    startedAfter: Moment | None = None

    def to_instance_query(self) -> InstanceQuery:
        """The instances that are counted: those that completed."""
        return InstanceQuery(
            definition_ids=self.processDefinitionIdIn,
            definition_keys=self.processDefinitionKeyIn,
            states=frozenset({InstanceState.COMPLETED}),
            started_before=self.startedBefore,
            started_after=self.startedAfter,
        )


class TaskReportQuery(SearchQuery):
    """How many user tasks were completed, or how long they took."""

    reportType: Literal["count", "duration"]
    periodUnit: Literal["month", "quarter"] | None = None
    groupBy: Literal["taskName", "processDefinition"] | None = None
    completedBefore: Moment | None = None
    completedAfter: Moment | None = None

    def to_instance_query(self) -> InstanceQuery:
        """The instances to look into."""
        return InstanceQuery(states=frozenset(InstanceState), sort=(("started_at", True),))


class CleanableFilters(Query):
    """Which definitions."""

    processDefinitionIdIn: Names | None = None
    processDefinitionKeyIn: Names | None = None
    tenantIdIn: Names | None = None
    withoutTenantId: bool | None = None
    compact: bool | None = Field(None, description="only those with something to remove")

    def to_ended_query(self, definition_id: str, before: int) -> InstanceQuery:
        """The instances of a definition that ended before a moment."""
        return InstanceQuery(definition_ids=to_tuple(definition_id), states=ENDED, ended_before=before)


class CleanableDecisionFilters(Query):
    """Which decisions."""

    decisionDefinitionIdIn: Names | None = None
    decisionDefinitionKeyIn: Names | None = None
    tenantIdIn: Names | None = None
    withoutTenantId: bool | None = None
    compact: bool | None = Field(None, description="only those with something to remove")
