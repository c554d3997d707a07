"""``/process-definition``: one version of one process, by id or the latest by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from baton.model.definition import Definition, Node
from baton.model.errors import BadRequest, NotFound
from baton.model.records import InstanceHeader
from baton.service import DefinitionQuery, Durations, SampledElement, take_page
from baton.web.answers.definitions import (
    ActivityStatistics,
    CheckResult,
    DefinitionSample,
    DefinitionStatistics,
    DefinitionXml,
    ElementSample,
    IncidentCount,
    ProcessDefinition,
    show_definition,
    show_definitions,
)
from baton.web.answers.forms import Form, FormField
from baton.web.answers.instances import (
    InstanceResult,
    ProcessInstance,
    StartedProcessInstance,
    show_instance,
    show_instance_fields,
)
from baton.web.answers.problems import show_problem
from baton.web.answers.reports import CalledProcessDefinition
from baton.web.answers.variable_uses import VariableUse, show_use
from baton.web.context import Raw, RequestContext
from baton.web.forms import (
    find_start_form,
    read_deployed_form,
    render_form,
    show_fields,
    show_form,
    show_form_variables,
)
from baton.web.models.bodies import read_activity_id
from baton.web.models.definitions import (
    AllStatisticsQuery,
    CheckedFiles,
    CheckQuery,
    DeleteDefinition,
    FormVariablesQuery,
    HistoryTimeToLive,
    LayoutQuery,
    ProcessDefinitionFilters,
    StartProcessInstance,
    StatisticsQuery,
    SubmitForm,
    SuspendDefinition,
    SuspendDefinitions,
    WaitForResult,
)
from baton.web.models.fields import ShownVariables
from baton.web.models.filtering import Page, to_page, to_tuple
from baton.web.multipart import read_resources
from baton.web.results import answer_result
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.routes.versions import SORTS, Versions
from baton.web.variables import to_rest_variables

GROUP = Group("Process Definition", "One version of one process", resource="process-definition")


def _find(context: RequestContext, filters: ProcessDefinitionFilters, page: Page | None) -> list[Definition]:
    definitions, query = context.engine.definitions, filters.to_query()
    incidents = filters.to_incident_query()
    if incidents is not None:
        failed = {item.definition_id for item in context.engine.incidents.find(incidents)}
        query = replace(query, ids=tuple(failed if query.ids is None else failed.intersection(query.ids)))
    if not filters.startablePermissionCheck:
        return definitions.find(query if page is None else replace(query, **to_page(page)))
    may, found = context.caller.may_for_key, definitions.find(query)
    startable = [item for item in found if may("process-definition:start", item.key)]
    return startable if page is None else take_page(startable, page)


declare(
    GROUP,
    Listing(
        path="/process-definition",
        what="process definitions",
        filters=ProcessDefinitionFilters,
        sorts=SORTS,
        answer=ProcessDefinition,
        fetch=lambda context, filters, page: show_definitions(context.engine, _find(context, filters, page)),
        count=lambda context, filters: len(_find(context, filters, None)),
        post=False,
    ),
)


VERSIONS: Versions[Definition] = Versions(
    GROUP,
    "/process-definition",
    lambda context, id: context.engine.definitions.get(id),
    lambda context, key, tenant_id: context.engine.definitions.get_latest(key, tenant_id),
)


@GROUP.post(
    "/process-definition/check",
    "The problems of BPMN files, without deploying them: multipart, JSON or one XML body",
    changes=False,
    baton_extension=True,
    needs="process-definition:check",
)
def check(context: RequestContext, query: CheckQuery, raw: CheckedFiles) -> CheckResult:
    found = context.engine.deployments.check(read_resources(raw, query.name))
    return CheckResult(problems=[show_problem(item) for item in found])


@GROUP.post(
    "/process-definition/variables",
    "The variables that the processes of BPMN files read and write, by element; forms beside them included",
    changes=False,
    baton_extension=True,
    needs="process-definition:check",
)
def list_variables(context: RequestContext, query: CheckQuery, raw: CheckedFiles) -> list[VariableUse]:
    return [show_use(found) for found in context.engine.deployments.list_variables(read_resources(raw, query.name))]


@GROUP.post(
    "/process-definition/layout",
    "A BPMN file with a diagram, made if it has none",
    changes=False,
    baton_extension=True,
    media="application/xml",
)
def lay_out(context: RequestContext, query: LayoutQuery, raw: CheckedFiles) -> Raw:
    return Raw(context.engine.deployments.draw(read_resources(raw, None)[0].content, query.process), "application/xml")


@GROUP.get("/process-definition/statistics", "Running instances and incidents per definition")
def list_statistics(context: RequestContext, query: AllStatisticsQuery) -> list[DefinitionStatistics]:
    definitions = context.engine.definitions.find(DefinitionQuery())
    counts = context.engine.instances.count_by_definition([definition.id for definition in definitions])
    return [
        DefinitionStatistics(
            id=definition.id,
            instances=counts[definition.id].instances,
            failedJobs=counts[definition.id].incidents.get("failedJob", 0),
            incidents=_count_incidents(query, counts[definition.id].incidents),
            definition=shown,
        )
        for definition, shown in zip(definitions, show_definitions(context.engine, definitions), strict=True)
    ]


def _count_incidents(query: StatisticsQuery, counts: Mapping[str, int]) -> list[IncidentCount]:
    if not query.counts_incidents:
        return []
    return [
        IncidentCount(incidentType=kind, incidentCount=number)
        for kind, number in sorted(counts.items())
        if number and query.incidentsForType in (None, "", kind)
    ]


@VERSIONS.get("", "One process definition")
def get_definition(context: RequestContext, definition: Definition) -> ProcessDefinition:
    return show_definition(
        context.engine, definition, context.engine.definitions.get_model(definition.id).documentation
    )


@VERSIONS.delete("", "Delete a definition", needs="process-definition:delete")
def delete_definition(context: RequestContext, definition: Definition, query: DeleteDefinition) -> None:
    context.engine.administration.delete_definition(definition.id, query.cascade or False)


@VERSIONS.get("/xml", "The BPMN file")
def get_xml(context: RequestContext, definition: Definition) -> DefinitionXml:
    return DefinitionXml(id=definition.id, bpmn20Xml=context.engine.definitions.get_xml(definition.id))


@GROUP.get("/process-definition/<id>/static-called-process-definitions", "The definitions that it calls by their keys")
def list_called(context: RequestContext, id: str) -> list[CalledProcessDefinition]:
    definition = context.engine.definitions.get(id)
    calls: dict[str, list[str]] = {}
    for node in context.engine.definitions.get_model(id).nodes.values():
        called = _find_called(context, definition, node)
        if called is not None:
            calls.setdefault(called.id, []).append(node.id)
    return [
        CalledProcessDefinition(
            **show_definition(context.engine, context.engine.definitions.get(called)).model_dump(),
            calledFromActivityIds=elements,
            callingProcessDefinitionId=id,
        )
        for called, elements in calls.items()
    ]


def _find_called(context: RequestContext, definition: Definition, node: Node) -> Definition | None:
    """What a call activity calls now; None where that depends on variables, or is not deployed."""
    call = node.call
    if (
        call is None
        or call.kind != "process"
        or call.key.dialect != "literal"
        or call.binding not in ("latest", "deployment")
    ):
        return None
    library = context.engine.definitions
    try:
        if call.binding == "deployment":
            return library.get_latest_for(call.key.text, definition.deployment_id)
        return library.get_latest(call.key.text, definition.tenant_id)
    except NotFound:
        return None


@VERSIONS.get("/rendered-form", "The fields of the start form as HTML", media="application/xhtml+xml")
def get_rendered_form(context: RequestContext, definition: Definition) -> Raw:
    return render_form(find_start_form(context.engine, definition))


@VERSIONS.get("/diagram", "An image deployed beside the file: Baton draws in the browser, so there is none")
def get_diagram(context: RequestContext, definition: Definition) -> None:
    del context, definition


@VERSIONS.get("/statistics", "Tokens and incidents per element")
def get_statistics(context: RequestContext, definition: Definition, query: StatisticsQuery) -> list[ActivityStatistics]:
    return [
        ActivityStatistics(
            id=element,
            instances=value.instances,
            failedJobs=value.incidents.get("failedJob", 0),
            incidents=_count_incidents(query, value.incidents),
        )
        for element, value in sorted(context.engine.instances.count_by_element(definition.id).items())
    ]


@VERSIONS.get(
    "/element-statistics",
    "What its newest instances tell of its elements: how often each was passed, and how long that took",
    baton_extension=True,
)
def get_element_statistics(context: RequestContext, definition: Definition) -> DefinitionSample:
    found = context.engine.samples.read_sample(definition.id)
    times = Durations.measure(found.durations)
    return DefinitionSample(
        instances=found.instances,
        total=found.total,
        events=found.events,
        p50=times.p50,
        p95=times.p95,
        elements=[_show_sample(id_, element) for id_, element in sorted(found.elements.items())],
        flows=found.flows,
    )


def _show_sample(id: str, element: SampledElement) -> ElementSample:
    times = Durations.measure(element.durations)
    return ElementSample(
        id=id,
        entered=element.entered,
        completed=element.completed,
        cancelled=element.cancelled,
        p50=times.p50,
        p95=times.p95,
    )


@VERSIONS.post("/start", "Start an instance", needs="process-definition:start", fast=True)
def start(context: RequestContext, definition: Definition, body: StartProcessInstance) -> StartedProcessInstance:
    header = _start(context, definition, body)
    fields = show_instance_fields(header, context.root)
    if body.withVariablesInReturn:
        fields["variables"] = to_rest_variables(context.engine.instance_reader.get_variables(header.id, 0))
    # Not as the model, because this is a hot path (docs/decisions/0013).
    return cast("StartedProcessInstance", fields)


def _start(context: RequestContext, definition: Definition, body: StartProcessInstance) -> InstanceHeader:
    return context.engine.starts.start(
        definition.id,
        business_key=body.businessKey,
        variables=body.variables or {},
        before=tuple(
            read_activity_id(startinstruction.activityId) for startinstruction in body.startInstructions or ()
        ),
        command_id=context.command_id,
        unique_business_key=body.uniqueBusinessKey or False,
        by=context.by,
    )


@VERSIONS.post(
    "/start-and-wait",
    "Start an instance and wait for its end: 200 with its variables, 202 when it still runs",
    baton_extension=True,
    pending=True,
    needs="process-definition:start",
)
def start_and_wait(
    context: RequestContext, definition: Definition, query: WaitForResult, body: StartProcessInstance
) -> InstanceResult:
    return answer_result(context, _start(context, definition, body).id, query.milliseconds)


@VERSIONS.post(
    "/submit-form",
    "Start an instance with the values of its form, converted and checked",
    needs="process-definition:start",
)
def submit_form(context: RequestContext, definition: Definition, body: SubmitForm) -> ProcessInstance:
    values = context.engine.submissions.convert_for_start(definition.id, body.variables or {})
    header = context.engine.starts.start(
        definition.id,
        business_key=body.businessKey,
        variables=values,
        command_id=context.command_id,
        by=context.by,
    )
    return show_instance(header, context.root)


@VERSIONS.get("/startForm", "The key of the start form")
def get_start_form(context: RequestContext, definition: Definition) -> Form:
    form = find_start_form(context.engine, definition)
    if form is None:
        raise BadRequest(f"Expected a start form in process definition '{definition.id}', but it has none")
    return show_form(form)


@VERSIONS.get("/deployed-start-form", "The deployed start form", media="application/octet-stream")
def get_deployed_start_form(context: RequestContext, definition: Definition) -> Raw:
    form = find_start_form(context.engine, definition)
    if form is None:
        raise NotFound(f"Expected a start form in process definition '{definition.id}', but it has none")
    return read_deployed_form(context.engine, definition, form)


@VERSIONS.get("/form-variables", "The start form's fields as variables with their defaults")
def get_form_variables(context: RequestContext, definition: Definition, query: FormVariablesQuery) -> ShownVariables:
    return show_form_variables(find_start_form(context.engine, definition), query.variableNames)


@VERSIONS.get("/form-fields", "The start form's fields, to draw it", baton_extension=True)
def get_form_fields(context: RequestContext, definition: Definition) -> list[FormField]:
    return show_fields(find_start_form(context.engine, definition))


@VERSIONS.put("/suspended", "Suspend or activate a definition")
def set_suspended(context: RequestContext, definition: Definition, body: SuspendDefinition) -> None:
    _suspend(context, definition, body)


def _suspend(context: RequestContext, definition: Definition, body: SuspendDefinition) -> None:
    include = body.includeProcessInstances or False
    context.engine.administration.suspend_definition(definition.id, body.suspended, include)


@GROUP.put("/process-definition/suspended", "Suspend or activate definitions by id or key")
def set_all_suspended(context: RequestContext, body: SuspendDefinitions) -> None:
    ids, keys = to_tuple(body.processDefinitionId), to_tuple(body.processDefinitionKey)
    if (ids is None) == (keys is None):
        raise BadRequest("Expected exactly one of processDefinitionId and processDefinitionKey")
    found = context.engine.definitions.find(DefinitionQuery(ids=ids, keys=keys))
    if not found:
        raise NotFound(f"Expected a process definition '{(ids or keys or ('',))[0]}', but there is none")
    for definition in found:
        _suspend(context, definition, body)


@VERSIONS.put("/history-time-to-live", "How many days ended instances are kept")
def set_ttl(context: RequestContext, definition: Definition, body: HistoryTimeToLive) -> None:
    context.engine.administration.set_history_ttl(definition.id, body.historyTimeToLive)
