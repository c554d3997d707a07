"""``/external-task``: fetch, complete, fail. The hot path of a worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from baton.model.commands import SetExternalTask
from baton.model.errors import BadRequest, NotFound
from baton.model.ids import get_instance_id
from baton.service import BatchRequest, ExternalTaskQuery, LockedTask
from baton.web.answers.batch import Batch, create_batch
from baton.web.answers.work import ExternalTask, LockedExternalTask, show_external_task, show_locked_task_fields
from baton.web.context import Raw, RequestContext
from baton.web.long_poll import fetch_bounded
from baton.web.models.external_task import (
    CompleteExternalTask,
    ExtendLock,
    ExternalTaskBpmnError,
    ExternalTaskFailure,
    ExternalTaskFilters,
    LockExternalTask,
    Priority,
    RecordResults,
    Retries,
    SetExternalTaskRetries,
    TopicNameFilters,
)
from baton.web.models.fetch import FetchExternalTasks
from baton.web.models.fields import ShownVariables
from baton.web.models.filtering import Page, choose_flag
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.variables import to_rest_variables

GROUP = Group(
    "External Task", "Work for the world outside: a topic, a lock, retries", resource="external-task", change="work"
)
SORTS = {
    "id": "id",
    "lockExpirationTime": "lock_until",
    "processInstanceId": "instance_id",
    "processDefinitionId": "definition_id",
    "processDefinitionKey": "definition_key",
    "taskPriority": "priority",
    "createTime": "created_at",
    "tenantId": "tenant_id",
}


def _fetch(context: RequestContext, filters: ExternalTaskFilters, page: Page) -> list[ExternalTask]:
    found = context.engine.external_tasks.find(filters.to_query(page))
    return [show_external_task(context.engine, task, lock) for task, lock in found]


declare(
    GROUP,
    Listing(
        path="/external-task",
        what="external tasks",
        filters=ExternalTaskFilters,
        sorts=SORTS,
        answer=ExternalTask,
        fetch=_fetch,
        count=lambda context, filters: context.engine.external_tasks.count(filters.to_query()),
    ),
)


@GROUP.post(
    "/external-task/fetchAndLock",
    "Lock tasks of some topics for a worker and give them to it; waits up to asyncResponseTimeout for the first",
    changes=False,
    needs="external-task:work",
    fast=True,
)
def fetch_and_lock(context: RequestContext, body: FetchExternalTasks) -> list[LockedExternalTask]:
    plain = {topic.topicName: topic.deserializeValues or False for topic in body.topics or ()}
    context.caller.require_topics(plain)
    shown = [_fields(context, item, plain.get(item.task.topic, False)) for item in fetch_bounded(context, body)]
    return cast("list[LockedExternalTask]", shown)


def require_topic(context: RequestContext, id: str) -> None:
    """Of a caller that is for some topics only: that the task is of one. Raises NotFound, Forbidden."""
    if context.caller.topics:
        task, _ = context.engine.external_tasks.get(id)
        context.caller.require_topics([task.topic])


def _fields(context: RequestContext, locked: LockedTask, deserialize: bool) -> dict[str, object]:
    variables = to_rest_variables(context.caller.choose_variables(locked.variables), deserialize)
    return show_locked_task_fields(
        context.engine, locked.task, locked.lock, variables, locked.extension_properties, locked.traceparent
    )


@GROUP.post("/external-task/<id>/complete", "Complete a task that the worker holds", fast=True)
def complete(context: RequestContext, id: str, body: CompleteExternalTask) -> None:
    require_topic(context, id)
    context.engine.external_tasks.complete(
        id, body.workerId, body.variables or {}, body.localVariables or {}, command_id=context.command_id
    )


@GROUP.post("/external-task/<id>/failure", "Report that a task failed, with retries left and a back-off")
def fail(context: RequestContext, id: str, body: ExternalTaskFailure) -> None:
    require_topic(context, id)
    context.engine.external_tasks.fail(
        id,
        body.workerId,
        error_message=body.errorMessage,
        error_details=body.errorDetails,
        retries=body.retries,
        retry_timeout=body.retryTimeout,
        variables=body.variables or {},
        local_variables=body.localVariables or {},
        command_id=context.command_id,
    )


@GROUP.post("/external-task/<id>/bpmnError", "Report a modelled business error")
def throw_error(context: RequestContext, id: str, body: ExternalTaskBpmnError) -> None:
    require_topic(context, id)
    context.engine.external_tasks.throw_error(
        id,
        body.workerId,
        body.errorCode,
        error_message=body.errorMessage,
        variables=body.variables or {},
        command_id=context.command_id,
    )


@GROUP.post("/external-task/<id>/extendLock", "Hold a task for longer, from now, and say how far it is")
def extend_lock(context: RequestContext, id: str, body: ExtendLock) -> None:
    require_topic(context, id)
    context.engine.external_tasks.extend_lock(id, body.workerId, body.newDuration, progress=body.to_progress())


@GROUP.get(
    "/external-task/<id>/results",
    "What steps of the task gave that earlier attempts have recorded",
    needs="external-task:work",
)
def get_results(context: RequestContext, id: str) -> ShownVariables:
    require_topic(context, id)
    return to_rest_variables(context.engine.recorded_results.read(id), deserialize=False)


@GROUP.post("/external-task/<id>/results", "Record what steps of the task gave; answers what is recorded: the first")
def record_results(context: RequestContext, id: str, body: RecordResults) -> ShownVariables:
    """Each for itself; they stay until the task is over."""
    require_topic(context, id)
    recorded = {key: context.engine.recorded_results.record(id, key, value) for key, value in body.results.items()}
    return to_rest_variables(recorded, deserialize=False)


@GROUP.post("/external-task/<id>/lock", "Lock one task for a worker")
def lock_task(context: RequestContext, id: str, body: LockExternalTask) -> None:
    require_topic(context, id)
    context.engine.external_tasks.lock(id, body.workerId, body.lockDuration)


@GROUP.post("/external-task/<id>/unlock", "Give a task back")
def unlock(context: RequestContext, id: str) -> None:
    require_topic(context, id)
    context.engine.external_tasks.unlock(id)


@GROUP.put(
    "/external-task/<id>/retries", "Set the retries; above 0 resolves the task's incident", needs="external-task:update"
)
def set_retries(context: RequestContext, id: str, body: Retries) -> None:
    context.engine.mailbox.submit(get_instance_id(id), SetExternalTask(task_id=id, retries=body.retries))


@GROUP.put("/external-task/<id>/priority", "Set the priority", needs="external-task:update")
def set_priority(context: RequestContext, id: str, body: Priority) -> None:
    context.engine.mailbox.submit(get_instance_id(id), SetExternalTask(task_id=id, priority=body.priority))


@GROUP.put("/external-task/retries", "Set the retries of many tasks", needs="external-task:update")
def set_many_retries(context: RequestContext, body: SetExternalTaskRetries) -> None:
    """All of them or, when one is not there, none."""
    ids = _chosen(context, body)
    there = {task.id for task, _ in context.engine.external_tasks.find(ExternalTaskQuery(ids=tuple(ids)))}
    for task_id in ids:
        if task_id not in there:
            raise NotFound(f"Cannot find external task with id {task_id}; nothing was changed")
    context.engine.mailbox.submit_each(
        [(get_instance_id(task_id), SetExternalTask(task_id=task_id, retries=body.retries)) for task_id in ids]
    )


@GROUP.post("/external-task/retries-async", "Set the retries of many tasks as a batch", needs="external-task:update")
def set_retries_async(context: RequestContext, body: SetExternalTaskRetries) -> Batch:
    command = SetExternalTask(task_id="", retries=body.retries)
    request = BatchRequest(
        kind="set-external-task-retries", items=_chosen(context, body), command=command, item_field="task_id"
    )
    return create_batch(context, request)


def _chosen(context: RequestContext, body: SetExternalTaskRetries) -> Sequence[str]:
    ids, query = list(body.externalTaskIds or ()), body.externalTaskQuery
    if not ids and query is None and not body.is_about_instances():
        raise BadRequest("Expected external tasks or process instances, by ids or by a query, but found none of them")
    instances = tuple(body.list_instances(context.engine))
    if query is not None:
        ids += [task.id for task, _ in context.engine.external_tasks.find(query.to_query())]
    if instances:
        ids += [task.id for task, _ in context.engine.external_tasks.find(ExternalTaskQuery(instance_ids=instances))]
    return list(dict.fromkeys(ids))


@GROUP.get("/external-task/topic-names", "The topics that have tasks")
def list_topic_names(context: RequestContext, query: TopicNameFilters) -> list[str]:
    locked = choose_flag(query.withLockedTasks, query.withUnlockedTasks, "'withLockedTasks' and 'withUnlockedTasks'")
    if locked is None and not query.withRetriesLeft:
        return sorted(context.engine.external_tasks.list_topics())
    wanted = ExternalTaskQuery(locked=locked, retries_left=query.withRetriesLeft or None)
    return sorted({task.topic for task, _ in context.engine.external_tasks.find(wanted)})


@GROUP.get("/external-task/<id>", "One external task")
def get_task(context: RequestContext, id: str) -> ExternalTask:
    return show_external_task(context.engine, *context.engine.external_tasks.get(id))


@GROUP.get("/external-task/<id>/errorDetails", "What the worker said of the last failure", media="text/plain")
def get_error_details(context: RequestContext, id: str) -> Raw | None:
    task, _ = context.engine.external_tasks.get(id)
    return Raw(task.error_details.encode(), "text/plain") if task.error_details else None
