"""Process instances: as lists show them, as the token tree, as our header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from baton.model.records import Incident, InstanceHeader, InstanceState, LedgerEntry
from baton.web.fields import Field, Shape, booleans, dates, strings
from baton.web.shapes.common import LINK, execution_id, node_of
from baton.web.times import iso_text
from baton.web.variables import all_to_rest

if TYPE_CHECKING:
    from baton.service import Engine, TokenView, WaitState

INSTANCE = Shape(
    "ProcessInstance",
    (
        Field("links", "objects", shape=LINK),
        *strings("id", "definitionId", "definitionKey", "businessKey", "caseInstanceId"),
        *booleans("ended", "suspended"),
        Field("tenantId"),
    ),
)
STARTED = Shape("StartedProcessInstance", (*INSTANCE.fields, Field("variables", "variables")))
ACTIVITY = Shape(
    "ActivityInstance",
    (
        *strings("id", "parentActivityInstanceId", "activityId", "activityName", "name", "activityType"),
        *strings("processInstanceId", "processDefinitionId"),
        Field("childActivityInstances", "objects"),
        Field("childTransitionInstances", "objects"),
        Field("executionIds", "strings"),
        Field("incidentIds", "strings"),
        Field("incidents", "objects"),
    ),
)
HEADER = Shape(
    "InstanceHeader",
    (
        *strings("id", "definitionId", "definitionKey", "businessKey"),
        Field("state", choices=tuple(state.value for state in InstanceState)),
        *dates("startedAt", "endedAt"),
        *strings("startElement", "endElement", "reason", "startedBy"),
        Field("tokens", "object", "tokens by element"),
        Field("incidents", "integer"),
        Field("undoing", "boolean"),
        Field("tenantId"),
        Field("position", "integer"),
    ),
)
TOKEN = Shape(
    "Token",
    (
        Field("number", "integer"),
        Field("parent", "integer"),
        *strings("element", "kind", "state"),
        Field("enteredAt", "date"),
        Field("definitionId"),
        Field("undoes", "integer"),
    ),
)
AWAITED = Shape(
    "Awaited",
    (
        Field("id"),
        Field("token", "integer"),
        *strings("element"),
        Field("kind", choices=("work", "person", "timer", "async", "retry", "message", "signal", "conditional")),
        Field("name", doc="the topic, the assignee, the name of the message or signal"),
        Field("due", "date", "when a timer fires, or failed work is offered again"),
        Field("retries", "integer"),
        Field("workerId", doc="who has the task"),
        Field("lockedUntil", "date"),
    ),
)
LEDGER = Shape(
    "LedgerEntry",
    (
        Field("seq", "integer"),
        Field("element"),
        Field("token", "integer"),
        Field("scope", "integer"),
        Field("completedAt", "date"),
        Field("handler"),
        Field("innerScope", "integer"),
        *strings("definitionId", "state"),
        Field("undoneAt", "date"),
        Field("undoneBy"),
    ),
)


def instance_json(header: InstanceHeader, root: str) -> dict[str, Any]:
    return {
        "links": [{"method": "GET", "href": f"{root}/process-instance/{header.id}", "rel": "self"}],
        "id": header.id,
        "definitionId": header.definition_id,
        "definitionKey": header.definition_key,
        "businessKey": header.business_key,
        "caseInstanceId": None,
        "ended": header.state.is_ended,
        "suspended": header.state is InstanceState.SUSPENDED,
        "tenantId": header.tenant_id,
    }


def header_json(header: InstanceHeader) -> dict[str, Any]:
    return {
        "id": header.id,
        "definitionId": header.definition_id,
        "definitionKey": header.definition_key,
        "businessKey": header.business_key,
        "state": header.state.value,
        "startedAt": iso_text(header.started_at),
        "endedAt": iso_text(header.ended_at),
        "startElement": header.start_element,
        "endElement": header.end_element,
        "reason": header.reason,
        "startedBy": header.started_by,
        "tokens": dict(header.tokens),
        "incidents": header.incidents,
        "undoing": header.undoing,
        "tenantId": header.tenant_id,
        "position": header.position,
    }


def token_json(token: TokenView, header: InstanceHeader) -> dict[str, Any]:
    return {
        "number": token.number,
        "parent": token.parent,
        "element": token.element,
        "kind": token.kind,
        "state": token.state,
        "enteredAt": iso_text(token.entered_at),
        "definitionId": token.definition_id or header.definition_id,
        "undoes": token.undoes,
    }


def ledger_json(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "element": entry.element,
        "token": entry.token,
        "scope": entry.scope,
        "completedAt": iso_text(entry.completed_at),
        "handler": entry.handler,
        "innerScope": entry.inner_scope,
        "definitionId": entry.definition_id,
        "state": entry.state.value,
        "undoneAt": iso_text(entry.undone_at),
        "undoneBy": entry.undone_by,
    }


def awaited_json(one: WaitState) -> dict[str, Any]:
    return {
        "id": one.id,
        "token": one.token,
        "element": one.element,
        "kind": one.kind,
        "name": one.name,
        "due": iso_text(one.due),
        "retries": one.retries,
        "workerId": one.worker,
        "lockedUntil": iso_text(one.locked_until),
    }


def snapshot_json(entry: LedgerEntry) -> list[dict[str, Any]]:
    """The variables that a handler would see, innermost scope first."""
    return [{"scope": scope, "variables": all_to_rest(values)} for scope, values in entry.snapshot]


def tree_json(
    engine: Engine, header: InstanceHeader, tokens: Sequence[TokenView], incidents: Sequence[Incident]
) -> dict[str, Any]:
    """The token tree in the shape of Camunda 7's activity instances; the root is the instance."""
    children: dict[int, list[TokenView]] = {}
    for token in tokens:
        children.setdefault(token.parent or 0, []).append(token)
    found: dict[int, list[Incident]] = {}
    for incident in incidents:
        found.setdefault(incident.token, []).append(incident)
    root = _branch(engine, header, children, found, 0)
    root.update(_root(engine, header))
    return root


def _root(engine: Engine, header: InstanceHeader) -> dict[str, Any]:
    name = engine.definitions.model(header.definition_id).name
    return {
        "id": header.id,
        "parentActivityInstanceId": None,
        "activityId": header.definition_id,
        "activityName": name,
        "name": name,
        "activityType": "processDefinition",
    }


def _branch(
    engine: Engine,
    header: InstanceHeader,
    children: Mapping[int, list[TokenView]],
    incidents: Mapping[int, list[Incident]],
    number: int,
) -> dict[str, Any]:
    here = incidents.get(number, [])
    return {
        "processInstanceId": header.id,
        "processDefinitionId": header.definition_id,
        "childActivityInstances": [
            {**_branch(engine, header, children, incidents, token.number), **_place(engine, header, token)}
            for token in children.get(number, [])
        ],
        "childTransitionInstances": [],
        "executionIds": [execution_id(header.id, number)],
        "incidentIds": [one.id for one in here],
        "incidents": [{"id": one.id, "activityId": one.element} for one in here],
    }


def _place(engine: Engine, header: InstanceHeader, token: TokenView) -> dict[str, Any]:
    definition_id = token.definition_id or header.definition_id
    node = node_of(engine, definition_id, token.element)
    name = node.name if node else None
    return {
        "id": execution_id(header.id, token.number),
        "parentActivityInstanceId": execution_id(header.id, token.parent or 0),
        "activityId": token.element,
        "activityName": name,
        "name": name,
        "activityType": token.kind,
        "processDefinitionId": definition_id,
    }
