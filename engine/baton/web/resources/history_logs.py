"""``/history/external-task-log``, ``/job-log`` and ``/user-operation``: what happened, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from baton.service import HistoryProjection
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, dates, integers, lists, strings
from baton.web.history.rows import Row, after, among, before, declare_rows, equals, when
from baton.web.resources.history import GROUP, TENANT, WHERE, log_row
from baton.web.times import date_text

KINDS = ("creationLog", "failureLog", "successLog", "deletionLog")


def _kinds() -> dict[str, Any]:
    return {name: when(lambda row, name=name: row[name]) for name in KINDS}


def _show(_call: Call, row: Row) -> Row:
    shown = {name: value for name, value in row.items() if name != "position"}
    return {**shown, "timestamp": date_text(row["timestamp"])}


SORTS = {
    "timestamp": "timestamp",
    "activityId": "activityId",
    "executionId": "executionId",
    "processInstanceId": "processInstanceId",
    "processDefinitionId": "processDefinitionId",
    "processDefinitionKey": "processDefinitionKey",
    "tenantId": "tenantId",
}
LOG_FIELDS = (
    *strings("id", "activityId", "executionId", "processInstanceId", "processDefinitionId", "processDefinitionKey"),
    *strings("tenantId", "rootProcessInstanceId"),
    *dates("timestamp", "removalTime"),
    *booleans(*KINDS),
)
EXTERNAL_LOG = Shape(
    "HistoricExternalTaskLog",
    (
        *LOG_FIELDS,
        *strings("externalTaskId", "topicName", "workerId", "errorMessage", "activityInstanceId"),
        *integers("retries", "priority"),
    ),
)
JOB_LOG = Shape(
    "HistoricJobLog",
    (
        *LOG_FIELDS,
        *strings("jobId", "jobExceptionMessage", "failedActivityId", "jobDefinitionId", "jobDefinitionType"),
        *strings("jobDefinitionConfiguration", "deploymentId", "hostname"),
        *integers("jobRetries", "jobPriority"),
        Field("jobDueDate", "date"),
    ),
)
NOWHERE = (
    "batchId",
    "caseDefinitionId",
    "caseExecutionId",
    "caseInstanceId",
    "deploymentId",
    "externalTaskId",
    "jobDefinitionId",
    "jobId",
)
"""Fields of an operation that Baton has nothing for."""
OPERATION = Shape(
    "UserOperationLogEntry",
    (
        *strings("id", "operationId", "userId", "operationType", "entityType", "category", "annotation", "property"),
        *strings("orgValue", "newValue", "processInstanceId", "processDefinitionId", "processDefinitionKey"),
        *strings("executionId", "taskId", "tenantId", "rootProcessInstanceId"),
        *strings(*NOWHERE),
        *dates("timestamp", "removalTime"),
    ),
)


def _external(_call: Call, rows: HistoryProjection) -> Iterable[Row]:
    topics: dict[str, Any] = {}
    for one in rows.external:
        topics.setdefault(one.record_id, one.data.get("topic"))
        base = log_row(rows, one)
        yield {
            **base,
            "externalTaskId": one.record_id,
            "topicName": topics[one.record_id],
            "workerId": one.data.get("worker"),
            "retries": one.data.get("retries"),
            "priority": one.data.get("priority", 0),
            "errorMessage": one.data.get("message"),
            "activityInstanceId": base["executionId"],
        }


declare_rows(
    GROUP,
    "/history/external-task-log",
    "what happened to external tasks",
    filters=(
        *WHERE,
        *strings("logId", "externalTaskId", "topicName", "workerId", "errorMessage"),
        *lists("activityIdIn", "activityInstanceIdIn", "executionIdIn"),
        *booleans(*KINDS),
    ),
    tests={
        **TENANT,
        **_kinds(),
        "logId": equals("id"),
        "externalTaskId": equals("externalTaskId"),
        "topicName": equals("topicName"),
        "workerId": equals("workerId"),
        "errorMessage": equals("errorMessage"),
        "activityIdIn": among("activityId"),
        "activityInstanceIdIn": among("activityInstanceId"),
        "executionIdIn": among("executionId"),
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
    item=EXTERNAL_LOG,
    make=_external,
    show=_show,
)


def _jobs(_call: Call, rows: HistoryProjection) -> Iterable[Row]:
    due: dict[str, Any] = {}
    for one in rows.jobs:
        due.setdefault(one.record_id, one.data.get("due"))
        yield {
            **log_row(rows, one),
            "jobId": one.record_id,
            "jobDueDate": due[one.record_id],
            "jobRetries": one.data.get("retries", 3),
            "jobPriority": one.data.get("priority", 0),
            "jobExceptionMessage": one.data.get("message"),
            "failedActivityId": None,
            "jobDefinitionId": None,
            "jobDefinitionType": "timer",
            "jobDefinitionConfiguration": None,
            "deploymentId": None,
            "hostname": None,
        }


def _show_job(call: Call, row: Row) -> Row:
    due = row["jobDueDate"]
    return {**_show(call, row), "jobDueDate": date_text(due) if isinstance(due, int) else due}


declare_rows(
    GROUP,
    "/history/job-log",
    "what happened to jobs",
    filters=(
        *WHERE,
        *strings("logId", "jobId", "jobExceptionMessage"),
        *lists("activityIdIn", "executionIdIn"),
        *booleans(*KINDS),
    ),
    tests={
        **TENANT,
        **_kinds(),
        "logId": equals("id"),
        "jobId": equals("jobId"),
        "jobExceptionMessage": equals("jobExceptionMessage"),
        "activityIdIn": among("activityId"),
        "executionIdIn": among("executionId"),
    },
    sorts={
        **SORTS,
        "jobId": "jobId",
        "jobRetries": "jobRetries",
        "jobPriority": "jobPriority",
        "occurrence": "position",
    },
    item=JOB_LOG,
    make=_jobs,
    show=_show_job,
)


def _operations(_call: Call, rows: HistoryProjection) -> Iterable[Row]:
    for one in rows.operations:
        base = log_row(rows, one)
        yield {
            "id": base["id"],
            "operationId": base["id"],
            "userId": one.data.get("by"),
            "timestamp": one.at,
            "operationType": one.kind,
            "entityType": "ProcessInstance",
            "category": "Operator",
            "annotation": None,
            "property": None,
            "orgValue": None,
            "newValue": None,
            "processInstanceId": base["processInstanceId"],
            "processDefinitionId": base["processDefinitionId"],
            "processDefinitionKey": base["processDefinitionKey"],
            "executionId": base["executionId"],
            "taskId": one.record_id or None,
            "tenantId": base["tenantId"],
            "rootProcessInstanceId": base["rootProcessInstanceId"],
            "removalTime": None,
            **dict.fromkeys(NOWHERE),
        }


declare_rows(
    GROUP,
    "/history/user-operation",
    "what people did",
    filters=(
        *WHERE,
        *strings("userId", "operationId", "operationType", "entityType", "executionId", "taskId"),
        *dates("afterTimestamp", "beforeTimestamp"),
    ),
    tests={
        **TENANT,
        "userId": equals("userId"),
        "operationId": equals("operationId"),
        "operationType": equals("operationType"),
        "entityType": equals("entityType"),
        "executionId": equals("executionId"),
        "taskId": equals("taskId"),
        "afterTimestamp": after("timestamp"),
        "beforeTimestamp": before("timestamp"),
    },
    sorts={"timestamp": "timestamp"},
    item=OPERATION,
    make=_operations,
    show=_show,
)
