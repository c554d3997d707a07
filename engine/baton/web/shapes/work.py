"""External tasks, user tasks, jobs, incidents and subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from baton.model.records import ExternalTask, Incident, Job, Lock, Subscription, UserTask
from baton.web.fields import Field, Shape, dates, integers, strings
from baton.web.shapes.common import execution_id, version_tag
from baton.web.times import date_text

if TYPE_CHECKING:
    from baton.service import Engine

EXTERNAL_TASK = Shape(
    "ExternalTask",
    (
        *strings("activityId", "activityInstanceId", "errorMessage", "executionId", "id"),
        Field("lockExpirationTime", "date"),
        *strings("processDefinitionId", "processDefinitionKey", "processDefinitionVersionTag", "processInstanceId"),
        Field("tenantId"),
        Field("retries", "integer"),
        Field("suspended", "boolean"),
        *strings("workerId", "topicName"),
        Field("priority", "integer"),
        Field("businessKey"),
        Field("createTime", "date"),
    ),
)
LOCKED_TASK = Shape(
    "LockedExternalTask",
    (
        *EXTERNAL_TASK.fields,
        Field("errorDetails"),
        Field("variables", "variables"),
        Field("extensionProperties", "object"),
        Field("attempt", "integer", "how many times the task has been given to a worker, this one included"),
        Field("idempotencyKey", doc="the same for every attempt: for what the task changes outside"),
    ),
)
USER_TASK = Shape(
    "Task",
    (
        *strings("id", "name", "assignee"),
        *dates("created", "lastUpdated", "due", "followUp"),
        *strings("delegationState", "description", "executionId", "owner", "parentTaskId"),
        Field("priority", "integer"),
        *strings("processDefinitionId", "processInstanceId", "taskDefinitionKey"),
        *strings("caseExecutionId", "caseInstanceId", "caseDefinitionId"),
        Field("suspended", "boolean"),
        Field("formKey"),
        Field("camundaFormRef", "object"),
        Field("tenantId"),
    ),
)
JOB = Shape(
    "Job",
    (
        *strings("id", "jobDefinitionId", "processInstanceId", "processDefinitionId", "processDefinitionKey"),
        *strings("executionId", "exceptionMessage", "failedActivityId"),
        *integers("retries", "priority"),
        *dates("dueDate", "createTime"),
        Field("suspended", "boolean"),
        Field("tenantId"),
    ),
)
INCIDENT = Shape(
    "Incident",
    (
        *strings("id", "processDefinitionId", "processInstanceId", "executionId"),
        Field("incidentTimestamp", "date"),
        *strings("incidentType", "activityId", "failedActivityId", "causeIncidentId", "rootCauseIncidentId"),
        *strings("configuration", "tenantId", "incidentMessage", "jobDefinitionId", "annotation"),
    ),
)
SUBSCRIPTION = Shape(
    "EventSubscription",
    (
        *strings("id", "eventType", "eventName", "executionId", "processInstanceId", "activityId"),
        Field("createdDate", "date"),
        Field("tenantId"),
    ),
)


def external_task_json(engine: Engine, task: ExternalTask, lock: Lock | None) -> dict[str, Any]:
    execution = execution_id(task.instance_id, task.token)
    return {
        "activityId": task.element,
        "activityInstanceId": execution,
        "errorMessage": task.error_message,
        "executionId": execution,
        "id": task.id,
        "lockExpirationTime": date_text(lock.until) if lock else None,
        "processDefinitionId": task.definition_id,
        "processDefinitionKey": task.definition_key,
        "processDefinitionVersionTag": version_tag(engine, task.definition_id),
        "processInstanceId": task.instance_id,
        "tenantId": task.tenant_id,
        "retries": task.retries,
        "suspended": task.suspended,
        "workerId": lock.worker_id if lock else None,
        "topicName": task.topic,
        "priority": task.priority,
        "businessKey": task.business_key,
        "createTime": date_text(task.created_at),
    }


def user_task_json(task: UserTask) -> dict[str, Any]:
    return {
        "id": task.id,
        "name": task.name,
        "assignee": task.assignee,
        "created": date_text(task.created_at),
        "lastUpdated": None,
        "due": date_text(task.due),
        "followUp": date_text(task.follow_up),
        "delegationState": task.delegation_state,
        "description": task.description,
        "executionId": execution_id(task.instance_id, task.token),
        "owner": task.owner,
        "parentTaskId": None,
        "priority": task.priority,
        "processDefinitionId": task.definition_id,
        "processInstanceId": task.instance_id,
        "taskDefinitionKey": task.element,
        "caseExecutionId": None,
        "caseInstanceId": None,
        "caseDefinitionId": None,
        "suspended": task.suspended,
        "formKey": task.form_key,
        "camundaFormRef": None,
        "tenantId": task.tenant_id,
    }


def job_json(job: Job) -> dict[str, Any]:
    failed = job.error_message is not None
    return {
        "id": job.id,
        "jobDefinitionId": None,
        "processInstanceId": job.instance_id,
        "processDefinitionId": job.definition_id,
        "processDefinitionKey": job.definition_key,
        "executionId": execution_id(job.instance_id, job.token),
        "exceptionMessage": job.error_message,
        "failedActivityId": job.element if failed else None,
        "retries": job.retries,
        "dueDate": date_text(job.due),
        "suspended": job.suspended,
        "priority": job.priority,
        "tenantId": job.tenant_id,
        "createTime": date_text(job.created_at),
    }


def incident_json(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "processDefinitionId": incident.definition_id,
        "processInstanceId": incident.instance_id,
        "executionId": execution_id(incident.instance_id, incident.token),
        "incidentTimestamp": date_text(incident.created_at),
        "incidentType": incident.kind,
        "activityId": incident.element,
        "failedActivityId": incident.element,
        "causeIncidentId": incident.id,
        "rootCauseIncidentId": incident.id,
        "configuration": incident.configuration,
        "tenantId": incident.tenant_id,
        "incidentMessage": incident.message,
        "jobDefinitionId": None,
        "annotation": incident.annotation,
    }


def subscription_json(subscription: Subscription) -> dict[str, Any]:
    return {
        "id": subscription.id,
        "eventType": subscription.kind.value,
        "eventName": subscription.name,
        "executionId": execution_id(subscription.instance_id, subscription.token),
        "processInstanceId": subscription.instance_id,
        "activityId": subscription.element,
        "createdDate": date_text(subscription.created_at),
        "tenantId": subscription.tenant_id,
    }
