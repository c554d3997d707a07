"""Figures about what happened."""

from __future__ import annotations

from pydantic import Field

from baton.web.answers.definitions import ProcessDefinition
from baton.web.models.base import Answer


class HistoricActivityStatistics(Answer):
    """How often an element was visited."""

    id: str
    instances: int = Field(description="visits that have not ended")
    canceled: int
    finished: int
    completeScope: int
    openIncidents: int
    resolvedIncidents: int
    deletedIncidents: int


class DurationReport(Answer):
    """How long instances took that started in a month or a quarter; milliseconds."""

    period: int
    periodUnit: str
    minimum: int
    maximum: int
    average: int


class TaskReport(Answer):
    """User tasks that were completed: how many, or how long they took."""

    taskName: str | None = None
    count: int | None = None
    processDefinitionKey: str | None = None
    processDefinitionId: str | None = None
    processDefinitionName: str | None = None
    tenantId: str | None = None
    period: int | None = None
    periodUnit: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    average: int | None = None


class CleanableReport(Answer):
    """How many ended instances of a definition there are, and how many of them may be removed."""

    processDefinitionId: str
    processDefinitionKey: str
    processDefinitionName: str | None
    processDefinitionVersion: int
    historyTimeToLive: int | None
    finishedProcessInstanceCount: int
    cleanableProcessInstanceCount: int
    tenantId: str | None


class CalledProcessDefinition(ProcessDefinition):
    """A definition that another one calls by its key."""

    calledFromActivityIds: list[str]
    callingProcessDefinitionId: str


class CleanupConfiguration(Answer):
    """The hours in which history is removed, the present or the next ones; null: at any time."""

    batchWindowStartTime: str | None
    batchWindowEndTime: str | None
    enabled: bool


class CleanupJob(Answer):
    """What removes history. ``dueDate`` null: it is done all the time."""

    id: str
    jobDefinitionId: None = None
    dueDate: str | None
    processInstanceId: None = None
    executionId: None = None
    processDefinitionId: None = None
    processDefinitionKey: None = None
    retries: int = 3
    exceptionMessage: None = None
    failedActivityId: None = None
    suspended: bool = False
    priority: int = 0
    tenantId: None = None
    createTime: None = None


class CleanableDecisionReport(Answer):
    """How many evaluations of a decision are kept that no process has asked for: others go with their instances."""

    decisionDefinitionId: str
    decisionDefinitionKey: str
    decisionDefinitionName: str | None
    decisionDefinitionVersion: int
    historyTimeToLive: int | None
    finishedDecisionInstanceCount: int
    cleanableDecisionInstanceCount: int
    tenantId: str | None
