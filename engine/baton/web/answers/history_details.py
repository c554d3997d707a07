"""Changes of variables and of the people of tasks, one by one."""

from __future__ import annotations

from typing import Any

from baton.web.models.base import Answer


class HistoricDetail(Answer):
    """One change of a variable."""

    id: str
    type: str = "variableUpdate"
    processDefinitionKey: str
    processDefinitionId: str
    processInstanceId: str
    activityInstanceId: str
    executionId: str
    caseDefinitionKey: None = None
    caseDefinitionId: None = None
    caseInstanceId: None = None
    caseExecutionId: None = None
    taskId: None = None
    tenantId: str | None
    userOperationId: str | None
    time: str
    removalTime: None = None
    rootProcessInstanceId: str
    variableName: str
    variableInstanceId: str
    variableType: str
    value: Any
    valueInfo: dict[str, Any]
    initial: bool
    revision: int
    errorMessage: None = None


class HistoricIdentityLink(Answer):
    """A person or group that was added to a task, or taken from it."""

    id: str
    time: str
    type: str
    userId: str | None
    groupId: str | None
    taskId: str
    processDefinitionId: str | None
    processDefinitionKey: str | None
    operationType: str
    assignerId: str | None
    tenantId: str | None
    removalTime: None = None
    rootProcessInstanceId: str | None
