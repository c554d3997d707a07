"""``/external-task``: fetch, complete, fail. The hot path of a worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from baton.model.commands import SetExternalTask
from baton.model.errors import BadRequest, NotFound
from baton.model.ids import get_instance_id
from baton.service import ExternalTaskQuery, LockedTask
from baton.web.call import Call, Raw
from baton.web.fields import Field, Shape, booleans, dates, integers, lists, strings
from baton.web.lists import Listing, Page, declare, flag, one_of, paged, together
from baton.web.long_poll import fetch_bounded
from baton.web.resources.batch import BATCH, done
from baton.web.resources.process_instance import QUERY as INSTANCE_FILTERS
from baton.web.resources.process_instance import query_of as instance_query_of
from baton.web.routing import Group
from baton.web.shapes.common import execution_id, version_tag
from baton.web.shapes.work import EXTERNAL_TASK, LOCKED_TASK, external_task_json
from baton.web.times import date_text
from baton.web.topics import FETCH, topics_of
from baton.web.variables import to_rest

GROUP = Group("External Task", "Work for the world outside: a topic, a lock, retries")

FILTERS = (
    *strings("externalTaskId", "topicName", "workerId", "activityId", "executionId", "processInstanceId"),
    *strings("processDefinitionId"),
    *lists("externalTaskIdIn", "activityIdIn", "processInstanceIdIn", "tenantIdIn"),
    *booleans("locked", "notLocked", "withRetriesLeft", "noRetriesLeft", "active", "suspended"),
    *dates("lockExpirationAfter", "lockExpirationBefore"),
    *integers("priorityHigherThanOrEquals", "priorityLowerThanOrEquals"),
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
COMPLETE = Shape(
    "CompleteExternalTask",
    (Field("workerId", required=True), Field("variables", "variables"), Field("localVariables", "variables")),
)
FAILURE = Shape(
    "ExternalTaskFailure",
    (
        Field("workerId", required=True),
        *strings("errorMessage", "errorDetails"),
        *integers("retries", "retryTimeout"),
        Field("variables", "variables"),
        Field("localVariables", "variables"),
    ),
)
BPMN_ERROR = Shape(
    "ExternalTaskBpmnError",
    (
        Field("workerId", required=True),
        Field("errorCode", required=True),
        Field("errorMessage"),
        Field("variables", "variables"),
    ),
)
EXTEND = Shape("ExtendLock", (Field("workerId", required=True), Field("newDuration", "integer", required=True)))
LOCK = Shape("LockExternalTask", (Field("workerId", required=True), Field("lockDuration", "integer", required=True)))
RETRIES = Shape("Retries", (Field("retries", "integer", required=True),))
PRIORITY = Shape("Priority", (Field("priority", "integer", required=True),))
BULK_RETRIES = Shape(
    "SetExternalTaskRetries",
    (
        Field("retries", "integer", required=True),
        *lists("externalTaskIds", "processInstanceIds"),
        Field("externalTaskQuery", "object", shape=Shape("ExternalTaskQuery", FILTERS)),
        Field("processInstanceQuery", "object", shape=INSTANCE_FILTERS),
    ),
    inert=("historicProcessInstanceQuery",),
)


def query_of(filters: dict[str, Any], page: Page | None = None) -> ExternalTaskQuery:
    """The filters of the API as a query of the service."""
    ids = together(filters, "externalTaskId", "externalTaskIdIn")
    instances = together(filters, "processInstanceId", "processInstanceIdIn")
    suspended = one_of(filters, "suspended", "active")
    execution = filters.get("executionId")
    return ExternalTaskQuery(
        ids=ids,
        topic=filters.get("topicName"),
        worker_id=filters.get("workerId"),
        locked=one_of(filters, "locked", "notLocked"),
        retries_left=one_of(filters, "withRetriesLeft", "noRetriesLeft"),
        elements=together(filters, "activityId", "activityIdIn"),
        instance_ids=(get_instance_id(execution),) if execution and instances is None else instances,
        execution_id=execution,
        definition_ids=together(filters, "processDefinitionId", ""),
        suspended=suspended,
        priority_min=filters.get("priorityHigherThanOrEquals"),
        priority_max=filters.get("priorityLowerThanOrEquals"),
        lock_expires_after=filters.get("lockExpirationAfter"),
        lock_expires_before=filters.get("lockExpirationBefore"),
        tenant_ids=filters.get("tenantIdIn"),
        **paged(page),
    )


def _fetch(call: Call, filters: Any, page: Page) -> list[Any]:
    found = call.engine.external_tasks.find(query_of(filters, page))
    return [external_task_json(call.engine, task, lock) for task, lock in found]


declare(
    GROUP,
    Listing(
        path="/external-task",
        what="external tasks",
        filters=FILTERS,
        sorts=SORTS,
        item=EXTERNAL_TASK,
        fetch=_fetch,
        count=lambda call, filters: call.engine.external_tasks.count(query_of(dict(filters))),
    ),
)


@GROUP.post(
    "/external-task/fetchAndLock",
    "Lock tasks of some topics for a worker and give them to it; waits up to asyncResponseTimeout for the first",
    body=FETCH,
    answer=(LOCKED_TASK,),
    changes=False,
)
def fetch_and_lock(call: Call) -> list[dict[str, Any]]:
    asked, topics, plain = topics_of(call.body)
    found = fetch_bounded(call, asked, topics)
    return [_locked_json(call, one, plain.get(one.task.topic, False)) for one in found]


def _locked_json(call: Call, locked: LockedTask, deserialize: bool) -> dict[str, Any]:
    task, lock = locked.task, locked.lock
    execution = execution_id(task.instance_id, task.token)
    shown: dict[str, Any] = {
        "activityId": task.element,
        "activityInstanceId": execution,
        "errorMessage": task.error_message,
        "errorDetails": task.error_details,
        "executionId": execution,
        "id": task.id,
        "lockExpirationTime": date_text(lock.until),
        "processDefinitionId": task.definition_id,
        "processDefinitionKey": task.definition_key,
        "processDefinitionVersionTag": version_tag(call.engine, task.definition_id),
        "processInstanceId": task.instance_id,
        "tenantId": task.tenant_id,
        "retries": task.retries,
        "suspended": task.suspended,
        "workerId": lock.worker_id,
        "topicName": task.topic,
        "priority": task.priority,
        "businessKey": task.business_key,
        "createTime": date_text(task.created_at),
        "variables": {name: to_rest(value, deserialize) for name, value in locked.variables.items()},
        "attempt": lock.fence,
        "idempotencyKey": task.id,
    }
    if locked.extension_properties is not None:
        shown["extensionProperties"] = dict(locked.extension_properties)
    return shown


@GROUP.post("/external-task/<id>/complete", "Complete a task that the worker holds", body=COMPLETE)
def complete(call: Call, id: str) -> None:
    body = call.body
    call.engine.external_tasks.complete(
        id,
        body["workerId"],
        body.get("variables", {}),
        body.get("localVariables", {}),
        command_id=call.command_id,
    )


@GROUP.post("/external-task/<id>/failure", "Report that a task failed, with retries left and a back-off", body=FAILURE)
def failure(call: Call, id: str) -> None:
    body = call.body
    _not_negative(body, "retries")
    _not_negative(body, "retryTimeout")
    call.engine.external_tasks.fail(
        id,
        body["workerId"],
        error_message=body.get("errorMessage"),
        error_details=body.get("errorDetails"),
        retries=body.get("retries"),
        retry_timeout=body.get("retryTimeout"),
        variables=body.get("variables", {}),
        local_variables=body.get("localVariables", {}),
        command_id=call.command_id,
    )


@GROUP.post("/external-task/<id>/bpmnError", "Report a modelled business error", body=BPMN_ERROR)
def bpmn_error(call: Call, id: str) -> None:
    body = call.body
    call.engine.external_tasks.throw_error(
        id,
        body["workerId"],
        body["errorCode"],
        error_message=body.get("errorMessage"),
        variables=body.get("variables", {}),
        command_id=call.command_id,
    )


@GROUP.post("/external-task/<id>/extendLock", "Hold a task for longer, from now", body=EXTEND)
def extend_lock(call: Call, id: str) -> None:
    _positive(call.body, "newDuration")
    call.engine.external_tasks.extend_lock(id, call.body["workerId"], call.body["newDuration"])


@GROUP.post("/external-task/<id>/lock", "Lock one task for a worker", body=LOCK)
def lock_task(call: Call, id: str) -> None:
    _positive(call.body, "lockDuration")
    call.engine.external_tasks.lock(id, call.body["workerId"], call.body["lockDuration"])


@GROUP.post("/external-task/<id>/unlock", "Give a task back")
def unlock(call: Call, id: str) -> None:
    call.engine.external_tasks.unlock(id)


@GROUP.put("/external-task/<id>/retries", "Set the retries; above 0 resolves the task's incident", body=RETRIES)
def set_retries(call: Call, id: str) -> None:
    _not_negative(call.body, "retries")
    call.engine.mailbox.submit(get_instance_id(id), SetExternalTask(task_id=id, retries=call.body["retries"]))


@GROUP.put("/external-task/<id>/priority", "Set the priority", body=PRIORITY)
def set_priority(call: Call, id: str) -> None:
    call.engine.mailbox.submit(get_instance_id(id), SetExternalTask(task_id=id, priority=call.body["priority"]))


@GROUP.put("/external-task/retries", "Set the retries of many tasks", body=BULK_RETRIES)
def set_many_retries(call: Call) -> None:
    """All of them or, when one is not there, none."""
    _not_negative(call.body, "retries")
    ids = _chosen(call)
    there = {task.id for task, _ in call.engine.external_tasks.find(ExternalTaskQuery(ids=tuple(ids)))}
    for task_id in ids:
        if task_id not in there:
            raise NotFound(f"Cannot find external task with id {task_id}; nothing was changed")
    _set_retries(call, ids)


@GROUP.post("/external-task/retries-async", "Set the retries of many tasks as a batch", body=BULK_RETRIES, answer=BATCH)
def set_retries_async(call: Call) -> dict[str, Any]:
    _not_negative(call.body, "retries")
    ids = _chosen(call)
    _set_retries(call, ids)
    return done(call, "set-external-task-retries", len(ids))


def _set_retries(call: Call, ids: Sequence[str]) -> None:
    for task_id in ids:
        call.engine.mailbox.submit(
            get_instance_id(task_id), SetExternalTask(task_id=task_id, retries=call.body["retries"])
        )


def _chosen(call: Call) -> Sequence[str]:
    body = call.body
    ids = list(body.get("externalTaskIds", []))
    instances: tuple[str, ...] = body.get("processInstanceIds", ())
    if not ids and not instances and "externalTaskQuery" not in body and "processInstanceQuery" not in body:
        raise BadRequest("Expected external tasks or process instances, by ids or by a query, but found none of them")
    if "processInstanceQuery" in body:
        found = call.engine.instances.find(instance_query_of(call, body["processInstanceQuery"]))
        instances = (*instances, *(one.id for one in found))
    if "externalTaskQuery" in body:
        ids += [task.id for task, _ in call.engine.external_tasks.find(query_of(body["externalTaskQuery"]))]
    if instances:
        ids += [task.id for task, _ in call.engine.external_tasks.find(ExternalTaskQuery(instance_ids=instances))]
    return list(dict.fromkeys(ids))


@GROUP.get(
    "/external-task/topic-names",
    "The topics that have tasks",
    query=booleans("withLockedTasks", "withUnlockedTasks", "withRetriesLeft"),
    answer="application/json",
)
def topic_names(call: Call) -> list[str]:
    locked = one_of(call.query, "withLockedTasks", "withUnlockedTasks")
    retries = True if flag(call.query, "withRetriesLeft") else None
    if locked is None and retries is None:
        return sorted(call.engine.external_tasks.list_topics())
    found = call.engine.external_tasks.find(ExternalTaskQuery(locked=locked, retries_left=retries))
    return sorted({task.topic for task, _ in found})


@GROUP.get("/external-task/<id>", "One external task", answer=EXTERNAL_TASK)
def get_task(call: Call, id: str) -> dict[str, Any]:
    task, lock = call.engine.external_tasks.get(id)
    return external_task_json(call.engine, task, lock)


@GROUP.get("/external-task/<id>/errorDetails", "What the worker said of the last failure", answer="text/plain")
def error_details(call: Call, id: str) -> Raw | None:
    task, _ = call.engine.external_tasks.get(id)
    return Raw(task.error_details.encode(), "text/plain") if task.error_details else None


def _positive(body: dict[str, Any], name: str) -> None:
    if body[name] <= 0:
        raise BadRequest(f"Expected a number of milliseconds above 0 for '{name}', but found {body[name]}")


def _not_negative(body: dict[str, Any], name: str) -> None:
    if body.get(name, 0) < 0:
        raise BadRequest(f"Expected 0 or more for '{name}', but found {body[name]}")
