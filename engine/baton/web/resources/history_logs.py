"""``/history/external-task-log``, ``/job-log`` and ``/user-operation``: what happened, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from baton.model.errors import NotFound
from baton.service import HistoryProjection
from baton.web.answers.history import HistoricExternalTaskLog, HistoricJobLog, UserOperationLogEntry
from baton.web.context import Raw, RequestContext
from baton.web.history.rows import (
    Row,
    RowListing,
    declare_rows,
    is_after,
    is_among,
    is_at_least,
    is_at_most,
    is_before,
    is_equal,
    needs,
)
from baton.web.models.history import ExternalTaskLogFilters, JobLogFilters, UserOperationFilters
from baton.web.resources.history import GROUP, TENANT, make_log_row
from baton.web.resources.job_definition import describe_timer
from baton.web.scopes import parse_instance

KINDS = ("creationLog", "failureLog", "successLog", "deletionLog")


def _kinds() -> dict[str, Any]:
    return {name: needs(lambda row, name=name: row[name]) for name in KINDS}


SORTS = {
    "timestamp": "timestamp",
    "activityId": "activityId",
    "executionId": "executionId",
    "processInstanceId": "processInstanceId",
    "processDefinitionId": "processDefinitionId",
    "processDefinitionKey": "processDefinitionKey",
    "tenantId": "tenantId",
}


def _external(_context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    topics: dict[str, Any] = {}
    priorities: dict[str, Any] = {}
    for item in rows.external:
        topics.setdefault(item.record_id, item.data.get("topic"))
        priorities[item.record_id] = item.data.get("priority", priorities.get(item.record_id, 0))
        base = make_log_row(rows, item)
        yield {
            **base,
            "externalTaskId": item.record_id,
            "topicName": topics[item.record_id],
            "workerId": item.data.get("worker"),
            "retries": item.data.get("retries"),
            "priority": priorities[item.record_id],
            "errorMessage": item.data.get("message"),
            "activityInstanceId": base["executionId"],
        }


EXTERNAL = RowListing(
    path="/history/external-task-log",
    what="what happened to external tasks",
    filters=ExternalTaskLogFilters,
    tests={
        **TENANT,
        **_kinds(),
        "logId": is_equal("id"),
        "externalTaskId": is_equal("externalTaskId"),
        "topicName": is_equal("topicName"),
        "workerId": is_equal("workerId"),
        "errorMessage": is_equal("errorMessage"),
        "activityIdIn": is_among("activityId"),
        "activityInstanceIdIn": is_among("activityInstanceId"),
        "executionIdIn": is_among("executionId"),
        "priorityHigherThanOrEquals": is_at_least("priority"),
        "priorityLowerThanOrEquals": is_at_most("priority"),
    },
    sorts={
        **SORTS,
        "externalTaskId": "externalTaskId",
        "topicName": "topicName",
        "workerId": "workerId",
        "retries": "retries",
        "priority": "priority",
        "activityInstanceId": "activityInstanceId",
    },
    answer=HistoricExternalTaskLog,
    make=_external,
    dates=("timestamp",),
)
declare_rows(GROUP, EXTERNAL)


@GROUP.get("/history/external-task-log/<id>", "One entry of the log of external tasks")
def get_external(context: RequestContext, id: str) -> HistoricExternalTaskLog:
    return cast("HistoricExternalTaskLog", EXTERNAL.show_row(_find(context, EXTERNAL, id)))


@GROUP.get(
    "/history/external-task-log/<id>/error-details", "What history keeps of a failure: its message", media="text/plain"
)
def get_error_details(context: RequestContext, id: str) -> Raw:
    return Raw(str(_find(context, EXTERNAL, id)["errorMessage"] or "").encode(), "text/plain")


def _find(context: RequestContext, listing: RowListing, id: str) -> Row:
    """Raises NotFound."""
    header = context.engine.instances.get(parse_instance(id.partition(".e")[0], "log entry"))
    for row in listing.make(context, context.engine.history.project(header)):
        if row["id"] == id:
            return row
    raise NotFound(f"Expected an entry in {listing.path}, but there is none with id '{id}'")


def _jobs(context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    due: dict[str, Any] = {}
    origins: dict[str | None, Row] = {}
    for job in rows.jobs:
        due.setdefault(job.record_id, job.data.get("due"))
        if job.element not in origins:
            origins[job.element] = describe_timer(context, rows.header.definition_id, job.element)
        yield {
            **make_log_row(rows, job),
            "jobId": job.record_id,
            "jobDueDate": due[job.record_id],
            "jobRetries": job.data.get("retries", 3),
            "jobPriority": job.data.get("priority", 0),
            "jobExceptionMessage": job.data.get("message"),
            "failedActivityId": None,
            **origins[job.element],
            "hostname": None,
        }


JOBS = RowListing(
    path="/history/job-log",
    what="what happened to jobs",
    filters=JobLogFilters,
    tests={
        **TENANT,
        **_kinds(),
        "logId": is_equal("id"),
        "jobId": is_equal("jobId"),
        "jobExceptionMessage": is_equal("jobExceptionMessage"),
        "activityIdIn": is_among("activityId"),
        "executionIdIn": is_among("executionId"),
        "jobDefinitionId": is_equal("jobDefinitionId"),
        "jobDefinitionType": is_equal("jobDefinitionType"),
        "jobDefinitionConfiguration": is_equal("jobDefinitionConfiguration"),
        "deploymentId": is_equal("deploymentId"),
        "jobPriorityHigherThanOrEquals": is_at_least("jobPriority"),
        "jobPriorityLowerThanOrEquals": is_at_most("jobPriority"),
        "failedActivityIdIn": is_among("failedActivityId"),
        "hostname": is_equal("hostname"),
    },
    sorts={
        **SORTS,
        "jobId": "jobId",
        "jobRetries": "jobRetries",
        "jobPriority": "jobPriority",
        "occurrence": "position",
    },
    answer=HistoricJobLog,
    make=_jobs,
    dates=("timestamp", "jobDueDate"),
)
declare_rows(GROUP, JOBS)


@GROUP.get("/history/job-log/<id>", "One entry of the log of jobs")
def get_job_log(context: RequestContext, id: str) -> HistoricJobLog:
    return cast("HistoricJobLog", JOBS.show_row(_find(context, JOBS, id)))


@GROUP.get("/history/job-log/<id>/stacktrace", "Why a job failed", media="text/plain")
def get_stacktrace(context: RequestContext, id: str) -> Raw:
    return Raw(str(_find(context, JOBS, id)["jobExceptionMessage"] or "").encode(), "text/plain")


NOT_TOLD = ("property", "batchId", "deploymentId", "externalTaskId", "jobId", "jobDefinitionId")
"""Fields of operations that are always null."""


def _operations(_context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    for operation in rows.operations:
        base, standalone = make_log_row(rows, operation), rows.header.is_standalone
        yield {
            "id": base["id"],
            "operationId": base["id"],
            "userId": operation.data.get("by"),
            "timestamp": operation.at,
            "operationType": operation.kind,
            "entityType": "Task" if standalone else "ProcessInstance",
            "category": "Operator",
            "annotation": operation.data.get("annotation"),
            **dict.fromkeys(NOT_TOLD),
            "orgValue": None,
            "newValue": None,
            "processInstanceId": base["processInstanceId"],
            "processDefinitionId": base["processDefinitionId"],
            "processDefinitionKey": base["processDefinitionKey"],
            "executionId": base["executionId"],
            "taskId": next(iter(rows.list_task_ids()), None) if standalone else operation.record_id or None,
            "tenantId": base["tenantId"],
            "rootProcessInstanceId": base["rootProcessInstanceId"],
            "removalTime": None,
        }


declare_rows(
    GROUP,
    RowListing(
        path="/history/user-operation",
        what="what people did",
        filters=UserOperationFilters,
        tests={
            **TENANT,
            "userId": is_equal("userId"),
            "operationId": is_equal("operationId"),
            "operationType": is_equal("operationType"),
            "entityType": is_equal("entityType"),
            "entityTypeIn": is_among("entityType"),
            "category": is_equal("category"),
            "categoryIn": is_among("category"),
            **{name: is_equal(name) for name in NOT_TOLD},
            "executionId": is_equal("executionId"),
            "taskId": is_equal("taskId"),
            "afterTimestamp": is_after("timestamp"),
            "beforeTimestamp": is_before("timestamp"),
        },
        sorts={"timestamp": "timestamp"},
        answer=UserOperationLogEntry,
        make=_operations,
        of_tasks=True,
        dates=("timestamp",),
    ),
)
