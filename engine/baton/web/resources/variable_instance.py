"""``/variable-instance``: the variables of running instances, across instances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from baton.model.errors import NotFound
from baton.model.ids import get_instance_id, is_instance_id, parse_record_id
from baton.model.records import UserTask
from baton.model.values import Value
from baton.service import InstanceQuery, UserTaskQuery, match_variables
from baton.web.answers.common import make_execution_id
from baton.web.answers.variables import VariableInstance
from baton.web.context import Raw, RequestContext
from baton.web.history.rows import Row, matches
from baton.web.models.filtering import Page
from baton.web.models.variables import VariableInstanceFilters, VariableInstanceQuery
from baton.web.resources.called_instances import find_known, is_called_id, list_executions
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.routes.variables import to_download
from baton.web.scopes import parse_scope
from baton.web.variables import to_rest

GROUP = Group("Variable Instance", "The variables of running instances", resource="process-instance")

MAX_INSTANCES = 1_000
_MOST_COLONS = 8
"""In the id of a variable: any of the first may come between the id of a task and the name."""


def _find(context: RequestContext, filters: VariableInstanceFilters) -> list[Row]:
    if filters.batchIdIn is not None:
        return []
    compared = filters.list_comparisons()
    found = [row for row in _rows(context, filters) if _fits(row, filters)]
    return [row for row in found if match_variables({row["name"]: row["raw"]}, compared)] if compared else found


def _rows(context: RequestContext, filters: VariableInstanceFilters) -> Iterator[Row]:
    if filters.taskIdIn is not None:
        yield from _list_of_tasks(context, filters.taskIdIn)
        return
    ids, scopes = filters.processInstanceIdIn, filters.list_scopes()
    if not ids and scopes:
        ids = tuple({parse_scope(item).instance_id for item in scopes})
    called = [id for id in filters.processInstanceIdIn or () if is_called_id(id)]
    if called:
        yield from _list_of_called(context, called)
        ids = tuple(id for id in ids or () if not is_called_id(id))
        if not ids:
            return
    for header in context.engine.instances.find(InstanceQuery(ids=ids or None, limit=MAX_INSTANCES)):
        for scope, values in context.engine.instance_reader.list_readable_variables(header.id).items():
            for name, value in values.items():
                yield _row(header.id, header.definition_id, header.tenant_id, scope, name, value)


def _list_of_tasks(context: RequestContext, ids: tuple[str, ...]) -> Iterator[Row]:
    """The variables of tasks' own; of one without a process all that it has."""
    for task in context.engine.user_tasks.find(UserTaskQuery(ids=ids)):
        scopes = context.engine.instance_reader.list_readable_variables(task.instance_id)
        for scope, values in scopes.items():
            if scope == task.token or task.is_standalone:
                for name, value in values.items():
                    row = _row(task.instance_id, task.definition_id, task.tenant_id, scope, name, value)
                    yield {**row, "taskId": task.shown_id, **(_hide_process(task, name) if task.is_standalone else {})}


def _hide_process(task: UserTask, name: str) -> Row:
    """What is shown of a variable of a task without a process in place of its execution."""
    names = ("processDefinitionId", "processInstanceId", "executionId", "activityInstanceId")
    return {"id": f"{task.shown_id}:{name}", **dict.fromkeys(names)}


def _list_of_called(context: RequestContext, ids: Iterable[str]) -> Iterator[Row]:
    """The variables of called processes, which their caller's instance has; each is shown as of its process."""
    for id in ids:
        known = find_known(context, id)
        if known is None:
            continue
        instance_id = get_instance_id(id)
        inside = set(list_executions(context, [id]))
        for scope, values in context.engine.instance_reader.list_readable_variables(instance_id).items():
            if make_execution_id(instance_id, scope) in inside:
                for name, value in values.items():
                    row = _row(instance_id, known.definitionId, known.tenantId, scope, name, value)
                    yield {**row, "processInstanceId": id}


def _row(instance_id: str, definition_id: str, tenant_id: str | None, scope: int, name: str, value: Value) -> Row:
    holder = make_execution_id(instance_id, scope)
    return {
        "id": f"{holder}:{name}",
        "name": name,
        "processDefinitionId": definition_id,
        "processInstanceId": instance_id,
        "executionId": holder,
        "activityInstanceId": holder,
        "tenantId": tenant_id,
        "taskId": None,
        "raw": value,
        "type": to_rest(value)["type"],
    }


def _fits(row: Row, filters: VariableInstanceFilters) -> bool:
    if filters.variableName not in (None, row["name"]):
        return False
    if filters.variableNameLike is not None and not matches(row["name"], filters.variableNameLike):
        return False
    if filters.taskIdIn is not None and not _is_of(row, filters.processInstanceIdIn):
        return False
    if filters.tenantIdIn is not None and row["tenantId"] not in filters.tenantIdIn:
        return False
    holders = (filters.executionIdIn, filters.activityInstanceIdIn, filters.variableScopeIdIn)
    return all(row["executionId"] in among for among in holders if among is not None)


def _is_of(row: Row, instances: tuple[str, ...] | None) -> bool:
    return instances is None or row["processInstanceId"] in instances


def _fetch(context: RequestContext, filters: VariableInstanceFilters, page: Page) -> list[VariableInstance]:
    rows = _find(context, filters)
    for name, descending in reversed(page.sort):
        rows.sort(key=lambda row: row[name] or "", reverse=descending)
    return [_show(row, page.deserialize) for row in rows[page.first : page.first + page.limit]]


def _show(row: Row, deserialize: bool) -> VariableInstance:
    return VariableInstance(**{**row, **to_rest(row["raw"], deserialize)})


declare(
    GROUP,
    Listing(
        path="/variable-instance",
        what="variables of running instances",
        filters=VariableInstanceFilters,
        sorts={
            "variableName": "name",
            "variableType": "type",
            "activityInstanceId": "activityInstanceId",
            "tenantId": "tenantId",
        },
        answer=VariableInstance,
        fetch=_fetch,
        count=lambda context, filters: len(_find(context, filters)),
        deserializes=True,
    ),
)


@GROUP.get("/variable-instance/<id>", "One variable")
def get_variable(context: RequestContext, id: str, query: VariableInstanceQuery) -> VariableInstance:
    return _show(_find_one(context, id), query.deserializeValue is not False)


@GROUP.get("/variable-instance/<id>/data", "The bytes of one variable", media="application/octet-stream")
def get_data(context: RequestContext, id: str) -> Raw:
    row = _find_one(context, id)
    return to_download(row["name"], row["raw"])


def _find_one(context: RequestContext, id: str) -> Row:
    holder = id.partition(":")[0]
    if parse_record_id(holder) is None and not is_instance_id(holder):
        starts = [id[:at] for at, character in enumerate(id) if character == ":"]
        chosen = VariableInstanceFilters(taskIdIn=tuple(starts[:_MOST_COLONS]))
    else:
        chosen = VariableInstanceFilters(executionIdIn=(holder,))
    for row in _rows(context, chosen):
        if row["id"] == id:
            return row
    raise NotFound(f"Expected a variable instance, but there is none with id '{id}'")
