"""Requests about what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import Field

from baton.model.errors import BadRequest
from baton.model.records import InstanceState
from baton.model.values import Value
from baton.service import InstanceQuery, match_variables
from baton.web.models.base import Query
from baton.web.models.fields import Moment, Names, Whole
from baton.web.models.filtering import merge_values, to_tuple
from baton.web.models.variable_filters import Comparison, make_variable_filters

STATES = {
    "finished": frozenset(state for state in InstanceState if state.is_ended),
    "unfinished": frozenset(state for state in InstanceState if not state.is_ended),
    "active": frozenset({InstanceState.ACTIVE}),
    "suspended": frozenset({InstanceState.SUSPENDED}),
    "completed": frozenset({InstanceState.COMPLETED}),
    "externallyTerminated": frozenset({InstanceState.CANCELLED, InstanceState.COMPENSATED}),
    "internallyTerminated": frozenset({InstanceState.TERMINATED}),
}
"""The states that each flag of a query of instances allows."""


class HistoryFilters(Query):
    """In which instances to look."""

    processInstanceId: str | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    tenantIdIn: Names | None = None
    withoutTenantId: bool | None = None

    def to_instance_query(self) -> InstanceQuery:
        """The instances to look into."""
        return InstanceQuery(
            ids=to_tuple(self.processInstanceId),
            definition_ids=to_tuple(self.processDefinitionId),
            definition_keys=to_tuple(self.processDefinitionKey),
            states=frozenset(InstanceState),
            sort=(("started_at", True),),
        )

    def list_given(self) -> dict[str, object]:
        """The filters that were given, by name."""
        return {name: value for name, value in self.__dict__.items() if value is not None}

    def list_or_groups(self) -> Sequence[Sequence[HistoryFilters]]:
        """Of each group one is enough; only rows tell it, no instance is ruled out by them."""
        return ()


class HistoricActivityFilters(HistoryFilters):
    """Which activity instances."""

    processInstanceIdIn: Names | None = None
    activityInstanceId: str | None = None
    executionId: str | None = None
    activityId: str | None = None
    activityName: str | None = None
    activityType: str | None = None
    taskAssignee: str | None = None
    finished: bool | None = None
    unfinished: bool | None = None
    canceled: bool | None = None
    completeScope: bool | None = None
    startedBefore: Moment | None = None
    startedAfter: Moment | None = None
    finishedBefore: Moment | None = None
    finishedAfter: Moment | None = None

    def to_instance_query(self) -> InstanceQuery:
        """The instances to look into."""
        found = merge_values(self.processInstanceId, self.processInstanceIdIn)
        return replace(super().to_instance_query(), ids=found)


class HistoricVariableFilters(HistoryFilters):
    """Which variables of instances, ended ones included."""

    variableName: str | None = None
    variableNameLike: str | None = None
    variableValue: str | bool | int | float | None = Field(
        None, description="of the variable that variableName names; in a query string it is a text"
    )
    variableNamesIgnoreCase: bool | None = Field(None, description="in variableName and variableNameLike")
    variableValuesIgnoreCase: bool | None = Field(None, description="in variableValue")
    processInstanceIdIn: Names | None = None
    executionIdIn: Names | None = None
    activityInstanceIdIn: Names | None = None
    taskIdIn: Names | None = None
    variableNameIn: Names | None = None
    variableTypeIn: Names | None = None
    includeDeleted: bool | None = None

    def to_instance_query(self) -> InstanceQuery:
        """The instances to look into. Raises BadRequest for a value without the name of its variable."""
        if self.variableValue is not None and self.variableName is None:
            raise BadRequest("Expected the name of a variable in 'variableName' beside 'variableValue', but found none")
        found = merge_values(self.processInstanceId, self.processInstanceIdIn)
        return replace(super().to_instance_query(), ids=found)

    def matches_value(self, name: str, value: Value) -> bool:
        """Whether a variable has the name and the value that are asked for, in upper or lower case as they say."""
        if self.variableName is None:
            return True
        if self.variableValue is None:
            return self.normalize_name(name) == self.normalize_name(self.variableName)
        wanted = Comparison(self.variableName, "eq", self.variableValue)
        return match_variables(
            {name: value}, make_variable_filters([wanted], self.variableNamesIgnoreCase, self.variableValuesIgnoreCase)
        )

    def normalize_name(self, name: str) -> str:
        """A name, or a pattern of names, as it is compared."""
        return name.lower() if self.variableNamesIgnoreCase else name


class HistoricIncidentFilters(HistoryFilters):
    """Which incidents, resolved ones included."""

    incidentId: str | None = None
    incidentType: str | None = None
    incidentMessage: str | None = None
    incidentMessageLike: str | None = None
    executionId: str | None = None
    activityId: str | None = None
    failedActivityId: str | None = None
    configuration: str | None = None
    causeIncidentId: str | None = None
    rootCauseIncidentId: str | None = None
    historyConfiguration: str | None = Field(None, description="history does not tell it: none matches")
    jobDefinitionIdIn: Names | None = Field(None, description="failed jobs of the elements of these")
    processDefinitionKeyIn: Names | None = None
    open: bool | None = None
    resolved: bool | None = None
    deleted: bool | None = None
    createTimeBefore: Moment | None = None
    createTimeAfter: Moment | None = None
    endTimeBefore: Moment | None = None
    endTimeAfter: Moment | None = None

    def to_instance_query(self) -> InstanceQuery:
        """The instances to look into."""
        found = merge_values(self.processDefinitionKey, self.processDefinitionKeyIn)
        return replace(super().to_instance_query(), definition_keys=found)


class ExternalTaskLogFilters(HistoryFilters):
    """Which entries of the log of external tasks."""

    logId: str | None = None
    externalTaskId: str | None = None
    topicName: str | None = None
    workerId: str | None = None
    errorMessage: str | None = None
    activityIdIn: Names | None = None
    activityInstanceIdIn: Names | None = None
    executionIdIn: Names | None = None
    creationLog: bool | None = None
    failureLog: bool | None = None
    successLog: bool | None = None
    deletionLog: bool | None = None
    priorityHigherThanOrEquals: Whole | None = None
    priorityLowerThanOrEquals: Whole | None = None


class JobLogFilters(HistoryFilters):
    """Which entries of the log of jobs."""

    logId: str | None = None
    jobId: str | None = None
    jobExceptionMessage: str | None = None
    activityIdIn: Names | None = None
    executionIdIn: Names | None = None
    creationLog: bool | None = None
    failureLog: bool | None = None
    successLog: bool | None = None
    deletionLog: bool | None = None
    jobDefinitionId: str | None = None
    jobDefinitionType: str | None = None
    jobDefinitionConfiguration: str | None = None
    deploymentId: str | None = None
    jobPriorityHigherThanOrEquals: Whole | None = None
    jobPriorityLowerThanOrEquals: Whole | None = None
    failedActivityIdIn: Names | None = Field(None, description="the log tells of timers, which fail as incidents: none")
    hostname: str | None = Field(None, description="the log does not tell where a job ran: none matches")


class UserOperationFilters(HistoryFilters):
    """Which operations."""

    userId: str | None = None
    operationId: str | None = None
    operationType: str | None = None
    entityType: str | None = None
    entityTypeIn: Names | None = None
    category: str | None = None
    categoryIn: Names | None = None
    property: str | None = Field(None, description="the log does not tell it, nor what follows: none matches")
    batchId: str | None = None
    deploymentId: str | None = None
    externalTaskId: str | None = None
    jobId: str | None = None
    jobDefinitionId: str | None = None
    executionId: str | None = None
    taskId: str | None = None
    afterTimestamp: Moment | None = None
    beforeTimestamp: Moment | None = None


class DeleteHistory(Query):
    """Whether an instance that is not there is an error."""

    failIfNotExists: bool | None = None
