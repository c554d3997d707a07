"""Many instances at once, chosen by a query of the history."""

from __future__ import annotations

from baton.model.commands import CancelInstance
from baton.model.errors import NotFound
from baton.model.values import Value
from baton.service import CORRELATE, DELETE_HISTORY, BatchRequest, InstanceQuery, JobQuery
from baton.web.answers.batch import Batch, create_batch
from baton.web.context import RequestContext
from baton.web.models.history_bulk import DeleteHistoricInstances, MessageToMany
from baton.web.models.job import SetJobRetriesOfInstances
from baton.web.models.process_instance import DeleteProcessInstances
from baton.web.resources import history, process_instance
from baton.web.resources.job import make_retries_request


@process_instance.GROUP.post(
    "/process-instance/delete-historic-query-based",
    "Cancel many instances as a batch, those that run of what a query of the history finds",
    needs="process-instance:delete",
)
def delete_chosen(context: RequestContext, body: DeleteProcessInstances) -> Batch:
    found = context.engine.instances.find(InstanceQuery(ids=tuple(body.choose(context.engine))))
    command = CancelInstance(reason=body.deleteReason, by=context.by)
    ids = [header.id for header in found]
    return create_batch(context, BatchRequest(kind="instance-deletion", items=ids, command=command))


@process_instance.GROUP.post(
    "/process-instance/job-retries-historic-query-based",
    "Set the retries of the jobs of many instances as a batch, those that run of what a query of the history finds",
    needs="job:update",
)
def set_retries(context: RequestContext, body: SetJobRetriesOfInstances) -> Batch:
    ids = tuple(body.choose(context.engine))
    jobs = context.engine.jobs.find(JobQuery(instance_ids=ids)) if ids else []
    return create_batch(context, make_retries_request([job.id for job in jobs], body.retries, body.dueDate))


@process_instance.GROUP.post(
    "/process-instance/message-async",
    "Deliver a message to each of many instances as a batch; one that does not wait for it is left alone",
    needs="event:send",
)
def send_to_many(context: RequestContext, body: MessageToMany) -> Batch:
    ids = body.choose(context.engine)
    details: dict[str, Value] = {"name": body.messageName, "variables": dict(body.variables or {})}
    return create_batch(context, BatchRequest(kind=CORRELATE, items=ids, details=details))


@history.GROUP.post(
    "/history/process-instance/delete", "Delete many ended instances with their history", needs="history:delete"
)
def delete_historic(context: RequestContext, body: DeleteHistoricInstances) -> Batch:
    ids = body.choose(context.engine)
    if body.failIfNotExists is not False:
        query = InstanceQuery(ids=tuple(ids), include_ended=True)
        there = {header.id for header in context.engine.instances.find(query)}
        for id in ids:
            if id not in there:
                raise NotFound(f"Expected ended process instances, but there is none with id '{id}'")
    return create_batch(context, BatchRequest(kind=DELETE_HISTORY, items=ids))
