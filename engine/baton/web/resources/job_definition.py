"""``/job-definition``: the timers and asynchronous continuations of a model, and the jobs of each together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from baton.model.commands import SetJob
from baton.model.definition import Definition, Node
from baton.model.errors import NotFound, Rejected
from baton.model.records import Job
from baton.service import DefinitionQuery, JobQuery, StartJob, is_start_id, take_page
from baton.web.answers.common import find_node
from baton.web.answers.job_definition import JobDefinition
from baton.web.answers.job_origins import JobOrigin, list_origins
from baton.web.context import RequestContext
from baton.web.models.filtering import Page, to_tuple
from baton.web.models.job_definition import (
    ASYNC,
    JobDefinitionFilters,
    SetDefinitionPriority,
    SetDefinitionRetries,
    SuspendJobDefinition,
    SuspendJobDefinitions,
    describe_due,
)
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.scopes import parse_instance

GROUP = Group("Job Definition", "What models have jobs for: timers, asynchronous continuations", resource="job")
SORTS = {
    "jobDefinitionId": "id",
    "activityId": "activityId",
    "processDefinitionId": "processDefinitionId",
    "processDefinitionKey": "processDefinitionKey",
    "jobType": "jobType",
    "tenantId": "tenantId",
}


def _list(context: RequestContext, query: DefinitionQuery) -> Iterator[JobOrigin]:
    for definition in context.engine.definitions.find(query):
        for node in _list_nodes(context, definition):
            yield from list_origins(definition, node)


def _list_nodes(context: RequestContext, definition: Definition) -> Iterable[Node]:
    """None of a definition whose file is gone, so that the others stay listed: its incident says so."""
    try:
        return context.engine.definitions.get_model(definition.id).nodes.values()
    except Rejected:
        return ()


def describe_timer(context: RequestContext, definition_id: str, element: str | None) -> dict[str, str | None]:
    """What an entry of the log of jobs tells of where a timer comes from; nothing of a definition that is gone."""
    node = find_node(context.engine, definition_id, element or "")
    names = ("jobDefinitionId", "jobDefinitionType", "jobDefinitionConfiguration", "deploymentId")
    if node is None:
        return dict.fromkeys(names)
    definition = context.engine.definitions.get(definition_id)
    timers = (found for found in list_origins(definition, node) if not found.kind.startswith(ASYNC))
    found = next(timers, None)
    told = (None, None, None) if found is None else (found.id, found.kind, found.configuration)
    return dict(zip(names, (*told, definition.deployment_id), strict=True))


def _find(context: RequestContext, filters: JobDefinitionFilters) -> list[JobDefinition]:
    query = DefinitionQuery(
        ids=to_tuple(filters.processDefinitionId),
        keys=to_tuple(filters.processDefinitionKey),
        tenant_ids=_list_tenants(filters),
        without_tenant=filters.withoutTenantId or False,
    )
    wanted = filters.choose_state()
    shown = (_show(context, found) for found in _list(context, query) if _fits(found, filters))
    return [each for each in shown if wanted in (None, each.suspended)]


def _list_tenants(filters: JobDefinitionFilters) -> tuple[Any, ...] | None:
    ids = filters.tenantIdIn
    return ids if ids is None or not filters.includeJobDefinitionsWithoutTenantId else (*ids, None)


def _fits(found: JobOrigin, filters: JobDefinitionFilters) -> bool:
    return (
        filters.withOverridingJobPriority is not True
        and filters.jobDefinitionId in (None, found.id)
        and (filters.activityIdIn is None or found.node.id in filters.activityIdIn)
        and filters.jobType in (None, _show_type(found.kind))
        and filters.jobConfiguration in (None, found.configuration)
    )


def _show_type(kind: str) -> str:
    return ASYNC if kind.startswith(ASYNC) else kind


def _show(context: RequestContext, found: JobOrigin) -> JobDefinition:
    jobs = _list_jobs(context, found)
    return JobDefinition(
        id=found.id,
        processDefinitionId=found.definition.id,
        processDefinitionKey=found.definition.key,
        activityId=found.node.id,
        jobType=_show_type(found.kind),
        jobConfiguration=found.configuration,
        suspended=bool(jobs) and all(job.suspended for job in jobs),
        tenantId=found.definition.tenant_id,
        deploymentId=found.definition.deployment_id,
    )


def _list_jobs(context: RequestContext, found: JobOrigin) -> list[Job | StartJob]:
    """The jobs that are there of the element."""
    query = JobQuery(definition_ids=(found.definition.id,), elements=(found.node.id,))
    return context.engine.jobs.find_with_starts(query)


def _fetch(context: RequestContext, filters: JobDefinitionFilters, page: Page) -> list[JobDefinition]:
    return take_page(_find(context, filters), page)


declare(
    GROUP,
    Listing(
        path="/job-definition",
        what="what models have jobs for",
        filters=JobDefinitionFilters,
        sorts=SORTS,
        answer=JobDefinition,
        fetch=_fetch,
        count=lambda context, filters: len(_find(context, filters)),
    ),
)


def _get(context: RequestContext, id: str) -> JobOrigin:
    query = DefinitionQuery(ids=(id.partition("~")[0],))
    found = next((each for each in _list(context, query) if each.id == id), None)
    if found is None:
        raise NotFound(f"Expected a job definition, but there is none with id '{id}'")
    return found


@GROUP.get("/job-definition/<id>", "What one element has jobs for")
def get_job_definition(context: RequestContext, id: str) -> JobDefinition:
    return _show(context, _get(context, id))


@GROUP.put("/job-definition/<id>/retries", "Set the retries of its jobs that have failed")
def set_retries(context: RequestContext, id: str, body: SetDefinitionRetries) -> None:
    found = _get(context, id)
    query = JobQuery(definition_ids=(found.definition.id,), elements=(found.node.id,), retries_left=False)
    _change(context, context.engine.jobs.find(query), retries=body.retries, **describe_due(body.dueDate))


@GROUP.put("/job-definition/<id>/jobPriority", "Set the priority of its jobs")
def set_priority(context: RequestContext, id: str, body: SetDefinitionPriority) -> None:
    jobs = [job for job in _list_jobs(context, _get(context, id)) if not is_start_id(job.id)]
    _change(context, jobs, priority=body.get_priority())


@GROUP.put("/job-definition/<id>/suspended", "Suspend or activate its jobs")
def set_suspended(context: RequestContext, id: str, body: SuspendJobDefinition) -> None:
    _suspend(context, _list_jobs(context, _get(context, id)), body.suspended)


@GROUP.put("/job-definition/suspended", "Suspend or activate the jobs of a process definition")
def suspend_many(context: RequestContext, body: SuspendJobDefinitions) -> None:
    body.check()
    tenant = body.processDefinitionTenantId
    query = JobQuery(
        definition_ids=to_tuple(body.processDefinitionId),
        definition_keys=to_tuple(body.processDefinitionKey),
        tenant_ids=to_tuple(tenant),
        without_tenant=body.processDefinitionWithoutTenantId or False,
    )
    _suspend(context, context.engine.jobs.find_with_starts(query), body.suspended)


def _suspend(context: RequestContext, jobs: list[Job | StartJob], suspended: bool) -> None:
    for job in jobs:
        if is_start_id(job.id):
            context.engine.start_timers.set_suspended(job.id, suspended)
    _change(context, [job for job in jobs if not is_start_id(job.id)], suspended=suspended)


def _change(context: RequestContext, jobs: list[Any], **changes: Any) -> None:
    context.engine.mailbox.submit_each(
        [(parse_instance(job.id, "job"), SetJob(job_id=job.id, **changes)) for job in jobs]
    )
