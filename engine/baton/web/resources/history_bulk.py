"""Many instances at once, chosen by a query of the history; and batches that are over, of which none is kept."""

from __future__ import annotations

from baton.model.commands import CancelInstance, SetJob
from baton.model.errors import NotFound
from baton.service import InstanceQuery, JobQuery, MessageQuery
from baton.web.answers.batch import Batch, make_finished_batch
from baton.web.answers.common import Count
from baton.web.context import RequestContext
from baton.web.models.history_bulk import (
    DeleteChosen,
    DeleteHistoricInstances,
    HistoricBatchFilters,
    HistoricBatchQuery,
    MessageToMany,
    RetriesOfChosen,
)
from baton.web.resources import bulk, history, process_instance
from baton.web.scopes import parse_instance, parse_scope


@process_instance.GROUP.post(
    "/process-instance/delete-historic-query-based",
    "Cancel many instances as a batch, those that run of what a query of the history finds",
    needs="process-instance:delete",
)
def delete_chosen(context: RequestContext, body: DeleteChosen) -> Batch:
    found = context.engine.instances.find(InstanceQuery(ids=tuple(body.choose(context.engine))))
    command = CancelInstance(reason=body.deleteReason, by=context.by)
    context.engine.mailbox.submit_each([(header.id, command) for header in found])
    return make_finished_batch(context, "instance-deletion", len(found))


@process_instance.GROUP.post(
    "/process-instance/job-retries-historic-query-based",
    "Set the retries of the jobs of many instances as a batch, those that run of what a query of the history finds",
    needs="job:update",
)
def set_retries(context: RequestContext, body: RetriesOfChosen) -> Batch:
    ids = tuple(body.choose(context.engine))
    jobs = context.engine.jobs.find(JobQuery(instance_ids=ids)) if ids else []
    changes = [
        (parse_instance(job.id, "job"), SetJob(job_id=job.id, retries=body.retries, due=body.dueDate)) for job in jobs
    ]
    context.engine.mailbox.submit_each(changes)
    return make_finished_batch(context, "set-job-retries", len(jobs))


@process_instance.GROUP.post(
    "/process-instance/message-async",
    "Deliver a message to each of many instances as a batch; one that does not wait for it is left alone",
    needs="event:send",
)
def send_to_many(context: RequestContext, body: MessageToMany) -> Batch:
    ids = body.choose(context.engine)
    for id in ids:
        query = MessageQuery(name=body.messageName, process_instance_id=id, variables=body.variables or {}, all=True)
        context.engine.messages.correlate(query)
    return make_finished_batch(context, "correlate-message", len(ids))


@history.GROUP.post(
    "/history/process-instance/delete", "Delete many ended instances with their history", needs="history:delete"
)
def delete_historic(context: RequestContext, body: DeleteHistoricInstances) -> Batch:
    ids = body.choose(context.engine)
    for id in ids:
        _delete(context, id, must_exist=body.failIfNotExists is not False)
    return make_finished_batch(context, "historic-instance-deletion", len(ids))


def _delete(context: RequestContext, id: str, *, must_exist: bool) -> None:
    try:
        context.engine.administration.delete_history(parse_scope(id, "process instance").instance_id)
    except NotFound:
        if must_exist:
            raise


@bulk.GROUP.get("/history/batch", "Batches that are over: none is kept, since each is over when it is answered")
def list_batches(context: RequestContext, query: HistoricBatchQuery) -> list[Batch]:
    del context, query
    return []


@bulk.GROUP.get("/history/batch/count", "How many batches are kept: none")
def count_batches(context: RequestContext, query: HistoricBatchFilters) -> Count:
    del context, query
    return Count(count=0)


@bulk.GROUP.get("/history/batch/<id>", "A batch is not kept when it is over, so there is none to be seen")
def get_batch(context: RequestContext, id: str) -> Batch:
    del context
    raise NotFound(f"Expected a batch that is kept, but there is none with id '{id}'")


@bulk.GROUP.delete("/history/batch/<id>", "Delete a batch that is over: none is kept")
def delete_batch(context: RequestContext, id: str) -> None:
    get_batch(context, id)


@bulk.GROUP.get("/history/batch/cleanable-batch-report", "How many batches may be removed: none is kept")
def list_cleanable(context: RequestContext, query: HistoricBatchQuery) -> list[Batch]:
    del context, query
    return []


@bulk.GROUP.get("/history/batch/cleanable-batch-report/count", "How many kinds of batches are kept: none")
def count_cleanable(context: RequestContext, query: HistoricBatchQuery) -> Count:
    del context, query
    return Count(count=0)
