"""``/history/process-instance``: every instance, ended ones included."""

from __future__ import annotations

from functools import partial
from typing import Any

from baton.model.errors import NotFound
from baton.model.records import InstanceHeader, InstanceState
from baton.service import InstanceQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, dates, integers, lists, strings
from baton.web.lists import Listing, Page, declare, flag, paged, together
from baton.web.routing import Group
from baton.web.scopes import scope_of
from baton.web.times import date_text
from baton.web.variable_filters import variable_filters

GROUP = Group("Historic Process Instance", "Every instance, ended ones included")

FILTERS = (
    *strings("processInstanceId", "processDefinitionId", "processDefinitionKey", "processInstanceBusinessKey"),
    *strings("processInstanceBusinessKeyLike", "incidentType", "incidentMessage", "incidentMessageLike", "startedBy"),
    *lists("processInstanceIds", "processDefinitionKeyIn", "processDefinitionKeyNotIn", "tenantIdIn"),
    *lists("processInstanceBusinessKeyIn", "activeActivityIdIn"),
    *booleans("finished", "unfinished", "withIncidents", "active", "suspended", "completed"),
    *booleans("externallyTerminated", "internallyTerminated", "withoutTenantId", "rootProcessInstances"),
    *booleans("variableNamesIgnoreCase", "variableValuesIgnoreCase"),
    *dates("startedBefore", "startedAfter", "finishedBefore", "finishedAfter"),
    Field("variables", "any", "name_operator_value, comma separated; a list of objects in a body"),
)
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
HISTORIC = Shape(
    "HistoricProcessInstance",
    (
        *strings("id", "businessKey", "processDefinitionId", "processDefinitionKey", "processDefinitionName"),
        *integers("processDefinitionVersion"),
        *dates("startTime", "endTime", "removalTime"),
        *integers("durationInMillis"),
        *strings("startUserId", "startActivityId", "deleteReason", "rootProcessInstanceId"),
        *strings("superProcessInstanceId", "superCaseInstanceId", "caseInstanceId", "tenantId"),
        Field(
            "state",
            choices=("ACTIVE", "SUSPENDED", "COMPLETED", "EXTERNALLY_TERMINATED", "INTERNALLY_TERMINATED"),
        ),
    ),
)
STATES = {
    InstanceState.ACTIVE: "ACTIVE",
    InstanceState.SUSPENDED: "SUSPENDED",
    InstanceState.COMPLETED: "COMPLETED",
    InstanceState.TERMINATED: "INTERNALLY_TERMINATED",
    InstanceState.CANCELLED: "EXTERNALLY_TERMINATED",
    InstanceState.COMPENSATED: "EXTERNALLY_TERMINATED",
}
_FLAGS = {
    "finished": frozenset(state for state in InstanceState if state.is_ended),
    "unfinished": frozenset(state for state in InstanceState if not state.is_ended),
    "active": frozenset({InstanceState.ACTIVE}),
    "suspended": frozenset({InstanceState.SUSPENDED}),
    "completed": frozenset({InstanceState.COMPLETED}),
    "externallyTerminated": frozenset({InstanceState.CANCELLED, InstanceState.COMPENSATED}),
    "internallyTerminated": frozenset({InstanceState.TERMINATED}),
}


def _query(filters: Any, page: Page | None = None) -> InstanceQuery:
    states = frozenset(InstanceState)
    for name, allowed in _FLAGS.items():
        states = states & allowed if flag(filters, name) else states
    return InstanceQuery(
        ids=together(filters, "processInstanceId", "processInstanceIds"),
        definition_ids=together(filters, "processDefinitionId", ""),
        definition_keys=together(filters, "processDefinitionKey", "processDefinitionKeyIn"),
        definition_keys_not=filters.get("processDefinitionKeyNotIn"),
        business_keys=together(filters, "processInstanceBusinessKey", "processInstanceBusinessKeyIn"),
        business_key_like=filters.get("processInstanceBusinessKeyLike"),
        states=states,
        elements=filters.get("activeActivityIdIn"),
        with_incident=True if flag(filters, "withIncidents") else None,
        incident_kind=filters.get("incidentType"),
        incident_message=filters.get("incidentMessage"),
        incident_message_like=filters.get("incidentMessageLike"),
        started_by=filters.get("startedBy"),
        started_before=filters.get("startedBefore"),
        started_after=filters.get("startedAfter"),
        ended_before=filters.get("finishedBefore"),
        ended_after=filters.get("finishedAfter"),
        tenant_ids=filters.get("tenantIdIn"),
        without_tenant=flag(filters, "withoutTenantId"),
        variables=variable_filters(filters),
        **paged(page),
    )


def historic_json(call: Call, header: InstanceHeader) -> dict[str, Any]:
    try:
        definition = call.engine.definitions.get(header.definition_id)
    except NotFound:
        definition = None
    duration = None if header.ended_at is None else header.ended_at - header.started_at
    return {
        "id": header.id,
        "businessKey": header.business_key,
        "processDefinitionId": header.definition_id,
        "processDefinitionKey": header.definition_key,
        "processDefinitionName": definition.name if definition else None,
        "processDefinitionVersion": definition.version if definition else None,
        "startTime": date_text(header.started_at),
        "endTime": date_text(header.ended_at),
        "removalTime": None,
        "durationInMillis": duration,
        "startUserId": header.started_by,
        "startActivityId": header.start_element or _plain_start(call, header),
        "deleteReason": header.reason,
        "rootProcessInstanceId": header.id,
        "superProcessInstanceId": None,
        "superCaseInstanceId": None,
        "caseInstanceId": None,
        "tenantId": header.tenant_id,
        "state": STATES[header.state],
    }


def _plain_start(call: Call, header: InstanceHeader) -> str | None:
    """The none start event, which an instance begins at unless something else started it."""
    try:
        model = call.engine.definitions.model(header.definition_id)
    except NotFound:
        return None
    return next((node.id for node in model.starts(model.id) if not node.events), None)


def _fetch(call: Call, filters: Any, page: Page) -> list[Any]:
    return [historic_json(call, one) for one in call.engine.instances.find(_query(filters, page))]


declare(
    GROUP,
    Listing(
        path="/history/process-instance",
        what="process instances, ended ones included",
        filters=FILTERS,
        sorts=SORTS,
        item=HISTORIC,
        fetch=_fetch,
        count=lambda call, filters: call.engine.instances.count(_query(filters)),
    ),
)


@GROUP.get("/history/process-instance/<id>", "One instance, ended or not", answer=HISTORIC)
def get_instance(call: Call, id: str) -> dict[str, Any]:
    return historic_json(call, call.engine.instances.get(scope_of(id, "process instance").instance_id))


@GROUP.delete(
    "/history/process-instance/<id>", "Delete an ended instance with its history", query=booleans("failIfNotExists")
)
def delete_instance(call: Call, id: str) -> None:
    delete = partial(call.engine.administration.delete_history, scope_of(id, "process instance").instance_id)
    if call.query.get("failIfNotExists", True):
        delete()
        return
    try:
        delete()
    except NotFound:
        return
