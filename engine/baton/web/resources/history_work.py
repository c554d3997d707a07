"""``/history/incident`` and ``/history/task``: what was open for a while."""

from __future__ import annotations

from collections.abc import Iterable

from baton.service import HistoryProjection, RecordHistory
from baton.web.answers.common import execution_id, node_of
from baton.web.answers.history import HistoricIncident, HistoricTask
from baton.web.context import RequestContext
from baton.web.history.rows import Row, RowListing, after, among, before, declare_rows, equals, like, when
from baton.web.models.history import HistoricIncidentFilters, HistoricTaskFilters
from baton.web.resources.history import GROUP, TENANT, base_row


def _incidents(_context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
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
    RowListing(
        path="/history/incident",
        what="incidents, resolved ones included",
        filters=HistoricIncidentFilters,
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
        answer=HistoricIncident,
        make=_incidents,
        dates=("createTime", "endTime"),
    ),
)


def _tasks(context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    for one in rows.tasks.values():
        yield _task(context, rows, one)


def _task(context: RequestContext, rows: HistoryProjection, one: RecordHistory) -> Row:
    base = base_row(rows, one.token, None)
    del base["activityId"]
    node = node_of(context.engine, rows.header.definition_id, one.element or "")
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
    RowListing(
        path="/history/task",
        what="user tasks, done ones included",
        filters=HistoricTaskFilters,
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
        answer=HistoricTask,
        make=_tasks,
        dates=("startTime", "endTime", "due", "followUp"),
    ),
)
