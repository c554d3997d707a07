"""``/history/process-instance``: every instance, ended ones included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from baton.model.errors import BadRequest, NotFound
from baton.model.ids import get_instance_id
from baton.model.records import InstanceHeader, InstanceState
from baton.model.times import Millis
from baton.service import InstanceQuery
from baton.web.answers.history import HistoricProcessInstance, HistoricState
from baton.web.context import RequestContext
from baton.web.models.filtering import Page
from baton.web.models.historic_instances import HistoricProcessInstanceFilters, HistoricProcessInstanceQueryFilters
from baton.web.models.history import DeleteHistory
from baton.web.resources.called_instances import is_called_id, list_callers
from baton.web.resources.historic_called import find_one, find_plain_start, find_related
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.scopes import parse_scope
from baton.web.times import format_date

GROUP = Group("Historic Process Instance", "Every instance, ended ones included", resource="history")
SORTS = {
    "instanceId": "id",
    "definitionId": "definition_id",
    "definitionKey": "definition_key",
    "businessKey": "business_key",
    "startTime": "started_at",
    "endTime": "ended_at",
    "duration": "duration",
    "tenantId": "tenant_id",
}
STATES: dict[InstanceState, HistoricState] = {
    InstanceState.ACTIVE: "ACTIVE",
    InstanceState.SUSPENDED: "SUSPENDED",
    InstanceState.COMPLETED: "COMPLETED",
    InstanceState.TERMINATED: "INTERNALLY_TERMINATED",
    InstanceState.CANCELLED: "EXTERNALLY_TERMINATED",
    InstanceState.COMPENSATED: "EXTERNALLY_TERMINATED",
}


def show_historic(context: RequestContext, headers: Sequence[InstanceHeader]) -> list[HistoricProcessInstance]:
    around = _find_around(context, headers)
    moments = context.engine.removal_times.find_each(around)
    callers = list_callers(context, [header.id for header in headers if header.is_called and not header.state.is_ended])
    ended = [header.id for header in headers if header.is_called and header.state.is_ended]
    callers |= context.engine.instances.find_callers_of_ended(ended)
    archived = context.engine.archiving.find_archived([header.id for header in around])
    return [
        _show(context, header, moment, whole.id in archived, callers.get(header.id))
        for header, whole, moment in zip(headers, around, moments, strict=True)
    ]


def _find_around(context: RequestContext, headers: Sequence[InstanceHeader]) -> list[InstanceHeader]:
    """The instance around each called process, with which its history is removed and archived; others themselves."""
    ids = tuple({get_instance_id(header.id) for header in headers if header.is_called})
    if not ids:
        return list(headers)
    query = InstanceQuery(ids=ids, include_ended=True)
    found = {header.id: header for header in context.engine.instances.find(query)}
    return [found.get(get_instance_id(header.id), header) if header.is_called else header for header in headers]


def _show(
    context: RequestContext, header: InstanceHeader, removal_at: Millis | None, archived: bool, caller: str | None
) -> HistoricProcessInstance:
    try:
        definition = context.engine.definitions.get(header.definition_id)
    except NotFound:
        definition = None
    return HistoricProcessInstance(
        id=header.id,
        businessKey=header.business_key,
        processDefinitionId=header.definition_id,
        processDefinitionKey=header.definition_key,
        processDefinitionName=definition.name if definition else None,
        processDefinitionVersion=definition.version if definition else None,
        startTime=format_date(header.started_at),
        endTime=format_date(header.ended_at),
        removalTime=format_date(removal_at),
        durationInMillis=header.duration,
        startUserId=header.started_by,
        startActivityId=header.start_element or find_plain_start(context, header.definition_id),
        deleteReason=header.reason,
        superProcessInstanceId=caller,
        rootProcessInstanceId=get_instance_id(header.id),
        tenantId=header.tenant_id,
        state=STATES[header.state],
        archived=archived,
    )


_FIELDS = {
    "id": "id",
    "definition_id": "processDefinitionId",
    "definition_key": "processDefinitionKey",
    "business_key": "businessKey",
    "started_at": "startTime",
    "ended_at": "endTime",
    "tenant_id": "tenantId",
}
"""Of an answer, by the field of the record that a list is sorted by."""


def _find_related(
    context: RequestContext, filters: HistoricProcessInstanceFilters
) -> list[HistoricProcessInstance] | None:
    return find_related(context, filters, lambda projection: show_historic(context, [projection.header])[0])


def _count(context: RequestContext, filters: HistoricProcessInstanceFilters) -> int:
    related = _find_related(context, filters)
    if related is not None:
        return len(related)
    return context.engine.instances.count(replace(filters.to_query(context.engine), called=True), context.search)


def _fetch(
    context: RequestContext, filters: HistoricProcessInstanceFilters, page: Page
) -> list[HistoricProcessInstance]:
    related = _find_related(context, filters)
    if related is not None:
        for name, descending in reversed(page.sort):
            related.sort(key=lambda each: getattr(each, _FIELDS[name]) or "", reverse=descending)
        return related[page.first : page.first + page.limit]
    found = context.engine.instances.find(replace(filters.to_query(context.engine, page), called=True), context.search)
    return show_historic(context, found)


declare(
    GROUP,
    Listing(
        path="/history/process-instance",
        what="process instances, ended ones included",
        filters=HistoricProcessInstanceFilters,
        sorts=SORTS,
        answer=HistoricProcessInstance,
        fetch=_fetch,
        count=_count,
        body=HistoricProcessInstanceQueryFilters,
        searches=True,
    ),
)


@GROUP.get("/history/process-instance/<id>", "One instance, ended or not")
def get_instance(context: RequestContext, id: str) -> HistoricProcessInstance:
    header = context.engine.instances.get(parse_scope(id, "process instance").instance_id)
    shown = show_historic(context, [header])[0]
    return (find_one(context, id, lambda _: shown) if is_called_id(id) else None) or shown


@GROUP.delete("/history/process-instance/<id>", "Delete an ended instance with its history", needs="history:delete")
def delete_instance(context: RequestContext, id: str, query: DeleteHistory) -> None:
    if is_called_id(id):
        raise BadRequest(f"Expected an instance that nothing has called, but '{id}' goes with its caller: delete that")
    try:
        context.engine.administration.delete_history(parse_scope(id, "process instance").instance_id)
    except NotFound:
        if query.failIfNotExists is not False:
            raise
