"""``/history/…``: activity instances, variables, incidents, tasks and logs, folded from the events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from baton.model.errors import NotFound
from baton.model.values import Value
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, dates, integers, lists, strings
from baton.web.history.fold import Activity, Log, Opened, Rows, Variable, fold
from baton.web.history.rows import Row, after, among, before, declare_rows, equals, like, when
from baton.web.routing import Group
from baton.web.scopes import scope_of
from baton.web.shapes.common import execution_id, node_of
from baton.web.times import date_text
from baton.web.variables import to_rest

GROUP = Group("History", "What happened, folded from the events of instances")

WHERE = (
    *strings("processInstanceId", "processDefinitionId", "processDefinitionKey"),
    *lists("tenantIdIn"),
    *booleans("withoutTenantId"),
)
TENANT = {"tenantIdIn": among("tenantId"), "withoutTenantId": when(lambda row: row["tenantId"] is None)}


def _dated(*names: str) -> Any:
    def show(_call: Call, row: Row) -> Row:
        return {**row, **{name: date_text(row[name]) for name in names}}

    return show


def _base(rows: Rows, token: int, element: str | None) -> Row:
    header = rows.header
    return {
        "processDefinitionKey": header.definition_key,
        "processDefinitionId": header.definition_id,
        "processInstanceId": header.id,
        "rootProcessInstanceId": header.id,
        "executionId": execution_id(header.id, token),
        "activityId": element,
        "tenantId": header.tenant_id,
        "removalTime": None,
    }


ACTIVITY = Shape(
    "HistoricActivityInstance",
    (
        *strings("id", "parentActivityInstanceId", "activityId", "activityName", "activityType"),
        *strings("processDefinitionKey", "processDefinitionId", "processInstanceId", "executionId", "taskId"),
        *strings("assignee", "calledProcessInstanceId", "calledCaseInstanceId"),
        *dates("startTime", "endTime"),
        *integers("durationInMillis"),
        *booleans("canceled", "completeScope"),
        *strings("tenantId", "rootProcessInstanceId"),
        Field("removalTime", "date"),
    ),
)


def _activities(call: Call, rows: Rows) -> Iterable[Row]:
    for one in rows.activities:
        yield _activity(call, rows, one)


def _activity(call: Call, rows: Rows, one: Activity) -> Row:
    header = rows.header
    node = node_of(call.engine, one.definition_id, one.element)
    task = rows.tasks.get(one.task_id or "")
    id = execution_id(header.id, one.token)
    return {
        **_base(rows, one.token, one.element),
        "id": id,
        "parentActivityInstanceId": execution_id(header.id, one.parent),
        "activityName": node.name if node else None,
        "activityType": one.kind or (node.kind.value if node else None),
        "processDefinitionId": one.definition_id,
        "taskId": one.task_id,
        "assignee": task.data.get("assignee") if task else None,
        "calledProcessInstanceId": id if one.called else None,
        "calledCaseInstanceId": None,
        "startTime": one.started_at,
        "endTime": one.ended_at,
        "durationInMillis": None if one.ended_at is None else one.ended_at - one.started_at,
        "canceled": one.cancelled,
        "completeScope": False,
    }


_DATED_ACTIVITY = _dated("startTime", "endTime")
declare_rows(
    GROUP,
    "/history/activity-instance",
    "activity instances",
    filters=(
        *WHERE,
        *strings("activityInstanceId", "executionId", "activityId", "activityName", "activityType", "taskAssignee"),
        *booleans("finished", "unfinished", "canceled", "completeScope"),
        *dates("startedBefore", "startedAfter", "finishedBefore", "finishedAfter"),
    ),
    tests={
        **TENANT,
        "activityInstanceId": equals("id"),
        "executionId": equals("executionId"),
        "activityId": equals("activityId"),
        "activityName": equals("activityName"),
        "activityType": equals("activityType"),
        "taskAssignee": equals("assignee"),
        "finished": when(lambda row: row["endTime"] is not None),
        "unfinished": when(lambda row: row["endTime"] is None),
        "canceled": when(lambda row: row["canceled"]),
        "completeScope": when(lambda row: row["completeScope"]),
        "startedBefore": before("startTime"),
        "startedAfter": after("startTime"),
        "finishedBefore": before("endTime"),
        "finishedAfter": after("endTime"),
    },
    sorts={
        "activityInstanceId": "id",
        "instanceId": "processInstanceId",
        "executionId": "executionId",
        "activityId": "activityId",
        "activityName": "activityName",
        "activityType": "activityType",
        "startTime": "startTime",
        "endTime": "endTime",
        "duration": "durationInMillis",
        "definitionId": "processDefinitionId",
        "occurrence": "startTime",
        "tenantId": "tenantId",
    },
    item=ACTIVITY,
    make=_activities,
    show=_DATED_ACTIVITY,
)


def _rows_of(call: Call, id: str) -> Rows:
    header = call.engine.instance(scope_of(id, "activity instance").instance_id)
    return fold(header, call.engine.history(header.id, 1, header.position))


@GROUP.get("/history/activity-instance/<id>", "One activity instance", answer=ACTIVITY)
def get_activity(call: Call, id: str) -> Row:
    for row in _activities(call, _rows_of(call, id)):
        if row["id"] == id:
            return _DATED_ACTIVITY(call, row)
    raise NotFound(f"Expected a historic activity instance, but there is none with id '{id}'")


VARIABLE = Shape(
    "HistoricVariableInstance",
    (
        *strings("id", "name", "type"),
        Field("value", "any"),
        Field("valueInfo", "object"),
        *strings("processDefinitionKey", "processDefinitionId", "processInstanceId", "executionId"),
        *strings("activityInstanceId", "taskId", "tenantId", "errorMessage", "state", "rootProcessInstanceId"),
        *strings("caseDefinitionKey", "caseDefinitionId", "caseInstanceId", "caseExecutionId"),
        *dates("createTime", "removalTime"),
    ),
)


def _variables(_call: Call, rows: Rows) -> Iterable[Row]:
    for one in rows.variables.values():
        yield _variable(rows, one)


def _variable(rows: Rows, one: Variable) -> Row:
    base = _base(rows, one.scope, None)
    del base["activityId"]
    return {
        **base,
        "id": f"{execution_id(rows.header.id, one.scope)}:{one.name}",
        "name": one.name,
        "raw": one.value,
        "type": to_rest(one.value)["type"],
        "activityInstanceId": execution_id(rows.header.id, one.scope),
        "taskId": None,
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "errorMessage": None,
        "state": "DELETED" if one.deleted else "CREATED",
        "createTime": one.created_at,
    }


def _show_variable(call: Call, row: Row) -> Row:
    value: Value = row.pop("raw")
    shown = to_rest(value, call.query.get("deserializeValues", True))
    return {**row, **shown, "createTime": date_text(row["createTime"])}


declare_rows(
    GROUP,
    "/history/variable-instance",
    "variables, the last value of each",
    filters=(
        *WHERE,
        *strings("variableName", "variableNameLike"),
        *lists("processInstanceIdIn", "executionIdIn", "activityInstanceIdIn", "variableNameIn", "variableTypeIn"),
        *booleans("includeDeleted"),
    ),
    tests={
        **TENANT,
        "variableName": equals("name"),
        "variableNameLike": like("name"),
        "executionIdIn": among("executionId"),
        "activityInstanceIdIn": among("activityInstanceId"),
        "variableNameIn": among("name"),
        "variableTypeIn": lambda row, types: row["type"].lower() in [one.lower() for one in types],
    },
    sorts={"instanceId": "processInstanceId", "variableName": "name", "tenantId": "tenantId"},
    item=VARIABLE,
    make=lambda call, rows: (row for row in _variables(call, rows) if _is_shown(call, row)),
    show=_show_variable,
    extra=booleans("deserializeValues"),
)


def _is_shown(call: Call, row: Row) -> bool:
    wanted = call.query.get("includeDeleted") or call.body.get("includeDeleted")
    return bool(wanted) or row["state"] != "DELETED"


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


def _incidents(_call: Call, rows: Rows) -> Iterable[Row]:
    for one in rows.incidents.values():
        gone = one.closed_at is None and rows.header.state.is_ended
        yield {
            **_base(rows, one.token, one.element),
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
    show=_dated("createTime", "endTime"),
)


TASK = Shape(
    "HistoricTask",
    (
        *strings("id", "processDefinitionKey", "processDefinitionId", "processInstanceId", "executionId"),
        *strings("activityInstanceId", "name", "description", "deleteReason", "owner", "assignee"),
        *strings("taskDefinitionKey", "parentTaskId", "tenantId", "rootProcessInstanceId"),
        *dates("startTime", "endTime", "due", "followUp", "removalTime"),
        *integers("duration", "priority"),
    ),
)


def _tasks(call: Call, rows: Rows) -> Iterable[Row]:
    for one in rows.tasks.values():
        yield _task(call, rows, one)


def _task(call: Call, rows: Rows, one: Opened) -> Row:
    base = _base(rows, one.token, None)
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
    show=_dated("startTime", "endTime", "due", "followUp"),
)


def log_row(rows: Rows, one: Log) -> Row:
    """The fields that every log has."""
    return {
        **_base(rows, one.token, one.element),
        "id": f"{rows.header.id}.e{one.position}",
        "timestamp": one.at,
        "position": one.position,
        "creationLog": one.kind == "creation",
        "failureLog": one.kind == "failure",
        "successLog": one.kind == "success",
        "deletionLog": False,
    }
