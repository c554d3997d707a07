"""``/history/…``: activity instances, variables, incidents, tasks and logs, folded from the events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from baton.model.errors import NotFound
from baton.service import ActivityInstance, HistoryProjection, LogEntry, VariableInstance
from baton.web.answers.common import execution_id, node_of
from baton.web.answers.history import HistoricActivityInstance, HistoricVariableInstance
from baton.web.context import RequestContext
from baton.web.history.rows import Row, RowListing, after, among, before, declare_rows, equals, like, when
from baton.web.models.bodies import BODY_TYPE, show_activity_id
from baton.web.models.filtering import Page
from baton.web.models.history import HistoricActivityFilters, HistoricVariableFilters
from baton.web.routes.group import Group
from baton.web.scopes import scope_of
from baton.web.times import date_text
from baton.web.variables import to_rest

GROUP = Group("History", "What happened, folded from the events of instances")

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


def _activities(context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    for one in rows.activities:
        yield _activity(context, rows, one)


def _activity(context: RequestContext, rows: HistoryProjection, one: ActivityInstance) -> Row:
    header = rows.header
    node = node_of(context.engine, one.definition_id, one.element)
    task = rows.tasks.get(one.task_id or "")
    id = execution_id(header.id, one.token)
    return {
        **base_row(rows, one.token, show_activity_id(one.element, body=one.body)),
        "id": id,
        "parentActivityInstanceId": execution_id(header.id, one.parent),
        "activityName": node.name if node else None,
        "activityType": BODY_TYPE if one.body else one.kind or (node.kind.value if node else None),
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


ACTIVITIES = RowListing(
    path="/history/activity-instance",
    what="activity instances",
    filters=HistoricActivityFilters,
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
    answer=HistoricActivityInstance,
    make=_activities,
    dates=("startTime", "endTime"),
)
declare_rows(GROUP, ACTIVITIES)


@GROUP.get("/history/activity-instance/<id>", "One activity instance")
def get_activity(context: RequestContext, id: str) -> HistoricActivityInstance:
    header = context.engine.instances.get(scope_of(id, "activity instance").instance_id)
    for row in _activities(context, context.engine.history.project(header)):
        if row["id"] == id:
            return cast("HistoricActivityInstance", ACTIVITIES.show_row(row))
    raise NotFound(f"Expected a historic activity instance, but there is none with id '{id}'")


def _variables(_context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
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


def _show_variable(row: Row, page: Page) -> HistoricVariableInstance:
    shown = to_rest(row["raw"], page.deserialize)
    fields: Row = {**row, **shown, "createTime": date_text(row["createTime"])}
    return HistoricVariableInstance(**fields)


def _is_shown(filters: HistoricVariableFilters, row: Row) -> bool:
    return filters.includeDeleted is True or row["state"] != "DELETED"


declare_rows(
    GROUP,
    RowListing(
        path="/history/variable-instance",
        what="variables, the last value of each",
        filters=HistoricVariableFilters,
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
        answer=HistoricVariableInstance,
        make=_variables,
        show=_show_variable,
        keep=_is_shown,
    ),
)


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
