"""``/history/incident`` and ``/history/task``: what was open for a while."""

from __future__ import annotations

from collections.abc import Iterable

from baton.service import HistoryProjection, RecordHistory
from baton.web.call import Call
from baton.web.fields import Shape, booleans, dates, integers, lists, strings
from baton.web.history.rows import Row, after, among, before, dated, declare_rows, equals, like, when
from baton.web.resources.history import GROUP, TENANT, WHERE, base_row
from baton.web.shapes.common import execution_id, node_of

INCIDENT = Shape(
    "HistoricIncident",
    (
        *strings("id", "processDefinitionKey", "processDefinitionId", "processInstanceId", "executionId"),
        *strings("incidentType", "activityId", "failedActivityId", "causeIncidentId", "rootCauseIncidentId"),
        *strings("configuration", "historyConfiguration", "incidentMessage", "tenantId", "jobDefinitionId"),
        *strings("annotation", "rootProcessInstanceId"),
        *dates("createTime", "endTime", "removalTime"),
        *booleans("open", "deleted", "resolved"),
    ),
)


def _incidents(_call: Call, rows: HistoryProjection) -> Iterable[Row]:
    for one in rows.incidents.values():
        gone = one.closed_at is None and rows.header.state.is_ended
        yield {
            **base_row(rows, one.token, one.element),
            "id": one.id,
            "incidentType": one.data.get("kind"),
            "failedActivityId": one.element,
            "causeIncidentId": one.id,
            "rootCauseIncidentId": one.id,
            "configuration": one.data.get("configuration"),
            "historyConfiguration": None,
            "incidentMessage": one.data.get("message"),
            "jobDefinitionId": None,
            "annotation": None,
            "createTime": one.opened_at,
            "endTime": one.closed_at or (rows.header.ended_at if gone else None),
            "open": one.closed_at is None and not gone,
            "deleted": gone,
            "resolved": one.closed_at is not None,
        }


declare_rows(
    GROUP,
    "/history/incident",
    "incidents, resolved ones included",
    filters=(
        *WHERE,
        *strings("incidentId", "incidentType", "incidentMessage", "incidentMessageLike", "executionId", "activityId"),
        *strings("failedActivityId", "configuration"),
        *lists("processDefinitionKeyIn"),
        *booleans("open", "resolved", "deleted"),
        *dates("createTimeBefore", "createTimeAfter", "endTimeBefore", "endTimeAfter"),
    ),
    tests={
        **TENANT,
        "incidentId": equals("id"),
        "incidentType": equals("incidentType"),
        "incidentMessage": equals("incidentMessage"),
        "incidentMessageLike": like("incidentMessage"),
        "executionId": equals("executionId"),
        "activityId": equals("activityId"),
        "failedActivityId": equals("failedActivityId"),
        "configuration": equals("configuration"),
        "open": when(lambda row: row["open"]),
        "resolved": when(lambda row: row["resolved"]),
        "deleted": when(lambda row: row["deleted"]),
        "createTimeBefore": before("createTime"),
        "createTimeAfter": after("createTime"),
        "endTimeBefore": before("endTime"),
        "endTimeAfter": after("endTime"),
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
    item=INCIDENT,
    make=_incidents,
    show=dated("createTime", "endTime"),
)


TASK = Shape(
    "HistoricTask",
    (
        *strings("id", "processDefinitionKey", "processDefinitionId", "processInstanceId", "executionId"),
        *strings("activityInstanceId", "name", "description", "deleteReason", "owner", "assignee"),
        *strings("taskDefinitionKey", "parentTaskId", "tenantId", "rootProcessInstanceId"),
        *strings("caseDefinitionId", "caseDefinitionKey", "caseExecutionId", "caseInstanceId"),
        *dates("startTime", "endTime", "due", "followUp", "removalTime"),
        *integers("duration", "priority"),
    ),
)


def _tasks(call: Call, rows: HistoryProjection) -> Iterable[Row]:
    for one in rows.tasks.values():
        yield _task(call, rows, one)


def _task(call: Call, rows: HistoryProjection, one: RecordHistory) -> Row:
    base = base_row(rows, one.token, None)
    del base["activityId"]
    node = node_of(call.engine, rows.header.definition_id, one.element or "")
    ended = one.closed_at or rows.header.ended_at
    return {
        **base,
        "id": one.id,
        "activityInstanceId": execution_id(rows.header.id, one.token),
        "name": one.data.get("name") or (node.name if node else None),
        "description": one.data.get("description"),
        "deleteReason": one.reason or ("deleted" if ended is not None else None),
        "owner": one.data.get("owner"),
        "assignee": one.data.get("assignee"),
        "startTime": one.opened_at,
        "endTime": ended,
        "duration": None if ended is None else ended - one.opened_at,
        "taskDefinitionKey": one.element,
        "priority": one.data.get("priority", 50),
        "due": one.data.get("due"),
        "followUp": one.data.get("follow_up"),
        "parentTaskId": None,
        "caseDefinitionId": None,
        "caseDefinitionKey": None,
        "caseExecutionId": None,
        "caseInstanceId": None,
    }


declare_rows(
    GROUP,
    "/history/task",
    "user tasks, done ones included",
    filters=(
        *WHERE,
        *strings("taskId", "executionId", "taskName", "taskNameLike", "taskDefinitionKey", "taskDeleteReason"),
        *strings("taskAssignee", "taskAssigneeLike", "taskOwner"),
        *lists("activityInstanceIdIn", "taskDefinitionKeyIn"),
        *booleans("assigned", "unassigned", "finished", "unfinished"),
        *dates("startedBefore", "startedAfter", "finishedBefore", "finishedAfter"),
    ),
    tests={
        **TENANT,
        "taskId": equals("id"),
        "executionId": equals("executionId"),
        "taskName": equals("name"),
        "taskNameLike": like("name"),
        "taskDefinitionKey": equals("taskDefinitionKey"),
        "taskDefinitionKeyIn": among("taskDefinitionKey"),
        "taskDeleteReason": equals("deleteReason"),
        "taskAssignee": equals("assignee"),
        "taskAssigneeLike": like("assignee"),
        "taskOwner": equals("owner"),
        "activityInstanceIdIn": among("activityInstanceId"),
        "assigned": when(lambda row: row["assignee"] is not None),
        "unassigned": when(lambda row: row["assignee"] is None),
        "finished": when(lambda row: row["endTime"] is not None),
        "unfinished": when(lambda row: row["endTime"] is None),
        "startedBefore": before("startTime"),
        "startedAfter": after("startTime"),
        "finishedBefore": before("endTime"),
        "finishedAfter": after("endTime"),
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
    item=TASK,
    make=_tasks,
    show=dated("startTime", "endTime", "due", "followUp"),
)
