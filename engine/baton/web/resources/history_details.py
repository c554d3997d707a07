"""``/history/detail`` and ``/history/identity-link-log``: changes of variables and of the people of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from baton.model.declared import apply_declarations
from baton.model.errors import NotFound
from baton.model.events import Event, EventType
from baton.service import HistoryProjection
from baton.web.answers.common import make_execution_id
from baton.web.answers.history import HistoricVariableInstance
from baton.web.answers.history_details import HistoricDetail, HistoricIdentityLink
from baton.web.context import Raw, RequestContext
from baton.web.history.rows import Row, RowListing, declare_rows, is_after, is_before, is_equal, is_like, needs
from baton.web.models.filtering import Page
from baton.web.models.history_details import HistoricDetailFilters, IdentityLinkFilters
from baton.web.models.variables import OneVariableQuery, VariableInstanceQuery
from baton.web.resources.history import GROUP, TENANT, VARIABLES, list_variables, make_base_row
from baton.web.routes.variables import to_download
from baton.web.scopes import parse_instance, parse_scope
from baton.web.times import format_date
from baton.web.variables import to_rest


def _details(context: RequestContext, rows: HistoryProjection) -> Iterator[Row]:
    revisions: dict[tuple[int, str], int] = {}
    for event in context.engine.history.list_events(rows.header.id):
        if event.type is EventType.VARIABLES_CHANGED:
            yield from _changes(rows, event, revisions)


def _changes(rows: HistoryProjection, event: Event, revisions: dict[tuple[int, str], int]) -> Iterator[Row]:
    data = cast("dict[str, Any]", dict(event.data))
    scope = int(data.get("scope") or 0)
    execution = make_execution_id(rows.header.id, scope)
    for name, value in apply_declarations(data.get("set") or {}, data.get("types")).items():
        revision = revisions.get((scope, name), -1) + 1
        revisions[(scope, name)] = revision
        base = make_base_row(rows, scope, None)
        del base["activityId"]
        yield {
            **base,
            "id": f"{rows.header.id}.e{event.position}:{name}",
            "type": "variableUpdate",
            "taskId": None,
            "caseInstanceId": None,
            "caseExecutionId": None,
            "activityInstanceId": execution,
            "userOperationId": f"{rows.header.id}.e{event.position}" if data.get("by") else None,
            "time": event.at,
            "position": event.position,
            "variableName": name,
            "variableInstanceId": f"{execution}:{name}",
            "variableType": to_rest(value)["type"],
            "raw": value,
            "initial": revision == 0,
            "revision": revision,
        }


def _show_detail(row: Row, page: Page) -> HistoricDetail:
    shown = to_rest(row["raw"], page.deserialize)
    changed: Row = {
        "value": shown["value"],
        "valueInfo": shown.get("valueInfo") or {},
        "time": format_date(row["time"]),
    }
    fields: Row = {**row, **changed}
    return HistoricDetail(**fields)


DETAILS = RowListing(
    path="/history/detail",
    what="changes of variables, one by one",
    filters=HistoricDetailFilters,
    tests={
        **TENANT,
        "executionId": is_equal("executionId"),
        "activityInstanceId": is_equal("activityInstanceId"),
        "taskId": is_equal("taskId"),
        "caseInstanceId": is_equal("caseInstanceId"),
        "caseExecutionId": is_equal("caseExecutionId"),
        "formFields": needs(lambda row: row["type"] == "formField"),
        "variableInstanceId": is_equal("variableInstanceId"),
        "variableTypeIn": lambda row, types: row["variableType"].lower() in [item.lower() for item in types],
        "variableNameLike": is_like("variableName"),
        "userOperationId": is_equal("userOperationId"),
        "initial": needs(lambda row: row["initial"]),
        "occurredBefore": is_before("time"),
        "occurredAfter": is_after("time"),
    },
    sorts={
        "processInstanceId": "processInstanceId",
        "variableName": "variableName",
        "variableType": "variableType",
        "variableRevision": "revision",
        "time": "time",
        "occurrence": "position",
        "tenantId": "tenantId",
    },
    answer=HistoricDetail,
    make=_details,
    show=_show_detail,
)
declare_rows(GROUP, DETAILS)


def _find_detail(context: RequestContext, id: str) -> Row:
    header = context.engine.instances.get(parse_instance(id.partition(".e")[0], "historic detail"))
    for row in _details(context, context.engine.history.project(header)):
        if row["id"] == id:
            return row
    raise NotFound(f"Expected a historic detail, but there is none with id '{id}'")


@GROUP.get("/history/detail/<id>", "One change of a variable")
def get_detail(context: RequestContext, id: str, query: VariableInstanceQuery) -> HistoricDetail:
    return _show_detail(_find_detail(context, id), Page(0, 1, (), query.deserializeValue is not False))


@GROUP.get("/history/detail/<id>/data", "The bytes that a change set", media="application/octet-stream")
def get_detail_data(context: RequestContext, id: str) -> Raw:
    row = _find_detail(context, id)
    return to_download(row["variableName"], row["raw"])


def _find_variable(context: RequestContext, id: str) -> Row:
    scope = parse_scope(id.partition(":")[0], "historic variable instance")
    projection = context.engine.history.project(context.engine.instances.get(scope.instance_id))
    for row in list_variables(context, projection):
        if row["id"] == id:
            return row
    raise NotFound(f"Expected a historic variable instance, but there is none with id '{id}'")


@GROUP.get("/history/variable-instance/<id>", "The last value of one variable")
def get_variable(context: RequestContext, id: str, query: OneVariableQuery) -> HistoricVariableInstance:
    show = VARIABLES.show
    assert show is not None
    page = Page(0, 1, (), query.plain)
    return cast("HistoricVariableInstance", show(_find_variable(context, id), page))


@GROUP.get("/history/variable-instance/<id>/data", "The bytes of one variable", media="application/octet-stream")
def get_variable_data(context: RequestContext, id: str) -> Raw:
    row = _find_variable(context, id)
    return to_download(row["name"], row["raw"])


_PEOPLE = (("assignee", "assignee", "userId"), ("owner", "owner", "userId"))
_CANDIDATES = (("candidate_users", "candidate", "userId"), ("candidate_groups", "candidate", "groupId"))
Link = tuple[str, str, str]
"""Type, ``userId`` or ``groupId``, and who."""


def _links(context: RequestContext, rows: HistoryProjection) -> Iterator[Row]:
    known: dict[str, dict[str, set[Link]]] = {}
    for event in context.engine.history.list_events(rows.header.id):
        if event.type in (EventType.USER_TASK_CREATED, EventType.USER_TASK_CHANGED):
            data = cast("dict[str, Any]", dict(event.data))
            before = known.setdefault(str(data.get("id")), {})
            yield from _show_changes(rows, event, data, before)


def _show_changes(
    rows: HistoryProjection, event: Event, data: dict[str, Any], before: dict[str, set[Link]]
) -> Iterator[Row]:
    base = make_base_row(rows, event.token or 0, None)
    for field, now in _read_links(data).items():
        was = before.get(field, set())
        before[field] = now
        changes = [("delete", link) for link in sorted(was - now)] + [("add", link) for link in sorted(now - was)]
        for number, (operation, (kind, who, name)) in enumerate(changes):
            yield {
                "id": f"{rows.header.id}.e{event.position}.{field}.{number}",
                "time": event.at,
                "type": kind,
                "userId": name if who == "userId" else None,
                "groupId": name if who == "groupId" else None,
                "taskId": rows.show_task_id(str(data.get("id"))),
                "processDefinitionId": base["processDefinitionId"],
                "processDefinitionKey": base["processDefinitionKey"],
                "operationType": operation,
                "assignerId": data.get("by"),
                "tenantId": base["tenantId"],
                "rootProcessInstanceId": base["rootProcessInstanceId"],
            }


def _read_links(data: dict[str, Any]) -> dict[str, set[Link]]:
    """Those of each field that an event sets."""
    found: dict[str, set[Link]] = {}
    for field, kind, who in _PEOPLE:
        if field in data:
            found[field] = {(kind, who, str(data[field]))} if data[field] else set()
    for field, kind, who in _CANDIDATES:
        if field in data:
            found[field] = {(kind, who, str(name)) for name in cast("Iterable[Any]", data[field] or ())}
    return found


declare_rows(
    GROUP,
    RowListing(
        path="/history/identity-link-log",
        what="who was added to tasks, and taken from them",
        filters=IdentityLinkFilters,
        tests={
            **TENANT,
            "type": is_equal("type"),
            "userId": is_equal("userId"),
            "groupId": is_equal("groupId"),
            "taskId": is_equal("taskId"),
            "operationType": is_equal("operationType"),
            "assignerId": is_equal("assignerId"),
            "dateBefore": is_before("time"),
            "dateAfter": is_after("time"),
        },
        sorts={
            "time": "time",
            "type": "type",
            "userId": "userId",
            "groupId": "groupId",
            "taskId": "taskId",
            "processDefinitionId": "processDefinitionId",
            "processDefinitionKey": "processDefinitionKey",
            "operationType": "operationType",
            "assignerId": "assignerId",
            "tenantId": "tenantId",
        },
        answer=HistoricIdentityLink,
        make=_links,
        dates=("time",),
        of_tasks=True,
    ),
)
