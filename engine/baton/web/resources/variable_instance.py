"""``/variable-instance``: the variables of running instances, across instances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from baton.model.errors import NotFound
from baton.model.values import Value
from baton.service import InstanceQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, lists, strings
from baton.web.history.rows import Row, matches
from baton.web.lists import Listing, Page, declare
from baton.web.routing import Group
from baton.web.scopes import scope_of
from baton.web.shapes.common import execution_id
from baton.web.variables import to_rest

GROUP = Group("Variable Instance", "The variables of running instances")

MAX_INSTANCES = 1_000
VARIABLE_INSTANCE = Shape(
    "VariableInstance",
    (
        *strings("id", "name", "type", "processDefinitionId", "processInstanceId", "executionId"),
        Field("value", "any"),
        Field("valueInfo", "object"),
        *strings("activityInstanceId", "caseInstanceId", "caseExecutionId", "taskId", "batchId", "tenantId"),
        *strings("errorMessage"),
    ),
)


def _found(call: Call, filters: Any) -> list[Row]:
    return [row for row in _rows(call, filters) if _fits(row, filters)]


def _rows(call: Call, filters: Any) -> Iterator[Row]:
    scopes = filters.get("executionIdIn") or filters.get("activityInstanceIdIn") or filters.get("variableScopeIdIn")
    ids = filters.get("processInstanceIdIn") or (
        tuple({scope_of(one).instance_id for one in scopes}) if scopes else None
    )
    for header in call.engine.instances.find(InstanceQuery(ids=ids, limit=MAX_INSTANCES)):
        for scope, values in call.engine.instance_reader.get_snapshot(header.id).variables.items():
            for name, value in values.items():
                yield _row(header.id, header.definition_id, header.tenant_id, scope, name, value)


def _row(instance_id: str, definition_id: str, tenant_id: str | None, scope: int, name: str, value: Value) -> Row:
    holder = execution_id(instance_id, scope)
    return {
        "id": f"{holder}:{name}",
        "name": name,
        "processDefinitionId": definition_id,
        "processInstanceId": instance_id,
        "executionId": holder,
        "activityInstanceId": holder,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "taskId": None,
        "batchId": None,
        "tenantId": tenant_id,
        "errorMessage": None,
        "raw": value,
        "type": to_rest(value)["type"],
    }


def _fits(row: Row, filters: Any) -> bool:
    if filters.get("variableName") not in (None, row["name"]):
        return False
    if "variableNameLike" in filters and not matches(row["name"], filters["variableNameLike"]):
        return False
    holders = ("executionIdIn", "activityInstanceIdIn", "variableScopeIdIn")
    return all(row["executionId"] in filters[name] for name in holders if name in filters)


def _fetch(call: Call, filters: Any, page: Page) -> list[Any]:
    rows = _found(call, filters)
    for name, descending in reversed(page.sort):
        rows.sort(key=lambda row: row[name] or "", reverse=descending)
    return [_show(call, row) for row in rows[page.first : page.first + page.limit]]


def _show(call: Call, row: Row) -> Row:
    shown = to_rest(row["raw"], call.query.get("deserializeValues", True))
    return {**{name: value for name, value in row.items() if name != "raw"}, **shown}


declare(
    GROUP,
    Listing(
        path="/variable-instance",
        what="variables of running instances",
        filters=(
            *strings("variableName", "variableNameLike"),
            *lists("processInstanceIdIn", "executionIdIn", "activityInstanceIdIn", "variableScopeIdIn"),
        ),
        sorts={
            "variableName": "name",
            "variableType": "type",
            "activityInstanceId": "activityInstanceId",
            "tenantId": "tenantId",
        },
        item=VARIABLE_INSTANCE,
        fetch=_fetch,
        count=lambda call, filters: len(_found(call, filters)),
        extra=booleans("deserializeValues"),
    ),
)


@GROUP.get("/variable-instance/<id>", "One variable", query=booleans("deserializeValue"), answer=VARIABLE_INSTANCE)
def get_variable(call: Call, id: str) -> Row:
    for row in _rows(call, {"executionIdIn": (id.partition(":")[0],)}):
        if row["id"] == id:
            return _show(call, row)
    raise NotFound(f"Expected a variable instance, but there is none with id '{id}'")
