"""``/incident``: something an operator must look at."""

from __future__ import annotations

from baton.model import commands
from baton.model.errors import BadRequest
from baton.service import BatchRequest
from baton.web.answers.batch import Batch, create_batch
from baton.web.answers.work import Incident, show_incident
from baton.web.context import RequestContext
from baton.web.models.incident import Annotation, IncidentFilters, ResolveIncidents, SkipIncident
from baton.web.resources.approval import submit
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.scopes import parse_instance

GROUP = Group(
    "Incident", "Something an operator must look at; the state is kept at the exact step", resource="incident"
)
SORTS = {
    "incidentId": "id",
    "incidentMessage": "message",
    "incidentTimestamp": "created_at",
    "incidentType": "kind",
    "executionId": "token",
    "activityId": "element",
    "processInstanceId": "instance_id",
    "processDefinitionId": "definition_id",
    "causeIncidentId": "id",
    "rootCauseIncidentId": "id",
    "configuration": "configuration",
    "tenantId": "tenant_id",
}


declare(
    GROUP,
    Listing(
        path="/incident",
        what="open incidents",
        filters=IncidentFilters,
        sorts=SORTS,
        answer=Incident,
        fetch=lambda context, filters, page: [
            show_incident(context.engine, item) for item in context.engine.incidents.find(filters.to_query(page))
        ],
        count=lambda context, filters: context.engine.incidents.count(filters.to_query()),
        post=False,
    ),
)


@GROUP.get("/incident/<id>", "One incident")
def get_incident(context: RequestContext, id: str) -> Incident:
    return show_incident(context.engine, context.engine.incidents.get(id))


@GROUP.delete("/incident/<id>", "Resolve an incident that is not of a task or job: repeat what it stopped")
def delete_incident(context: RequestContext, id: str) -> None:
    incident = context.engine.incidents.get(id)
    if incident.kind in ("failedExternalTask", "failedJob"):
        raise BadRequest(
            f"Expected an incident that can be resolved by itself, but '{id}' is a {incident.kind}: "
            "set the retries of what failed above 0"
        )
    context.engine.mailbox.submit(incident.instance_id, commands.ResolveIncident(incident_id=id, by=context.by))


@GROUP.post("/incident/<id>/resolve", "Repeat what the incident stopped, whatever its type", baton_extension=True)
def resolve(context: RequestContext, id: str) -> None:
    command = commands.ResolveIncident(incident_id=id, by=context.by)
    context.engine.mailbox.submit(parse_instance(id, "incident"), command, command_id=context.command_id)


@GROUP.post(
    "/incident/<id>/skip",
    "Go on as if the work that the incident stopped had been done, with these variables as its result",
    baton_extension=True,
)
def skip(context: RequestContext, id: str, body: SkipIncident) -> None:
    command = commands.SkipIncident(incident_id=id, variables=body.variables or {}, by=context.by)
    return submit(context, parse_instance(id, "incident"), command)


@GROUP.post("/incident/resolve", "Repeat what many incidents stopped, as a batch", baton_extension=True)
def resolve_many(context: RequestContext, body: ResolveIncidents) -> Batch:
    ids = body.choose_incidents(context.engine)
    for id in ids:
        parse_instance(id, "incident")
    command = commands.ResolveIncident(incident_id="", by=context.by)
    return create_batch(
        context, BatchRequest(kind="resolve-incidents", items=ids, command=command, item_field="incident_id")
    )


@GROUP.put("/incident/<id>/annotation", "Write a note on an incident")
def annotate(context: RequestContext, id: str, body: Annotation) -> None:
    command = commands.AnnotateIncident(incident_id=id, annotation=body.annotation)
    context.engine.mailbox.submit(parse_instance(id, "incident"), command)


@GROUP.delete("/incident/<id>/annotation", "Remove the note")
def remove_annotation(context: RequestContext, id: str) -> None:
    context.engine.mailbox.submit(
        parse_instance(id, "incident"), commands.AnnotateIncident(incident_id=id, annotation=None)
    )
