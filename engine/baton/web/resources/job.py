"""``/job``: work the engine owes itself: timers, asynchronous continuations, retries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from baton.model.commands import DeleteJob, FireJob, RecalculateJob, SetJob
from baton.model.errors import BadRequest
from baton.model.times import Millis
from baton.service import BatchRequest, JobQuery, StartJob, is_start_id
from baton.web.answers.batch import Batch, create_batch
from baton.web.answers.work import Job, show_job
from baton.web.context import Raw, RequestContext
from baton.web.models.job import (
    JobDueDate,
    JobFilters,
    JobPriority,
    JobRetries,
    RecalculateDueDate,
    SetJobRetries,
    SetJobRetriesOfInstances,
    SuspendJob,
    SuspendJobs,
)
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.scopes import parse_instance

GROUP = Group("Job", "Work the engine owes itself: timers, asynchronous continuations, retries", resource="job")
SORTS = {
    "jobId": "id",
    "executionId": "token",
    "processInstanceId": "instance_id",
    "processDefinitionId": "definition_id",
    "processDefinitionKey": "definition_key",
    "jobPriority": "priority",
    "jobRetries": "retries",
    "jobDueDate": "due",
    "tenantId": "tenant_id",
}


declare(
    GROUP,
    Listing(
        path="/job",
        what="jobs",
        filters=JobFilters,
        sorts=SORTS,
        answer=Job,
        fetch=lambda context, filters, page: [
            show_job(context.engine, start) for start in context.engine.jobs.find_with_starts(filters.to_query(page))
        ],
        count=lambda context, filters: context.engine.jobs.count_with_starts(filters.to_query()),
    ),
)


@GROUP.get("/job/<id>", "One job")
def get_job(context: RequestContext, id: str) -> Job:
    return show_job(context.engine, context.engine.jobs.get_any(id))


@GROUP.post("/job/<id>/execute", "Run the job now, due or not")
def execute(context: RequestContext, id: str) -> None:
    if is_start_id(id):
        context.engine.start_timers.run(id)
        return
    context.engine.mailbox.submit(parse_instance(id, "job"), FireJob(job_id=id), command_id=context.command_id)


def _set(context: RequestContext, id: str, *, command_id: str | None, **changes: Any) -> None:
    instance_id, command = _make_change(context, id, **changes)
    context.engine.mailbox.submit(instance_id, command, command_id=command_id)


def _make_change(context: RequestContext, id: str, **changes: Any) -> tuple[str, SetJob]:
    if is_start_id(id):
        context.engine.jobs.get_any(id)
        raise BadRequest(
            f"Expected a job of an instance, but '{id}' is the timer of a start event: it has neither retries nor a "
            "priority to set"
        )
    return parse_instance(id, "job"), SetJob(job_id=id, **changes)


@GROUP.put("/job/<id>/retries", "Set the retries; above 0 resolves the job's incident")
def set_retries(context: RequestContext, id: str, body: JobRetries) -> None:
    _set(context, id, command_id=context.command_id, retries=body.retries, due=body.dueDate)


@GROUP.post("/job/retries", "Set the retries of many jobs as a batch")
def set_many_retries(context: RequestContext, body: SetJobRetries) -> Batch:
    ids = list(body.jobIds or ())
    if not ids and body.jobQuery is None:
        raise BadRequest("Expected jobIds or jobQuery, but found none of them")
    if body.jobQuery is not None:
        ids += [job.id for job in context.engine.jobs.find(body.jobQuery.to_query())]
    return _set_retries_of(context, ids, body)


@GROUP.post("/process-instance/job-retries", "Set the retries of all jobs of many instances as a batch")
def set_retries_of_instances(context: RequestContext, body: SetJobRetriesOfInstances) -> Batch:
    jobs = context.engine.jobs.find(JobQuery(instance_ids=tuple(body.choose(context.engine))))
    return _set_retries_of(context, [job.id for job in jobs], body)


def _set_retries_of(context: RequestContext, ids: Iterable[str], body: JobRetries) -> Batch:
    unique = list(dict.fromkeys(ids))
    for id in unique:
        _make_change(context, id)
    return create_batch(context, make_retries_request(unique, body.retries, body.dueDate))


def make_retries_request(ids: list[str], retries: int, due: Millis | None) -> BatchRequest:
    """A batch that sets the retries of jobs of instances, and when they are due."""
    command = SetJob(job_id="", retries=retries, due=due)
    return BatchRequest(kind="set-job-retries", items=ids, command=command, item_field="job_id")


@GROUP.put("/job/<id>/duedate", "Change when the job is due; null is now")
def set_due(context: RequestContext, id: str, body: JobDueDate) -> None:
    due = context.engine.clock.now() if body.duedate is None else body.duedate
    if is_start_id(id):
        context.engine.start_timers.set_due(id, due)
    else:
        _set(context, id, command_id=context.command_id, due=due)


@GROUP.post("/job/<id>/duedate/recalculate", "Compute again when a timer is due")
def compute_due(context: RequestContext, id: str, query: RecalculateDueDate) -> None:
    from_creation = query.creationDateBased is not False
    if is_start_id(id):
        context.engine.start_timers.compute_due(id, None if from_creation else context.engine.clock.now())
        return
    command = RecalculateJob(job_id=id, from_creation=from_creation)
    context.engine.mailbox.submit(parse_instance(id, "job"), command, command_id=context.command_id)


@GROUP.delete("/job/<id>", "Delete the job of a timer, which never fires then", needs="job:update")
def delete_job(context: RequestContext, id: str) -> None:
    if is_start_id(id):
        context.engine.start_timers.delete(id)
    else:
        context.engine.mailbox.submit(parse_instance(id, "job"), DeleteJob(job_id=id))


@GROUP.put("/job/<id>/priority", "Set the priority")
def set_priority(context: RequestContext, id: str, body: JobPriority) -> None:
    _set(context, id, command_id=context.command_id, priority=body.priority)


@GROUP.put("/job/<id>/suspended", "Suspend or activate one job")
def set_suspended(context: RequestContext, id: str, body: SuspendJob) -> None:
    _suspend(context, id, body.suspended, context.command_id)


def _suspend(context: RequestContext, id: str, suspended: bool, command_id: str | None) -> None:
    if is_start_id(id):
        context.engine.start_timers.set_suspended(id, suspended)
    else:
        _set(context, id, command_id=command_id, suspended=suspended)


@GROUP.put("/job/suspended", "Suspend or activate the jobs of an instance or a definition")
def suspend_many(context: RequestContext, body: SuspendJobs) -> None:
    found = context.engine.jobs.find_with_starts(body.to_query())
    for job in found:
        if is_start_id(job.id):
            context.engine.start_timers.set_suspended(job.id, body.suspended)
    changes = [_make_change(context, job.id, suspended=body.suspended) for job in found if not is_start_id(job.id)]
    context.engine.mailbox.submit_each(changes)


@GROUP.get("/job/<id>/stacktrace", "What went wrong when the job last failed", media="text/plain")
def get_stacktrace(context: RequestContext, id: str) -> Raw:
    job = context.engine.jobs.get_any(id)
    text = "" if isinstance(job, StartJob) else job.error_details or job.error_message or ""
    return Raw(text.encode(), "text/plain")
