"""``/process-definition``: one version of one process, by id or the latest by key."""

from __future__ import annotations

from typing import Any

from baton.model.definition import Definition
from baton.model.errors import BadRequest, NotFound
from baton.service import DefinitionQuery, InstanceQuery
from baton.web.call import Call, Raw
from baton.web.errors import problem_json
from baton.web.fields import Field, Shape, booleans, lists, strings
from baton.web.forms import FORM_FIELD, FORM_KEY, deployed_form, fields_json, form_json, start_form, variables_json
from baton.web.lists import Listing, Page, declare, flag, one_of, together
from baton.web.multipart import any_resources
from baton.web.routing import Group
from baton.web.shapes.common import VARIABLES
from baton.web.shapes.definitions import DEFINITION, DEFINITION_STATISTICS, PROBLEM, STATISTICS, definition_json
from baton.web.shapes.instances import INSTANCE, STARTED, instance_json
from baton.web.variables import all_to_rest
from baton.web.versions import SORTS, Versions, filters_of, query_fields

GROUP = Group("Process Definition", "One version of one process")

FILTERS = (
    *filters_of("processDefinition"),
    *strings("startableBy"),
    *booleans("active", "suspended", "startableInTasklist", "notStartableInTasklist", "withoutVersionTag"),
)
INSTRUCTION = Shape(
    "StartInstruction",
    (Field("type", required=True, choices=("startBeforeActivity",)), Field("activityId", required=True)),
)
START = Shape(
    "StartProcessInstance",
    (
        Field("businessKey"),
        Field("variables", "variables"),
        Field("startInstructions", "objects", shape=INSTRUCTION),
        *booleans("withVariablesInReturn"),
        Field("uniqueBusinessKey", "boolean", "refuse with 409 if an instance of the definition has this key"),
    ),
    inert=("skipCustomListeners", "skipIoMappings", "caseInstanceId"),
)
FORM = Shape("SubmitForm", (Field("businessKey"), Field("variables", "variables")))
SUSPEND = Shape(
    "SuspendDefinition",
    (
        Field("suspended", "boolean", required=True),
        *strings("processDefinitionId", "processDefinitionKey"),
        *booleans("includeProcessInstances"),
    ),
    inert=("executionDate",),
)
TTL = Shape("HistoryTimeToLive", (Field("historyTimeToLive", "integer", "days"),))


def _query(filters: Any, page: Page | None = None) -> DefinitionQuery:
    return DefinitionQuery(
        **query_fields("processDefinition", filters, page),
        without_version_tag=flag(filters, "withoutVersionTag"),
        suspended=one_of(filters, "suspended", "active"),
        startable_by=filters.get("startableBy"),
        startable=one_of(filters, "startableInTasklist", "notStartableInTasklist"),
    )


declare(
    GROUP,
    Listing(
        path="/process-definition",
        what="process definitions",
        filters=FILTERS,
        sorts=SORTS,
        item=DEFINITION,
        fetch=lambda call, filters, page: [
            definition_json(one) for one in call.engine.definitions.find(_query(filters, page))
        ],
        count=lambda call, filters: call.engine.definitions.count(_query(filters)),
        post=False,
    ),
)


both = Versions(
    GROUP,
    "/process-definition",
    lambda call, id: call.engine.definitions.get(id),
    lambda call, key, tenant_id: call.engine.definitions.get_latest(key, tenant_id),
)


@GROUP.post(
    "/process-definition/check",
    "The problems of BPMN files, without deploying them: multipart, JSON or one XML body",
    raw_body="application/json",
    answer=Shape("CheckResult", (Field("problems", "objects", shape=PROBLEM),)),
    changes=False,
    ours=True,
    query=strings("name"),
)
def check(call: Call) -> dict[str, Any]:
    return {"problems": [problem_json(one) for one in call.engine.deployments.check(any_resources(call.request))]}


