"""``/process-instance``: one run of a definition."""

from __future__ import annotations

from typing import Any

from baton.model.commands import CancelInstance, Instruction, ModifyInstance, ResumeInstance, SuspendInstance
from baton.model.errors import BadRequest, NotFound
from baton.model.records import InstanceHeader, InstanceState
from baton.service import DefinitionQuery, InstanceQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, lists, strings
from baton.web.lists import Listing, Page, declare, flag, paged, together
from baton.web.resources.batch import BATCH, done
from baton.web.routing import Group
from baton.web.scopes import Scope, scope_of
from baton.web.shapes.instances import ACTIVITY, INSTANCE, instance_json, tree_json
from baton.web.variable_filters import variable_filters
from baton.web.variable_routes import Holder
from baton.web.variable_routes import declare as declare_variables
from baton.web.variables import from_rest

GROUP = Group("Process Instance", "One run of a definition")

TEXTS = (
    *strings("businessKey", "businessKeyLike", "processDefinitionId", "processDefinitionKey", "deploymentId"),
    *strings("incidentId", "incidentType", "incidentMessage", "incidentMessageLike"),
    *lists("processInstanceIds", "processDefinitionKeyIn", "processDefinitionKeyNotIn", "tenantIdIn", "activityIdIn"),
    *booleans("active", "suspended", "withIncident", "withoutTenantId", "rootProcessInstances"),
    *booleans("variableNamesIgnoreCase", "variableValuesIgnoreCase"),
)
FILTERS = (*TEXTS, Field("variables", "any", "name_operator_value, comma separated; a list of objects in a body"))
SORTS = {
    "instanceId": "id",
    "definitionKey": "definition_key",
    "definitionId": "definition_id",
    "tenantId": "tenant_id",
    "businessKey": "business_key",
}
QUERY = Shape("ProcessInstanceFilters", FILTERS)
SUSPEND = Shape("Suspended", (Field("suspended", "boolean", required=True),))
SUSPEND_MANY = Shape(
    "SuspendProcessInstances",
    (
        Field("suspended", "boolean", required=True),
        *strings("processDefinitionId", "processDefinitionKey"),
        *lists("processInstanceIds"),
        Field("processInstanceQuery", "object", shape=QUERY),
    ),
)
DELETE_MANY = Shape(
    "DeleteProcessInstances",
    (
        *lists("processInstanceIds"),
        *strings("deleteReason"),
        *booleans("skipCustomListeners", "skipSubprocesses", "skipIoMappings", "failIfNotExists"),
        Field("processInstanceQuery", "object", shape=QUERY),
    ),
)
INSTRUCTION = Shape(
    "ModificationInstruction",
    (
        Field(
            "type",
            required=True,
            choices=("cancel", "startBeforeActivity", "startAfterActivity", "startTransition"),
        ),
        *strings("activityId", "transitionId", "activityInstanceId", "transitionInstanceId"),
        *booleans("cancelCurrentActiveActivityInstances"),
        Field("variables", "object", shape=Shape("InstructionVariables", (), open=True)),
    ),
)
MODIFY = Shape(
    "ModifyProcessInstance",
    (
        Field("instructions", "objects", required=True, shape=INSTRUCTION),
        Field("annotation"),
    ),
    inert=("skipCustomListeners", "skipIoMappings"),
)
LIVE = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})


def query_of(call: Call, filters: Any, page: Page | None = None) -> InstanceQuery:
    states = LIVE
    if flag(filters, "active"):
        states = frozenset({InstanceState.ACTIVE})
    if flag(filters, "suspended"):
        states = states & {InstanceState.SUSPENDED}
    return InstanceQuery(
        ids=filters.get("processInstanceIds"),
        definition_ids=_definition_ids(call, filters),
        definition_keys=together(filters, "processDefinitionKey", "processDefinitionKeyIn"),
        definition_keys_not=filters.get("processDefinitionKeyNotIn"),
        business_key=filters.get("businessKey"),
        business_key_like=filters.get("businessKeyLike"),
        states=states,
        elements=filters.get("activityIdIn"),
        with_incident=True if flag(filters, "withIncident") else None,
        incident_id=filters.get("incidentId"),
        incident_kind=filters.get("incidentType"),
        incident_message=filters.get("incidentMessage"),
        incident_message_like=filters.get("incidentMessageLike"),
        tenant_ids=filters.get("tenantIdIn"),
        without_tenant=flag(filters, "withoutTenantId"),
        variables=variable_filters(filters),
        **paged(page),
    )


def _definition_ids(call: Call, filters: Any) -> tuple[str, ...] | None:
    found = (filters["processDefinitionId"],) if "processDefinitionId" in filters else None
    if "deploymentId" not in filters:
        return found
    deployed = tuple(
        one.id for one in call.engine.definitions.find(DefinitionQuery(deployment_id=filters["deploymentId"]))
    )
    return deployed if found is None else tuple(one for one in found if one in deployed)


declare(
    GROUP,
    Listing(
        path="/process-instance",
        what="running process instances",
        filters=FILTERS,
        sorts=SORTS,
        item=INSTANCE,
        fetch=lambda call, filters, page: [
            instance_json(one, call.root) for one in call.engine.instances.find(query_of(call, filters, page))
        ],
        count=lambda call, filters: call.engine.instances.count(query_of(call, filters)),
    ),
)


