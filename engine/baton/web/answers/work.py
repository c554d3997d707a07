"""External tasks, user tasks, jobs, incidents and subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from baton.model import records
from baton.model.ids import parse_record_id
from baton.model.times import Millis
from baton.web.answers.common import find_version_tag, make_execution_id
from baton.web.answers.job_origins import find_failed_job_definition_id, find_job_definition_id
from baton.web.models.base import Answer
from baton.web.models.fields import ShownVariables
from baton.web.times import format_date

if TYPE_CHECKING:
    from baton.service import Engine, StartEventSubscription, StartJob, StoredComment


class ExternalTask(Answer):
    """Work for the world outside."""

    activityId: str
    activityInstanceId: str
    errorMessage: str | None
    executionId: str
    id: str
    lockExpirationTime: str | None
    processDefinitionId: str
    processDefinitionKey: str
    processDefinitionVersionTag: str | None
    processInstanceId: str
    tenantId: str | None
    retries: int | None
    suspended: bool
    workerId: str | None
    topicName: str
    priority: int
    businessKey: str | None
    createTime: str
    progress: float | None = Field(None, description="how far its worker says it is, from 0 to 1")
    progressText: str | None = Field(None, description="the same in a few words")


class LockedExternalTask(ExternalTask):
    """A task that a worker was given, with what it needs for it."""

    omitted = frozenset({"extensionProperties", "progress", "progressText", "traceparent"})

    errorDetails: str | None
    variables: ShownVariables
    extensionProperties: dict[str, str] | None = None
    attempt: int = Field(description="how many times the task has been given to a worker, this one included")
    idempotencyKey: str = Field(description="the same for every attempt: for what the task changes outside")
    traceparent: str | None = Field(None, description="the span that the work is a part of, if it is in a trace")


class Task(Answer):
    """Work for a person."""

    omitted = frozenset({"attachment", "comment"})

    id: str
    name: str | None
    assignee: str | None
    created: str
    lastUpdated: str | None = Field(description="null for a task as it was created")
    due: str | None
    followUp: str | None
    delegationState: str | None
    description: str | None
    executionId: str | None = Field(
        description="null for a task without a process, as are the process and its definition"
    )
    owner: str | None
    parentTaskId: str | None
    priority: int
    processDefinitionId: str | None
    processInstanceId: str | None
    taskDefinitionKey: str | None
    caseExecutionId: None = None
    caseInstanceId: None = None
    caseDefinitionId: None = None
    suspended: bool
    formKey: str | None
    camundaFormRef: None = None
    tenantId: str | None
    taskState: Literal["Created", "Updated"]
    attachment: bool | None = Field(None, description="whether it has any, if that was asked for")
    comment: bool | None = Field(None, description="whether it has any, if that was asked for")


class CandidateGroupCount(Answer):
    """A candidate group and its open tasks."""

    groupName: str | None = Field(description="null: tasks without a candidate group")
    taskCount: int


class IdentityLink(Answer):
    """A person or a group, and what they are to a task."""

    userId: str | None
    groupId: str | None
    type: str


class Comment(Answer):
    """What somebody has written about a task."""

    id: str
    userId: str | None = Field(description="null where nobody signs in")
    taskId: str
    processInstanceId: str | None = Field(description="null for a task without a process")
    rootProcessInstanceId: str | None
    time: str
    removalTime: None = None
    message: str


class Job(Answer):
    """Work that the engine owes itself."""

    id: str
    jobDefinitionId: str | None = Field(description="null for a repeated step of an element without jobs")
    processInstanceId: str | None = Field(description="null for the timer of a start event, as is executionId")
    processDefinitionId: str
    processDefinitionKey: str
    executionId: str | None
    exceptionMessage: str | None
    failedActivityId: str | None
    retries: int
    dueDate: str | None
    suspended: bool
    priority: int
    tenantId: str | None
    createTime: str


class Incident(Answer):
    """Something an operator must look at."""

    id: str
    processDefinitionId: str
    processInstanceId: str
    executionId: str
    incidentTimestamp: str
    incidentType: str
    activityId: str
    failedActivityId: str
    causeIncidentId: str
    rootCauseIncidentId: str
    configuration: str | None
    tenantId: str | None
    incidentMessage: str
    jobDefinitionId: str | None
    annotation: str | None


class EventSubscription(Answer):
    """What a token, or a start event, waits for."""

    id: str
    eventType: str
    eventName: str
    executionId: str | None
    processInstanceId: str | None = Field(description="null for a start event, as is executionId")
    activityId: str
    createdDate: str
    tenantId: str | None


def show_external_task(engine: Engine, task: records.ExternalTask, lock: records.Lock | None) -> ExternalTask:
    progress = lock.progress if lock is not None and lock.progress is not None else records.Progress()
    return ExternalTask(
        **show_external_task_fields(engine, task, lock), progress=progress.fraction, progressText=progress.text
    )


def show_external_task_fields(engine: Engine, task: records.ExternalTask, lock: records.Lock | None) -> dict[str, Any]:
    """The fields that a list and a worker are shown, by name."""
    execution = make_execution_id(task.instance_id, task.token)
    return {
        "activityId": task.element,
        "activityInstanceId": execution,
        "errorMessage": task.error_message,
        "executionId": execution,
        "id": task.id,
        "lockExpirationTime": format_date(lock.get_end(task)) if lock else None,
        "processDefinitionId": task.definition_id,
        "processDefinitionKey": task.definition_key,
        "processDefinitionVersionTag": find_version_tag(engine, task.definition_id),
        "processInstanceId": task.instance_id,
        "tenantId": task.tenant_id,
        "retries": task.retries,
        "suspended": task.suspended,
        "workerId": lock.worker_id if lock else None,
        "topicName": task.topic,
        "priority": task.priority,
        "businessKey": task.business_key,
        "createTime": format_date(task.created_at),
    }


def show_locked_task_fields(
    engine: Engine,
    task: records.ExternalTask,
    lock: records.Lock,
    variables: dict[str, dict[str, Any]],
    extension_properties: Mapping[str, str] | None,
    traceparent: str | None,
) -> dict[str, Any]:
    """The fields of a ``LockedExternalTask``; not as the model, because this is a hot path (docs/decisions/0013)."""
    shown = show_external_task_fields(engine, task, lock)
    shown["errorDetails"] = task.error_details
    shown["variables"] = variables
    shown["attempt"] = lock.fence
    shown["idempotencyKey"] = task.id
    if extension_properties is not None:
        shown["extensionProperties"] = dict(extension_properties)
    if traceparent is not None:
        shown["traceparent"] = traceparent
    return shown


def find_process_instance(task_id: str) -> str | None:
    """Of a task, by the id that is shown of it; None for one without a process, whose id is of another form."""
    record = parse_record_id(task_id)
    return None if record is None else record.instance_id


def show_task(
    task: records.UserTask,
    changed_at: Millis | None = None,
    *,
    attachment: bool | None = None,
    comment: bool | None = None,
) -> Task:
    """``changed_at``: when it was last changed. ``attachment``, ``comment``: whether it has any, if that is told."""
    of_process = not task.is_standalone
    return Task(
        id=task.shown_id,
        name=task.name,
        assignee=task.assignee,
        created=format_date(task.created_at),
        lastUpdated=format_date(changed_at),
        due=format_date(task.due),
        followUp=format_date(task.follow_up),
        delegationState=task.delegation_state,
        description=task.description,
        executionId=make_execution_id(task.instance_id, task.token) if of_process else None,
        owner=task.owner,
        parentTaskId=task.parent,
        priority=task.priority,
        processDefinitionId=task.definition_id if of_process else None,
        processInstanceId=task.instance_id if of_process else None,
        taskDefinitionKey=task.element if of_process else None,
        suspended=task.suspended,
        formKey=task.form_key,
        tenantId=task.tenant_id,
        taskState="Created" if changed_at is None else "Updated",
        attachment=attachment,
        comment=comment,
    )


def show_comment(comment: StoredComment) -> Comment:
    instance = find_process_instance(comment.task_id)
    return Comment(
        id=comment.id,
        userId=comment.by,
        taskId=comment.task_id,
        processInstanceId=instance,
        rootProcessInstanceId=instance,
        time=format_date(comment.at),
        message=comment.text,
    )


def show_job(engine: Engine, job: records.Job | StartJob) -> Job:
    return Job(**show_job_fields(job, find_job_definition_id(engine, job)))


def show_job_fields(job: records.Job | StartJob, job_definition_id: str | None = None) -> dict[str, Any]:
    """The fields of a job by name, for models that have more of them."""
    return {
        "id": job.id,
        "jobDefinitionId": job_definition_id,
        "processInstanceId": job.instance_id,
        "processDefinitionId": job.definition_id,
        "processDefinitionKey": job.definition_key,
        "executionId": _get_execution_id(job),
        "exceptionMessage": job.error_message,
        "failedActivityId": job.element if job.error_message is not None else None,
        "retries": job.retries,
        "dueDate": format_date(job.due),
        "suspended": job.suspended,
        "priority": job.priority,
        "tenantId": job.tenant_id,
        "createTime": format_date(job.created_at),
    }


def show_incident(engine: Engine | None, incident: records.Incident) -> Incident:
    """``engine``: None of an instance of a draft, which has no definition there."""
    return Incident(
        id=incident.id,
        processDefinitionId=incident.definition_id,
        processInstanceId=incident.instance_id,
        executionId=make_execution_id(incident.instance_id, incident.token),
        incidentTimestamp=format_date(incident.created_at),
        incidentType=incident.kind,
        activityId=incident.element,
        failedActivityId=incident.element,
        causeIncidentId=incident.id,
        rootCauseIncidentId=incident.id,
        configuration=incident.configuration,
        tenantId=incident.tenant_id,
        incidentMessage=incident.message,
        jobDefinitionId=None if engine is None else find_failed_job_definition_id(engine, incident),
        annotation=incident.annotation,
    )


def show_subscription(subscription: records.Subscription | StartEventSubscription) -> EventSubscription:
    return EventSubscription(
        id=subscription.id,
        eventType=subscription.kind.value,
        eventName=subscription.name,
        executionId=_get_execution_id(subscription),
        processInstanceId=subscription.instance_id,
        activityId=subscription.element,
        createdDate=format_date(subscription.created_at),
        tenantId=subscription.tenant_id,
    )


def _get_execution_id(
    record: records.Job | records.Subscription | StartJob | StartEventSubscription,
) -> str | None:
    """None for what belongs to a definition."""
    return None if record.instance_id is None else make_execution_id(record.instance_id, record.token)
