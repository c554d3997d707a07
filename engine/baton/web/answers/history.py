"""What happened, as the API lists it."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from baton.web.models.base import Answer

HistoricState: TypeAlias = Literal["ACTIVE", "SUSPENDED", "COMPLETED", "EXTERNALLY_TERMINATED", "INTERNALLY_TERMINATED"]


class HistoricActivityInstance(Answer):
    """A visit of a token to an element."""

    id: str
    parentActivityInstanceId: str
    activityId: str | None
    activityName: str | None
    activityType: str | None
    processDefinitionKey: str
    processDefinitionId: str
    processInstanceId: str
    executionId: str
    taskId: str | None
    assignee: str | None
    calledProcessInstanceId: str | None
    calledCaseInstanceId: None = None
    startTime: str
    endTime: str | None
    durationInMillis: int | None
    canceled: bool
    completeScope: bool
    tenantId: str | None
    rootProcessInstanceId: str
    removalTime: None = None


class HistoricVariableInstance(Answer):
    """The last value of a variable."""

    id: str
    name: str
    type: str
    value: Any
    valueInfo: dict[str, Any]
    processDefinitionKey: str | None
    processDefinitionId: str | None
    processInstanceId: str | None
    executionId: str | None
    activityInstanceId: str | None
    taskId: str | None
    tenantId: str | None
    errorMessage: None = None
    state: str
    rootProcessInstanceId: str | None
    caseDefinitionKey: None = None
    caseDefinitionId: None = None
    caseInstanceId: None = None
    caseExecutionId: None = None
    createTime: str
    removalTime: None = None


class HistoricIncident(Answer):
    """An incident, open or not."""

    id: str
    processDefinitionKey: str
    processDefinitionId: str
    processInstanceId: str
    executionId: str
    incidentType: str | None
    activityId: str | None
    failedActivityId: str | None
    causeIncidentId: str | None
    rootCauseIncidentId: str | None
    configuration: str | None
    historyConfiguration: None = None
    incidentMessage: str | None
    tenantId: str | None
    jobDefinitionId: str | None
    annotation: None = None
    rootProcessInstanceId: str
    createTime: str
    endTime: str | None
    removalTime: None = None
    open: bool
    deleted: bool
    resolved: bool


class HistoricTask(Answer):
    """A user task, done or not."""

    id: str
    processDefinitionKey: str | None
    processDefinitionId: str | None
    processInstanceId: str | None
    executionId: str | None
    activityInstanceId: str | None
    name: str | None
    description: str | None
    deleteReason: str | None
    owner: str | None
    assignee: str | None
    taskDefinitionKey: str | None
    parentTaskId: str | None
    tenantId: str | None
    rootProcessInstanceId: str | None
    caseDefinitionId: None = None
    caseDefinitionKey: None = None
    caseExecutionId: None = None
    caseInstanceId: None = None
    startTime: str
    endTime: str | None
    due: str | None
    followUp: str | None
    removalTime: None = None
    duration: int | None
    priority: int | None
    taskState: Literal["Created", "Updated", "Completed", "Deleted"]


class HistoricExternalTaskLog(Answer):
    """What happened to an external task."""

    id: str
    activityId: str | None
    executionId: str
    processInstanceId: str
    processDefinitionId: str
    processDefinitionKey: str
    tenantId: str | None
    rootProcessInstanceId: str
    timestamp: str
    removalTime: None = None
    creationLog: bool
    failureLog: bool
    successLog: bool
    deletionLog: bool
    externalTaskId: str
    topicName: str | None
    workerId: str | None
    errorMessage: str | None
    activityInstanceId: str
    retries: int | None
    priority: int | None


class HistoricJobLog(Answer):
    """What happened to a job."""

    id: str
    activityId: str | None
    executionId: str
    processInstanceId: str
    processDefinitionId: str
    processDefinitionKey: str
    tenantId: str | None
    rootProcessInstanceId: str
    timestamp: str
    removalTime: None = None
    creationLog: bool
    failureLog: bool
    successLog: bool
    deletionLog: bool
    jobId: str
    jobExceptionMessage: str | None
    failedActivityId: None = None
    jobDefinitionId: str | None
    jobDefinitionType: str | None
    jobDefinitionConfiguration: str | None
    deploymentId: str | None
    hostname: None = None
    jobRetries: int | None
    jobPriority: int | None
    jobDueDate: str | None


class UserOperationLogEntry(Answer):
    """What somebody did."""

    id: str
    operationId: str
    userId: str | None
    operationType: str
    entityType: str
    category: str
    annotation: str | None
    property: None = None
    orgValue: None = None
    newValue: None = None
    processInstanceId: str | None
    processDefinitionId: str | None
    processDefinitionKey: str | None
    executionId: str | None
    taskId: str | None
    tenantId: str | None
    rootProcessInstanceId: str | None
    batchId: None = None
    caseDefinitionId: None = None
    caseExecutionId: None = None
    caseInstanceId: None = None
    deploymentId: None = None
    externalTaskId: None = None
    jobDefinitionId: None = None
    jobId: None = None
    timestamp: str
    removalTime: None = None


class HistoricProcessInstance(Answer):
    """An instance, ended or not."""

    id: str
    businessKey: str | None
    processDefinitionId: str
    processDefinitionKey: str
    processDefinitionName: str | None
    processDefinitionVersion: int | None
    startTime: str
    endTime: str | None
    removalTime: str | None
    durationInMillis: int | None
    startUserId: str | None
    startActivityId: str | None
    deleteReason: str | None
    rootProcessInstanceId: str
    superProcessInstanceId: str | None = None
    superCaseInstanceId: None = None
    caseInstanceId: None = None
    tenantId: str | None
    state: HistoricState
    archived: bool = False
    """Of Baton: whether it has left the store for the archive."""