def running(call: Call, id: str) -> InstanceHeader:
    """The header of an instance that has not ended. Raises NotFound, as Camunda 7 does for an ended one."""
    header = call.engine.instances.get(scope_of(id, "process instance").instance_id)
    if header.state.is_ended:
        raise NotFound(
            f"Process instance with id {id} does not exist: it has ended; see /history/process-instance/{id}"
        )
    return header


@GROUP.get("/process-instance/<id>", "One running instance", answer=INSTANCE)
def get_instance(call: Call, id: str) -> dict[str, Any]:
    return instance_json(running(call, id), call.root)


@GROUP.delete(
    "/process-instance/<id>",
    "Cancel an instance; nothing is undone (see /cancel)",
    query=booleans("skipCustomListeners", "skipIoMappings", "skipSubprocesses", "failIfNotExists"),
)
def delete_instance(call: Call, id: str) -> None:
    try:
        running(call, id)
    except NotFound:
        if call.query.get("failIfNotExists", True):
            raise
        return
    call.engine.mailbox.submit(id, CancelInstance(by=call.by))


@GROUP.get("/process-instance/<id>/activity-instances", "The token tree", answer=ACTIVITY)
def activity_instances(call: Call, id: str) -> dict[str, Any]:
    header = running(call, id)
    snapshot = call.engine.instance_reader.get_snapshot(header.id)
    return tree_json(call.engine, snapshot.header, snapshot.tokens, snapshot.incidents)


@GROUP.put("/process-instance/<id>/suspended", "Suspend or activate one instance", body=SUSPEND)
def set_suspended(call: Call, id: str) -> None:
    _suspend(call, id, call.body["suspended"])


def _suspend(call: Call, id: str, suspended: bool) -> None:
    call.engine.mailbox.submit(id, SuspendInstance(by=call.by) if suspended else ResumeInstance(by=call.by))


@GROUP.put("/process-instance/suspended", "Suspend or activate many instances", body=SUSPEND_MANY)
def suspend_many(call: Call) -> None:
    for id in chosen(call):
        _suspend(call, id, call.body["suspended"])


@GROUP.post(
    "/process-instance/suspended-async",
    "Suspend or activate many instances as a batch",
    body=SUSPEND_MANY,
    answer=BATCH,
)
def suspend_async(call: Call) -> dict[str, Any]:
    ids = chosen(call)
    for id in ids:
        _suspend(call, id, call.body["suspended"])
    return done(call, "instance-update-suspension-state", len(ids))


@GROUP.post("/process-instance/delete", "Cancel many instances as a batch", body=DELETE_MANY, answer=BATCH)
def delete_many(call: Call) -> dict[str, Any]:
    ids = chosen(call)
    must_exist = call.body.get("failIfNotExists", True)
    headers = {one.id for one in call.engine.instances.find(InstanceQuery(ids=tuple(ids)))}
    missing = [id for id in ids if id not in headers]
    if missing and must_exist:
        raise BadRequest(f"Expected running process instances, but there is none with id '{missing[0]}'")
    for id in ids:
        if id in headers:
            call.engine.mailbox.submit(id, CancelInstance(reason=call.body.get("deleteReason"), by=call.by))
    return done(call, "instance-deletion", len(ids))


def chosen(call: Call) -> list[str]:
    """The instances that the body names: by id, by definition, by query. Raises BadRequest when it names none."""
    body = call.body
    ids: list[str] = list(body.get("processInstanceIds", []))
    queries: list[Any] = [body["processInstanceQuery"]] if "processInstanceQuery" in body else []
    if not ids and not queries:
        queries = [{name: body[name]} for name in ("processDefinitionId", "processDefinitionKey") if name in body]
    if not ids and not queries:
        raise BadRequest("Expected processInstanceIds, processInstanceQuery or a process definition, but found none")
    for query in queries:
        ids += [one.id for one in call.engine.instances.find(query_of(call, query))]
    return list(dict.fromkeys(ids))


@GROUP.post("/process-instance/<id>/modification", "Cancel tokens and start elements", body=MODIFY)
def modify(call: Call, id: str) -> None:
    command = ModifyInstance(instructions=tuple(instruction(one) for one in call.body["instructions"]), by=call.by)
    call.engine.mailbox.submit(scope_of(id).instance_id, command, command_id=call.command_id)


def instruction(one: dict[str, Any]) -> Instruction:
    """One step of a modification. Raises BadRequest when it names nothing."""
    token = scope_of(one["activityInstanceId"], "activity instance").token if "activityInstanceId" in one else None
    element = one.get("transitionId") if one["type"] == "startTransition" else one.get("activityId")
    if token is None and element is None:
        raise BadRequest(
            f"Expected an activityId, transitionId or activityInstanceId for the instruction {one['type']}"
        )
    given: dict[str, Any] = one.get("variables", {})
    values = {name: from_rest(name, typed) for name, typed in given.items()}
    local = {name for name, typed in given.items() if typed.get("local") is True}
    return Instruction(
        kind=one["type"],
        element=element,
        token=token,
        variables={name: value for name, value in values.items() if name not in local},
        local_variables={name: value for name, value in values.items() if name in local},
    )


def _scope(call: Call, id: str) -> Scope:
    running(call, id)
    return scope_of(id, "process instance")


declare_variables(GROUP, Holder("/process-instance/<id>/variables", "a process instance", _scope))
