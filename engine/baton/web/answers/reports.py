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
    """When history is removed: at any time, as soon as its time to live is over."""

    batchWindowStartTime: str | None
    batchWindowEndTime: str | None
    enabled: bool


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
