"""``/history/incident`` and ``/history/task``: what was open for a while."""

from __future__ import annotations

from collections.abc import Iterable

from baton.model.times import Millis
from baton.service import HistoryProjection, RecordHistory
from baton.web.answers.common import find_node
from baton.web.answers.history import HistoricIncident, HistoricTask
from baton.web.context import RequestContext
from baton.web.history.rows import (
    Row,
    RowListing,
    declare_rows,
    is_after,
    is_among,
    is_before,
    is_equal,
    is_like,
    needs,
)
from baton.web.models.history import HistoricIncidentFilters, HistoricTaskFilters
from baton.web.models.job_definition import read_job_definition_id
from baton.web.resources.history import GROUP, TENANT, make_base_row


def _incidents(_context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    for incident in rows.incidents.values():
        gone = incident.closed_at is None and rows.header.state.is_ended
        yield {
            **make_base_row(rows, incident.token, incident.element),
            "id": incident.id,
            "incidentType": incident.data.get("kind"),
            "failedActivityId": incident.element,
            "causeIncidentId": incident.id,
            "rootCauseIncidentId": incident.id,
            "configuration": incident.data.get("configuration"),
            "historyConfiguration": None,
            "incidentMessage": incident.data.get("message"),
            "jobDefinitionId": None,
            "annotation": None,
            "createTime": incident.opened_at,
            "endTime": incident.closed_at or (rows.header.ended_at if gone else None),
            "open": incident.closed_at is None and not gone,
            "deleted": gone,
            "resolved": incident.closed_at is not None,
        }


def _failed_at(row: Row, ids: Iterable[str]) -> bool:
    at = (row["processDefinitionId"], row["activityId"])
    return row["incidentType"] == "failedJob" and any(read_job_definition_id(id)[:2] == at for id in ids)


declare_rows(
    GROUP,
    RowListing(
        path="/history/incident",
        what="incidents, resolved ones included",
        filters=HistoricIncidentFilters,
        tests={
            **TENANT,
            "incidentId": is_equal("id"),
            "incidentType": is_equal("incidentType"),
            "incidentMessage": is_equal("incidentMessage"),
            "incidentMessageLike": is_like("incidentMessage"),
            "executionId": is_equal("executionId"),
            "activityId": is_equal("activityId"),
            "failedActivityId": is_equal("failedActivityId"),
            "configuration": is_equal("configuration"),
            "causeIncidentId": is_equal("causeIncidentId"),
            "rootCauseIncidentId": is_equal("rootCauseIncidentId"),
            "historyConfiguration": is_equal("historyConfiguration"),
            "jobDefinitionIdIn": _failed_at,
            "open": needs(lambda row: row["open"]),
            "resolved": needs(lambda row: row["resolved"]),
            "deleted": needs(lambda row: row["deleted"]),
            "createTimeBefore": is_before("createTime"),
            "createTimeAfter": is_after("createTime"),
            "endTimeBefore": is_before("endTime"),
            "endTimeAfter": is_after("endTime"),
        },
        sorts={
            "incidentId": "id",
            "incidentMessage": "incidentMessage",
            "createTime": "createTime",
            "endTime": "endTime",
            "incidentType": "incidentType",
            "executionId": "executionId",
            "activityId": "activityId",
            "processInstanceId": "processInstanceId",
            "processDefinitionId": "processDefinitionId",
            "processDefinitionKey": "processDefinitionKey",
            "tenantId": "tenantId",
        },
        answer=HistoricIncident,
        make=_incidents,
        dates=("createTime", "endTime"),
    ),
)


def _tasks(context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    for task in rows.tasks.values():
        yield _task(context, rows, task)


def _task(context: RequestContext, rows: HistoryProjection, task: RecordHistory) -> Row:
    base = make_base_row(rows, task.token, None)
    del base["activityId"]
    node = find_node(context.engine, rows.header.definition_id, task.element or "")
    ended = task.closed_at or rows.header.ended_at
    return {
        **base,
        "id": rows.show_task_id(task.id),
        "activityInstanceId": base["executionId"],
        "name": task.data.get("name") or (node.name if node else None),
        "description": task.data.get("description"),
        "deleteReason": task.reason or ("deleted" if ended is not None else None),
        "owner": task.data.get("owner"),
        "assignee": task.data.get("assignee"),
        "startTime": task.opened_at,
        "endTime": ended,
        "duration": None if ended is None else ended - task.opened_at,
        "taskDefinitionKey": None if rows.header.is_standalone else task.element,
        "priority": task.data.get("priority", 50),
        "due": task.data.get("due"),
        "followUp": task.data.get("follow_up"),
        "parentTaskId": task.data.get("parent"),
        "taskState": _choose_state(task, ended),
        "caseDefinitionId": None,
        "caseDefinitionKey": None,
        "caseExecutionId": None,
        "caseInstanceId": None,
    }


def _choose_state(task: RecordHistory, ended: Millis | None) -> str:
    if ended is not None:
        return "Completed" if task.reason == "completed" else "Deleted"
    return "Updated" if task.changed else "Created"


declare_rows(
    GROUP,
    RowListing(
        path="/history/task",
        what="user tasks, done ones included",
        filters=HistoricTaskFilters,
        tests={
            **TENANT,
            "taskId": is_equal("id"),
            "taskParentTaskId": is_equal("parentTaskId"),
            "executionId": is_equal("executionId"),
            "taskName": is_equal("name"),
            "taskNameLike": is_like("name"),
            "taskDefinitionKey": is_equal("taskDefinitionKey"),
            "taskDefinitionKeyIn": is_among("taskDefinitionKey"),
            "taskDeleteReason": is_equal("deleteReason"),
            "taskAssignee": is_equal("assignee"),
            "taskAssigneeLike": is_like("assignee"),
            "taskOwner": is_equal("owner"),
            "activityInstanceIdIn": is_among("activityInstanceId"),
            "assigned": needs(lambda row: row["assignee"] is not None),
            "unassigned": needs(lambda row: row["assignee"] is None),
            "finished": needs(lambda row: row["endTime"] is not None),
            "unfinished": needs(lambda row: row["endTime"] is None),
            "startedBefore": is_before("startTime"),
            "startedAfter": is_after("startTime"),
            "finishedBefore": is_before("endTime"),
            "finishedAfter": is_after("endTime"),
        },
        sorts={
            "taskId": "id",
            "activityInstanceId": "activityInstanceId",
            "processDefinitionId": "processDefinitionId",
            "processInstanceId": "processInstanceId",
            "executionId": "executionId",
            "duration": "duration",
            "endTime": "endTime",
            "startTime": "startTime",
            "taskName": "name",
            "assignee": "assignee",
            "owner": "owner",
            "taskDefinitionKey": "taskDefinitionKey",
            "priority": "priority",
            "tenantId": "tenantId",
        },
        answer=HistoricTask,
        make=_tasks,
        of_tasks=True,
        dates=("startTime", "endTime", "due", "followUp"),
    ),
)
