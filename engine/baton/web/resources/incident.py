"""``/incident``: something an operator must look at."""

from __future__ import annotations

from typing import Any

from baton.model.commands import AnnotateIncident, ResolveIncident, SkipIncident
from baton.model.errors import BadRequest, CannotComplete, Conflict, NotFound
from baton.service import IncidentQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, dates, lists, strings
from baton.web.lists import Listing, Page, declare, paged, together
from baton.web.resources.batch import BATCH, done
from baton.web.routing import Group
from baton.web.scopes import instance_of, scope_of
from baton.web.shapes.work import INCIDENT, incident_json

GROUP = Group("Incident", "Something an operator must look at; the state is kept at the exact step")

FILTERS = (
    *strings("incidentId", "incidentType", "incidentMessage", "incidentMessageLike", "processDefinitionId"),
    *strings("processInstanceId", "executionId", "activityId", "failedActivityId", "causeIncidentId"),
    *strings("rootCauseIncidentId", "configuration"),
    *lists("processDefinitionKeyIn", "tenantIdIn"),
    *dates("incidentTimestampBefore", "incidentTimestampAfter"),
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
ANNOTATION = Shape("Annotation", (Field("annotation"),))
SKIP = Shape("SkipIncident", (Field("variables", "variables"),))
MANY = Shape(
    "ResolveIncidents",
    (*lists("incidentIds"), Field("incidentQuery", "object", shape=Shape("IncidentFilters", FILTERS))),
)


def _query(filters: Any, page: Page | None = None) -> IncidentQuery:
    named = [filters[name] for name in ("incidentId", "causeIncidentId", "rootCauseIncidentId") if name in filters]
    elements = {filters[name] for name in ("activityId", "failedActivityId") if name in filters}
    execution = filters.get("executionId")
    instance = filters.get("processInstanceId") or (scope_of(execution).instance_id if execution else None)
    return IncidentQuery(
        ids=None if not named else tuple(named[:1]) if len(set(named)) == 1 else (),
        instance_ids=(instance,) if instance else None,
        execution_id=execution,
        definition_ids=together(filters, "processDefinitionId", ""),
        definition_keys=filters.get("processDefinitionKeyIn"),
        elements=None if not elements else tuple(elements) if len(elements) == 1 else (),
        kind=filters.get("incidentType"),
        message=filters.get("incidentMessage"),
        message_like=filters.get("incidentMessageLike"),
        configuration=filters.get("configuration"),
        created_before=filters.get("incidentTimestampBefore"),
        created_after=filters.get("incidentTimestampAfter"),
        tenant_ids=filters.get("tenantIdIn"),
        **paged(page),
    )


declare(
    GROUP,
    Listing(
        path="/incident",
        what="open incidents",
        filters=FILTERS,
        sorts=SORTS,
        item=INCIDENT,
        fetch=lambda call, filters, page: [
            incident_json(one) for one in call.engine.incidents.find(_query(filters, page))
        ],
        count=lambda call, filters: call.engine.incidents.count(_query(filters)),
        post=False,
    ),
)


@GROUP.get("/incident/<id>", "One incident", answer=INCIDENT)
def get_incident(call: Call, id: str) -> dict[str, Any]:
    return incident_json(call.engine.incidents.get(id))


@GROUP.delete("/incident/<id>", "Resolve an incident that is not of a task or job: repeat what it stopped")
def delete_incident(call: Call, id: str) -> None:
    incident = call.engine.incidents.get(id)
    if incident.kind in ("failedExternalTask", "failedJob"):
        raise BadRequest(
            f"Expected an incident that can be resolved by itself, but '{id}' is a {incident.kind}: "
            "set the retries of what failed above 0"
        )
    call.engine.mailbox.submit(incident.instance_id, ResolveIncident(incident_id=id, by=call.by))


@GROUP.post("/incident/<id>/resolve", "Repeat what the incident stopped, whatever its type", ours=True)
def resolve(call: Call, id: str) -> None:
    command = ResolveIncident(incident_id=id, by=call.by)
    call.engine.mailbox.submit(instance_of(id, "incident"), command, command_id=call.command_id)


@GROUP.post(
    "/incident/<id>/skip",
    "Go on as if the work that the incident stopped had been done, with these variables as its result",
    body=SKIP,
    ours=True,
)
def skip(call: Call, id: str) -> None:
    command = SkipIncident(incident_id=id, variables=call.body.get("variables", {}), by=call.by)
    call.engine.mailbox.submit(instance_of(id, "incident"), command, command_id=call.command_id)


@GROUP.post(
    "/incident/resolve", "Repeat what many incidents stopped, whatever their types", body=MANY, answer=BATCH, ours=True
)
def resolve_many(call: Call) -> dict[str, Any]:
    ids, query = list(call.body.get("incidentIds", [])), call.body.get("incidentQuery")
    if not ids and query is None:
        raise BadRequest("Expected incidentIds or incidentQuery, but found none of them")
    if query is not None:
        ids += [one.id for one in call.engine.incidents.find(_query(query))]
    resolved = sum(_resolved(call, id) for id in dict.fromkeys(ids))
    return done(call, "resolve-incidents", resolved)


def _resolved(call: Call, id: str) -> bool:
    """False when there is nothing to resolve any more, or the instance is in no state for it."""
    try:
        call.engine.mailbox.submit(instance_of(id, "incident"), ResolveIncident(incident_id=id, by=call.by))
    except (NotFound, Conflict, CannotComplete):
        return False
    return True


@GROUP.put("/incident/<id>/annotation", "Write a note on an incident", body=ANNOTATION)
def annotate(call: Call, id: str) -> None:
    command = AnnotateIncident(incident_id=id, annotation=call.body.get("annotation"))
    call.engine.mailbox.submit(instance_of(id, "incident"), command)


@GROUP.delete("/incident/<id>/annotation", "Remove the note")
def remove_annotation(call: Call, id: str) -> None:
    call.engine.mailbox.submit(instance_of(id, "incident"), AnnotateIncident(incident_id=id, annotation=None))
