"""``/history/…``: activity instances, variables, incidents, tasks and logs, folded from the events."""

from __future__ import annotations

from collections.abc import Iterable

from baton.model.errors import NotFound
from baton.model.values import Value
from baton.service import ActivityInstance, HistoryProjection, LogEntry, VariableInstance
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, dates, integers, lists, strings
from baton.web.history.rows import Row, after, among, before, dated, declare_rows, equals, like, when
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


def base_row(rows: HistoryProjection, token: int, element: str | None) -> Row:
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


def _activities(call: Call, rows: HistoryProjection) -> Iterable[Row]:
    for one in rows.activities:
        yield _activity(call, rows, one)


def _activity(call: Call, rows: HistoryProjection, one: ActivityInstance) -> Row:
    header = rows.header
    node = node_of(call.engine, one.definition_id, one.element)
    task = rows.tasks.get(one.task_id or "")
    id = execution_id(header.id, one.token)
    return {
        **base_row(rows, one.token, one.element),
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


_DATED_ACTIVITY = dated("startTime", "endTime")
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


def _rows_of(call: Call, id: str) -> HistoryProjection:
    header = call.engine.instances.get(scope_of(id, "activity instance").instance_id)
    return call.engine.history.project(header)


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


def _variables(_call: Call, rows: HistoryProjection) -> Iterable[Row]:
    for one in rows.variables:
        yield _variable(rows, one)


def _variable(rows: HistoryProjection, one: VariableInstance) -> Row:
    base = base_row(rows, one.scope, None)
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


def log_row(rows: HistoryProjection, one: LogEntry) -> Row:
    """The fields that every log has."""
    return {
        **base_row(rows, one.token, one.element),
        "id": f"{rows.header.id}.e{one.position}",
        "timestamp": one.at,
        "position": one.position,
        "creationLog": one.kind == "creation",
        "failureLog": one.kind == "failure",
        "successLog": one.kind == "success",
        "deletionLog": False,
    }
