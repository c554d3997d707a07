"""``/job``: work the engine owes itself: timers, asynchronous continuations, retries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from baton.model.commands import FireJob, SetJob
from baton.model.errors import BadRequest
from baton.model.records import JobKind
from baton.service import JobQuery
from baton.web.call import Call, Raw
from baton.web.fields import Field, Shape, booleans, integers, lists, strings
from baton.web.lists import Listing, Page, declare, flag, one_of, paged, together
from baton.web.resources.batch import BATCH, done
from baton.web.resources.process_instance import QUERY as INSTANCE_FILTERS
from baton.web.resources.process_instance import query_of as instance_query_of
from baton.web.routing import Group
from baton.web.scopes import instance_of
from baton.web.shapes.work import JOB, job_json
from baton.web.times import parse_millis

GROUP = Group("Job", "Work the engine owes itself: timers, asynchronous continuations, retries")

FILTERS = (
    *strings("jobId", "processInstanceId", "executionId", "processDefinitionId", "processDefinitionKey"),
    *strings("activityId", "failedActivityId", "exceptionMessage"),
    *lists("jobIds", "processInstanceIds", "tenantIdIn"),
    *booleans("withRetriesLeft", "noRetriesLeft", "executable", "timers", "messages", "withException"),
    *booleans("active", "suspended", "withoutTenantId"),
    *integers("priorityLowerThanOrEquals", "priorityHigherThanOrEquals"),
    Field("dueDates", "any", "gt_ or lt_ and a date, comma separated; a list of objects in a body"),
    Field("createTimes", "any", "gt_ or lt_ and a date, comma separated; a list of objects in a body"),
)
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
RETRIES = Shape("JobRetries", (Field("retries", "integer", required=True), Field("dueDate", "date")))
MANY_RETRIES = Shape(
    "SetJobRetries",
    (
        Field("retries", "integer", required=True),
        *lists("jobIds"),
        Field("jobQuery", "object", shape=Shape("JobFilters", FILTERS)),
        Field("dueDate", "date"),
    ),
)
RETRIES_OF_INSTANCES = Shape(
    "SetJobRetriesOfInstances",
    (
        Field("retries", "integer", required=True),
        *lists("processInstances"),
        Field("processInstanceQuery", "object", shape=INSTANCE_FILTERS),
        Field("dueDate", "date"),
    ),
)
DUE = Shape("JobDueDate", (Field("duedate", "date"), *booleans("cascade")))
SUSPEND = Shape(
    "SuspendJob",
    (
        Field("suspended", "boolean", required=True),
        *strings("processInstanceId", "processDefinitionId", "processDefinitionKey"),
    ),
)
PRIORITY = Shape("JobPriority", (Field("priority", "integer", required=True),))


def _query(filters: Any, page: Page | None = None) -> JobQuery:
    due_after, due_before = _range(filters.get("dueDates"), "dueDates")
    created_after, created_before = _range(filters.get("createTimes"), "createTimes")
    return JobQuery(
        ids=together(filters, "jobId", "jobIds"),
        instance_ids=together(filters, "processInstanceId", "processInstanceIds"),
        execution_id=filters.get("executionId"),
        definition_ids=together(filters, "processDefinitionId", ""),
        definition_keys=together(filters, "processDefinitionKey", ""),
        elements=together(filters, "activityId", ""),
        failed_element=filters.get("failedActivityId"),
        kinds=_kinds(filters),
        retries_left=one_of(filters, "withRetriesLeft", "noRetriesLeft"),
        executable=flag(filters, "executable"),
        with_exception=flag(filters, "withException"),
        exception_message=filters.get("exceptionMessage"),
        suspended=one_of(filters, "suspended", "active"),
        priority_min=filters.get("priorityHigherThanOrEquals"),
        priority_max=filters.get("priorityLowerThanOrEquals"),
        due_after=due_after,
        due_before=due_before,
        created_after=created_after,
        created_before=created_before,
        tenant_ids=filters.get("tenantIdIn"),
        without_tenant=flag(filters, "withoutTenantId"),
        **paged(page),
    )


def _kinds(filters: Any) -> tuple[JobKind, ...] | None:
    timers = one_of(filters, "timers", "messages")
    if timers is None:
        return None
    return (JobKind.TIMER,) if timers else (JobKind.ASYNC, JobKind.RETRY)


def _range(given: Any, name: str) -> tuple[int | None, int | None]:
    """The moments after and before which; None where there is no bound."""
    if given is None:
        return None, None
    pairs: list[tuple[str, str]]
    if isinstance(given, str):
        pairs = [(part.partition("_")[0], part.partition("_")[2]) for part in given.split(",") if part]
    else:
        pairs = [(str(one.get("operator")), str(one.get("value"))) for one in given]
    found: dict[str, int] = {}
    for operator, text in pairs:
        if operator not in ("gt", "lt"):
            raise BadRequest(f"Expected gt or lt and a date for '{name}', but found '{operator}'")
        found[operator] = parse_millis(text, name)
    return found.get("gt"), found.get("lt")


declare(
    GROUP,
    Listing(
        path="/job",
        what="jobs",
        filters=FILTERS,
        sorts=SORTS,
        item=JOB,
        fetch=lambda call, filters, page: [job_json(one) for one in call.engine.jobs.find(_query(filters, page))],
        count=lambda call, filters: call.engine.jobs.count(_query(filters)),
    ),
)


@GROUP.get("/job/<id>", "One job", answer=JOB)
def get_job(call: Call, id: str) -> dict[str, Any]:
    return job_json(call.engine.jobs.get(id))


@GROUP.post("/job/<id>/execute", "Run the job now, due or not")
def execute(call: Call, id: str) -> None:
    call.engine.mailbox.submit(instance_of(id, "job"), FireJob(job_id=id), command_id=call.command_id)


def _set(call: Call, id: str, **changes: Any) -> None:
    call.engine.mailbox.submit(instance_of(id, "job"), SetJob(job_id=id, **changes), command_id=call.command_id)


@GROUP.put("/job/<id>/retries", "Set the retries; above 0 resolves the job's incident", body=RETRIES)
def set_retries(call: Call, id: str) -> None:
    _set(call, id, retries=_not_negative(call.body["retries"]), due=call.body.get("dueDate"))


@GROUP.post("/job/retries", "Set the retries of many jobs as a batch", body=MANY_RETRIES, answer=BATCH)
def set_many_retries(call: Call) -> dict[str, Any]:
    ids: list[str] = list(call.body.get("jobIds", []))
    query = call.body.get("jobQuery")
    if not ids and query is None:
        raise BadRequest("Expected jobIds or jobQuery, but found none of them")
    if query is not None:
        ids += [job.id for job in call.engine.jobs.find(_query(query))]
    return _set_retries_of(call, ids)


@GROUP.post(
    "/process-instance/job-retries",
    "Set the retries of all jobs of many instances as a batch",
    body=RETRIES_OF_INSTANCES,
    answer=BATCH,
)
def set_retries_of_instances(call: Call) -> dict[str, Any]:
    instances: list[str] = list(call.body.get("processInstances", []))
    query = call.body.get("processInstanceQuery")
    if not instances and query is None:
        raise BadRequest("Expected processInstances or processInstanceQuery, but found none of them")
    if query is not None:
        instances += [one.id for one in call.engine.instances.find(instance_query_of(call, query))]
    return _set_retries_of(call, [job.id for job in call.engine.jobs.find(JobQuery(instance_ids=tuple(instances)))])


def _set_retries_of(call: Call, ids: Iterable[str]) -> dict[str, Any]:
    retries, unique = _not_negative(call.body["retries"]), dict.fromkeys(ids)
    for id in unique:
        command = SetJob(job_id=id, retries=retries, due=call.body.get("dueDate"))
        call.engine.mailbox.submit(instance_of(id, "job"), command)
    return done(call, "set-job-retries", len(unique))


def _not_negative(retries: int) -> int:
    if retries < 0:
        raise BadRequest(f"Expected 0 or more for 'retries', but found {retries}")
    return retries


@GROUP.put("/job/<id>/duedate", "Change when the job is due; null is now", body=DUE)
def set_due(call: Call, id: str) -> None:
    _set(call, id, due=call.body.get("duedate", call.engine.clock.now()))


@GROUP.put("/job/<id>/priority", "Set the priority", body=PRIORITY)
def set_priority(call: Call, id: str) -> None:
    _set(call, id, priority=call.body["priority"])


@GROUP.put("/job/<id>/suspended", "Suspend or activate one job", body=SUSPEND)
def set_suspended(call: Call, id: str) -> None:
    _set(call, id, suspended=call.body["suspended"])


@GROUP.put("/job/suspended", "Suspend or activate the jobs of an instance or a definition", body=SUSPEND)
def suspend_many(call: Call) -> None:
    names = ("processInstanceId", "processDefinitionId", "processDefinitionKey")
    filters = {name: call.body[name] for name in names if name in call.body}
    if len(filters) != 1:
        raise BadRequest(f"Expected exactly one of {', '.join(names)}, but found {len(filters)}")
    for job in call.engine.jobs.find(_query(filters)):
        call.engine.mailbox.submit(job.instance_id, SetJob(job_id=job.id, suspended=call.body["suspended"]))


@GROUP.get("/job/<id>/stacktrace", "What went wrong when the job last failed", answer="text/plain")
def stacktrace(call: Call, id: str) -> Raw:
    job = call.engine.jobs.get(id)
    return Raw((job.error_details or job.error_message or "").encode(), "text/plain")
