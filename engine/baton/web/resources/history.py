"""``/history/…``: activity instances, variables, incidents, tasks and logs, folded from the events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from baton.model.errors import NotFound
from baton.service import ActivityInstance, HistoryProjection, LogEntry, VariableInstance
from baton.web.answers.common import find_node, make_execution_id
from baton.web.answers.history import HistoricActivityInstance, HistoricVariableInstance
from baton.web.context import RequestContext
from baton.web.history.rows import (
    Row,
    RowListing,
    declare_rows,
    is_after,
    is_among,
    is_before,
    is_equal,
    matches,
    needs,
)
from baton.web.models.bodies import BODY_TYPE, show_activity_id
from baton.web.models.filtering import Page
from baton.web.models.history import HistoricActivityFilters, HistoricVariableFilters
from baton.web.routes.group import Group
from baton.web.scopes import parse_scope
from baton.web.times import format_date
from baton.web.variables import to_rest

GROUP = Group("History", "What happened, folded from the events of instances", resource="history")

TENANT = {"tenantIdIn": is_among("tenantId"), "withoutTenantId": needs(lambda row: row["tenantId"] is None)}


def make_base_row(rows: HistoryProjection, token: int, element: str | None) -> Row:
    """What all rows have; of a task without a process nothing but the tenant."""
    header, of_process = rows.header, not rows.header.is_standalone
    return {
        "processDefinitionKey": header.definition_key if of_process else None,
        "processDefinitionId": header.definition_id if of_process else None,
        "processInstanceId": header.id if of_process else None,
        "rootProcessInstanceId": header.id if of_process else None,
        "executionId": make_execution_id(header.id, token) if of_process else None,
        "activityId": element,
        "tenantId": header.tenant_id,
        "removalTime": None,
    }


def _activities(context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    for activity in rows.activities:
        yield _activity(context, rows, activity)


def _activity(context: RequestContext, rows: HistoryProjection, activity: ActivityInstance) -> Row:
    header = rows.header
    node = find_node(context.engine, activity.definition_id, activity.element)
    task = rows.tasks.get(activity.task_id or "")
    id = make_execution_id(header.id, activity.token)
    return {
        **make_base_row(rows, activity.token, show_activity_id(activity.element, body=activity.body)),
        "id": id,
        "parentActivityInstanceId": make_execution_id(header.id, activity.parent),
        "activityName": node.name if node else None,
        "activityType": BODY_TYPE if activity.body else activity.kind or (node.kind.value if node else None),
        "processDefinitionId": activity.definition_id,
        "taskId": activity.task_id,
        "assignee": task.data.get("assignee") if task else None,
        "calledProcessInstanceId": id if activity.called else None,
        "calledCaseInstanceId": None,
        "startTime": activity.started_at,
        "endTime": activity.ended_at,
        "durationInMillis": None if activity.ended_at is None else activity.ended_at - activity.started_at,
        "canceled": activity.cancelled,
        "completeScope": False,
    }


ACTIVITIES = RowListing(
    path="/history/activity-instance",
    what="activity instances",
    filters=HistoricActivityFilters,
    tests={
        **TENANT,
        "activityInstanceId": is_equal("id"),
        "executionId": is_equal("executionId"),
        "activityId": is_equal("activityId"),
        "activityName": is_equal("activityName"),
        "activityType": is_equal("activityType"),
        "taskAssignee": is_equal("assignee"),
        "finished": needs(lambda row: row["endTime"] is not None),
        "unfinished": needs(lambda row: row["endTime"] is None),
        "canceled": needs(lambda row: row["canceled"]),
        "completeScope": needs(lambda row: row["completeScope"]),
        "startedBefore": is_before("startTime"),
        "startedAfter": is_after("startTime"),
        "finishedBefore": is_before("endTime"),
        "finishedAfter": is_after("endTime"),
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
    header = context.engine.instances.get(parse_scope(id, "activity instance").instance_id)
    for row in _activities(context, context.engine.history.project(header)):
        if row["id"] == id:
            return cast("HistoricActivityInstance", ACTIVITIES.show_row(row))
    raise NotFound(f"Expected a historic activity instance, but there is none with id '{id}'")


def list_variables(_context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    """All that there ever were, with their last values."""
    tasks = {task.token: rows.show_task_id(task.id) for task in rows.tasks.values()}
    whole = next(iter(tasks.values()), None) if rows.header.is_standalone else None
    for variable in rows.variables:
        yield _variable(rows, variable, whole or tasks.get(variable.scope))


def _variable(rows: HistoryProjection, variable: VariableInstance, task_id: str | None) -> Row:
    base = make_base_row(rows, variable.scope, None)
    del base["activityId"]
    return {
        **base,
        "id": f"{base['executionId'] or task_id}:{variable.name}",
        "name": variable.name,
        "raw": variable.value,
        "type": to_rest(variable.value)["type"],
        "activityInstanceId": base["executionId"],
        "taskId": task_id,
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "errorMessage": None,
        "state": "DELETED" if variable.deleted else "CREATED",
        "createTime": variable.created_at,
    }


def _show_variable(row: Row, page: Page) -> HistoricVariableInstance:
    shown = to_rest(row["raw"], page.deserialize)
    fields: Row = {**row, **shown, "createTime": format_date(row["createTime"])}
    return HistoricVariableInstance(**fields)


def _is_shown(filters: HistoricVariableFilters, row: Row) -> bool:
    if filters.includeDeleted is not True and row["state"] == "DELETED":
        return False
    pattern = filters.variableNameLike
    if pattern is not None and not matches(filters.normalize_name(row["name"]), filters.normalize_name(pattern)):
        return False
    return filters.matches_value(row["name"], row["raw"])


VARIABLES = RowListing(
    path="/history/variable-instance",
    what="variables, the last value of each",
    filters=HistoricVariableFilters,
    tests={
        **TENANT,
        "executionIdIn": is_among("executionId"),
        "activityInstanceIdIn": is_among("activityInstanceId"),
        "taskIdIn": is_among("taskId"),
        "variableNameIn": is_among("name"),
        "variableTypeIn": lambda row, types: row["type"].lower() in [item.lower() for item in types],
    },
    sorts={"instanceId": "processInstanceId", "variableName": "name", "tenantId": "tenantId"},
    answer=HistoricVariableInstance,
    make=list_variables,
    show=_show_variable,
    keep=_is_shown,
    may_be_of_tasks=True,
)
declare_rows(GROUP, VARIABLES)


def make_log_row(rows: HistoryProjection, entry: LogEntry) -> Row:
    """The fields that every log has."""
    return {
        **make_base_row(rows, entry.token, entry.element),
        "id": f"{rows.header.id}.e{entry.position}",
        "timestamp": entry.at,
        "position": entry.position,
        "creationLog": entry.kind == "creation",
        "failureLog": entry.kind == "failure",
        "successLog": entry.kind == "success",
        "deletionLog": entry.kind == "deletion",
    }