@GROUP.get(
    "/process-definition/statistics",
    "Running instances and incidents per definition",
    query=(*booleans("failedJobs", "incidents", "rootIncidents"), *strings("incidentsForType")),
    answer=(DEFINITION_STATISTICS,),
)
def all_statistics(call: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for definition in call.engine.definitions.find(DefinitionQuery()):
        running = call.engine.instances.count(InstanceQuery(definition_ids=(definition.id,)))
        elements = call.engine.instances.count_by_element(definition.id)
        found.append(
            {
                "id": definition.id,
                "instances": running,
                "failedJobs": sum(one.incidents.get("failedJob", 0) for one in elements.values()),
                "incidents": _incident_counts(call, _summed([one.incidents for one in elements.values()])),
                "definition": definition_json(definition),
            }
        )
    return found


def _summed(counts: list[Any]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for kind, number in one.items():
            total[kind] = total.get(kind, 0) + number
    return total


def _incident_counts(call: Call, counts: dict[str, int]) -> list[dict[str, Any]]:
    only = call.query.get("incidentsForType")
    if not only and not flag(call.query, "incidents") and not flag(call.query, "rootIncidents"):
        return []
    return [
        {"incidentType": kind, "incidentCount": number}
        for kind, number in sorted(counts.items())
        if number and only in (None, kind)
    ]


@both("get", "", "One process definition", answer=DEFINITION)
def get_definition(call: Call, definition: Definition) -> dict[str, Any]:
    return definition_json(definition, call.engine.definitions.model(definition.id).documentation)


@both(
    "delete",
    "",
    "Delete a definition",
    query=booleans("cascade", "skipCustomListeners", "skipIoMappings"),
)
def delete_definition(call: Call, definition: Definition) -> None:
    call.engine.administration.delete_definition(definition.id, call.query.get("cascade", False))


@both(
    "get",
    "/xml",
    "The BPMN file",
    answer=Shape("DefinitionXml", strings("id", "bpmn20Xml")),
)
def get_xml(call: Call, definition: Definition) -> dict[str, Any]:
    return {"id": definition.id, "bpmn20Xml": call.engine.definitions.get_xml(definition.id)}


@both("get", "/diagram", "An image deployed beside the file: Baton draws in the browser, so there is none")
def get_diagram(call: Call, definition: Definition) -> None:
    del call, definition


@both(
    "get",
    "/statistics",
    "Tokens and incidents per element",
    query=(*booleans("failedJobs", "incidents"), *strings("incidentsForType")),
    answer=(STATISTICS,),
)
def get_statistics(call: Call, definition: Definition) -> list[dict[str, Any]]:
    return [
        {
            "id": element,
            "instances": one.instances,
            "failedJobs": one.incidents.get("failedJob", 0),
            "incidents": _incident_counts(call, dict(one.incidents)),
        }
        for element, one in sorted(call.engine.instances.count_by_element(definition.id).items())
    ]


@both("post", "/start", "Start an instance", body=START, answer=STARTED)
def start(call: Call, definition: Definition) -> dict[str, Any]:
    body = call.body
    header = call.engine.starts.start(
        definition.id,
        business_key=body.get("businessKey"),
        variables=body.get("variables", {}),
        before=tuple(one["activityId"] for one in body.get("startInstructions", ())),
        command_id=call.command_id,
        unique_business_key=body.get("uniqueBusinessKey", False),
        by=call.by,
    )
    shown = instance_json(header, call.root)
    if body.get("withVariablesInReturn"):
        shown["variables"] = all_to_rest(call.engine.instance_reader.get_variables(header.id, 0))
    return shown


@both("post", "/submit-form", "Start an instance with the variables of a form", body=FORM, answer=INSTANCE)
def submit_form(call: Call, definition: Definition) -> dict[str, Any]:
    header = call.engine.starts.start(
        definition.id,
        business_key=call.body.get("businessKey"),
        variables=call.body.get("variables", {}),
        command_id=call.command_id,
        by=call.by,
    )
    return instance_json(header, call.root)


@both("get", "/startForm", "The key of the start form", answer=FORM_KEY)
def get_start_form(call: Call, definition: Definition) -> dict[str, Any]:
    form = start_form(call.engine, definition)
    if form is None:
        raise BadRequest(f"Expected a start form in process definition '{definition.id}', but it has none")
    return form_json(form)


@both("get", "/deployed-start-form", "The deployed start form", answer="application/octet-stream")
def get_deployed_start_form(call: Call, definition: Definition) -> Raw:
    form = start_form(call.engine, definition)
    if form is None:
        raise NotFound(f"Expected a start form in process definition '{definition.id}', but it has none")
    return deployed_form(call.engine, definition, form)


@both(
    "get",
    "/form-variables",
    "The start form's fields as variables with their defaults",
    query=(*lists("variableNames"), *booleans("deserializeValues")),
    answer=VARIABLES,
)
def get_form_variables(call: Call, definition: Definition) -> dict[str, Any]:
    return variables_json(start_form(call.engine, definition), call.query.get("variableNames"))


@both("get", "/form-fields", "The start form's fields, to draw it", answer=(FORM_FIELD,), ours=True)
def get_form_fields(call: Call, definition: Definition) -> list[dict[str, Any]]:
    return fields_json(start_form(call.engine, definition))


@both("put", "/suspended", "Suspend or activate a definition", body=SUSPEND)
def set_suspended(call: Call, definition: Definition) -> None:
    include = call.body.get("includeProcessInstances", False)
    call.engine.administration.suspend_definition(definition.id, call.body["suspended"], include)


@GROUP.put("/process-definition/suspended", "Suspend or activate definitions by id or key", body=SUSPEND)
def set_all_suspended(call: Call) -> None:
    ids = together(call.body, "processDefinitionId", "")
    keys = together(call.body, "processDefinitionKey", "")
    if (ids is None) == (keys is None):
        raise BadRequest("Expected exactly one of processDefinitionId and processDefinitionKey")
    include = call.body.get("includeProcessInstances", False)
    found = call.engine.definitions.find(DefinitionQuery(ids=ids, keys=keys))
    if not found:
        raise NotFound(f"Expected a process definition '{(ids or keys or ('',))[0]}', but there is none")
    for definition in found:
        call.engine.administration.suspend_definition(definition.id, call.body["suspended"], include)


@both("put", "/history-time-to-live", "How many days ended instances are kept", body=TTL)
def set_ttl(call: Call, definition: Definition) -> None:
    days = call.body.get("historyTimeToLive")
    if days is not None and days < 0:
        raise BadRequest(f"Expected 0 or more days for 'historyTimeToLive', but found {days}")
    call.engine.administration.set_history_ttl(definition.id, days)
