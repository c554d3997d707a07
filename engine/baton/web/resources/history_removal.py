"""When history is removed, and what is taken out of it before."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.errors import BadRequest, NotFound
from baton.model.ids import is_instance_id
from baton.service import SET_OF_BATCHES, SET_OF_DECISIONS, SET_OF_INSTANCES, BatchRequest, RemovalTime
from baton.web.answers.batch import Batch, create_batch
from baton.web.answers.reports import CleanupConfiguration, CleanupJob
from baton.web.context import RequestContext
from baton.web.models.removal_time import (
    Annotation,
    CleanupQuery,
    SetRemovalTimeOfBatches,
    SetRemovalTimeOfDecisions,
    SetRemovalTimeOfInstances,
)
from baton.web.resources import batch, history_instance
from baton.web.resources.history import GROUP
from baton.web.resources.history_decisions import choose_decisions
from baton.web.scopes import parse_instance, parse_scope
from baton.web.times import format_date

_JOB = "history-cleanup"


def _create(context: RequestContext, kind: str, items: Sequence[str], time: RemovalTime) -> Batch:
    return create_batch(context, BatchRequest(kind=kind, items=items, details=time.to_details()))


@history_instance.GROUP.post(
    "/history/process-instance/set-removal-time",
    "Say when many instances are removed, as a batch",
    needs="history:delete",
)
def set_of_instances(context: RequestContext, body: SetRemovalTimeOfInstances) -> Batch:
    return _create(context, SET_OF_INSTANCES, body.choose(context.engine), body.read())


@GROUP.post(
    "/history/decision-instance/set-removal-time",
    "Say when many evaluations are removed, as a batch",
    needs="history:delete",
)
def set_of_decisions(context: RequestContext, body: SetRemovalTimeOfDecisions) -> Batch:
    time = body.read(whole=body.hierarchical or False)
    ids = choose_decisions(context, body.historicDecisionInstanceIds, body.historicDecisionInstanceQuery)
    return _create(context, SET_OF_DECISIONS, ids, time)


@batch.HISTORY.post(
    "/history/batch/set-removal-time", "Say when many batches are forgotten, as a batch", needs="history:delete"
)
def set_of_batches(context: RequestContext, body: SetRemovalTimeOfBatches) -> Batch:
    return _create(context, SET_OF_BATCHES, body.choose(context.engine), body.read())


# -- cleanup


@GROUP.get("/history/cleanup/configuration", "The hours in which history is removed")
def get_cleanup_configuration(context: RequestContext) -> CleanupConfiguration:
    times = context.engine.retention.read_times()
    return CleanupConfiguration(
        batchWindowStartTime=format_date(times.start), batchWindowEndTime=format_date(times.end), enabled=True
    )


def _make_job(context: RequestContext) -> CleanupJob:
    times = context.engine.retention.read_times()
    return CleanupJob(id=_JOB, dueDate=format_date(times.asked_at if times.asked_at is not None else times.start))


@GROUP.get("/history/cleanup/jobs", "What removes history: a loop of the server, shown as one job")
def list_cleanup_jobs(context: RequestContext) -> list[CleanupJob]:
    return [_make_job(context)]


@GROUP.get("/history/cleanup/job", "The same, alone")
def get_cleanup_job(context: RequestContext) -> CleanupJob:
    return _make_job(context)


@GROUP.post(
    "/history/cleanup",
    "Remove history whose time is over, also outside of its hours",
    needs="history:delete",
    whole=True,
)
def ask_for_cleanup(context: RequestContext, query: CleanupQuery) -> CleanupJob:
    if query.immediatelyDue is not False:
        context.engine.retention.ask()
    return _make_job(context)


# -- what is taken out, and notes


@GROUP.delete(
    "/history/variable-instance/<id>", "Take the values of a variable out of the history", needs="history:delete"
)
def delete_variable(context: RequestContext, id: str) -> None:
    scope = parse_scope(id.partition(":")[0], "historic variable instance")
    context.engine.history_changes.delete_variable(scope.instance_id, scope.token, id.partition(":")[2])


@GROUP.delete(
    "/history/process-instance/<id>/variable-instances",
    "Take the values of all variables of an instance out of its history",
    needs="history:delete",
)
def delete_variables(context: RequestContext, id: str) -> None:
    context.engine.history_changes.delete_variables(parse_instance(id, "process instance"))


@GROUP.put(
    "/history/user-operation/<operation_id>/set-annotation",
    "Write a note on what somebody did",
    needs="process-instance:update",
)
def set_annotation(context: RequestContext, operation_id: str, body: Annotation) -> None:
    _annotate(context, operation_id, body.annotation)


@GROUP.put(
    "/history/user-operation/<operation_id>/clear-annotation", "Remove the note", needs="process-instance:update"
)
def clear_annotation(context: RequestContext, operation_id: str) -> None:
    _annotate(context, operation_id, None)


def _annotate(context: RequestContext, operation_id: str, text: str | None) -> None:
    instance_id, _, position = operation_id.partition(".e")
    if not is_instance_id(instance_id) or not position.isdecimal() or len(position) > 9:
        raise BadRequest(f"Expected the id of an operation, but there is none with id '{operation_id}'")
    try:
        context.engine.history_changes.annotate(instance_id, int(position), text)
    except NotFound as error:
        raise BadRequest(error.message) from None
