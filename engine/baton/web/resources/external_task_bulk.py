"""``/external-task``: many tasks completed in one request, and limits of topics. Only in Baton."""

from __future__ import annotations

from typing import Any

from baton.model.errors import BadRequest, Rejected
from baton.service import Completion, TopicLimits
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, integers, strings
from baton.web.resources.external_task import GROUP

MAX_TASKS = 1_000
ONE = Shape(
    "CompleteOneOfMany",
    (
        Field("id", required=True),
        Field("workerId", doc="if another than that of the request"),
        Field("variables", "variables"),
        Field("localVariables", "variables"),
    ),
)
MANY = Shape(
    "CompleteExternalTasks", (Field("workerId"), Field("tasks", "objects", required=True, shape=ONE)),
)  # fmt: skip
OUTCOME = Shape(
    "CompletionOutcome",
    (*strings("id"), *booleans("completed"), *integers("status"), *strings("type", "message")),
)
LIMITS = Shape(
    "TopicLimits",
    (
        Field("locksPerSecond", "number", "locks given in a second, on average; null: any number"),
        Field("locksAtOnce", "integer", "tasks of the topic that are locked at the same time; null: any number"),
    ),
)
LIMITED = Shape("LimitedTopic", (Field("topicName"), *LIMITS.fields))


@GROUP.post(
    "/external-task/complete",
    "Complete many tasks that the worker holds; each has its own outcome, in order",
    body=MANY,
    answer=(OUTCOME,),
    ours=True,
)
def complete_many(call: Call) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = call.body["tasks"]
    if len(tasks) > MAX_TASKS:
        raise BadRequest(f"Expected at most {MAX_TASKS} tasks in one request, but found {len(tasks)}")
    completions = [_completion(one, call.body.get("workerId")) for one in tasks]
    found = call.engine.bulk_completion.complete(completions, command_id=call.command_id)
    return [_outcome(one.task_id, error) for one, error in zip(completions, found, strict=True)]


def _completion(one: dict[str, Any], worker_id: str | None) -> Completion:
    worker = one.get("workerId", worker_id)
    if worker is None:
        raise BadRequest(f"Expected a workerId for task '{one['id']}', or one for the whole request, but found none")
    return Completion(
        task_id=one["id"],
        worker_id=worker,
        variables=one.get("variables", {}),
        local_variables=one.get("localVariables", {}),
    )


def _outcome(task_id: str, error: Rejected | None) -> dict[str, Any]:
    if error is None:
        return {"id": task_id, "completed": True, "status": 204, "type": None, "message": None}
    return {"id": task_id, "completed": False, "status": error.status, "type": error.kind, "message": error.message}


@GROUP.get("/external-task/topic/limits", "The topics that are limited", answer=(LIMITED,), ours=True)
def limits(call: Call) -> list[dict[str, Any]]:
    return [{"topicName": name, **_shown(one)} for name, one in sorted(call.engine.topic_limits.get_all().items())]


@GROUP.get("/external-task/topic/<name>/limits", "The limits of a topic; null is none", answer=LIMITS, ours=True)
def get_limits(call: Call, name: str) -> dict[str, Any]:
    return _shown(call.engine.topic_limits.get_all().get(name, TopicLimits()))


@GROUP.put(
    "/external-task/topic/<name>/limits",
    "Limit how many tasks of a topic may be locked per second and at once, by all workers together",
    body=LIMITS,
    ours=True,
)
def set_limits(call: Call, name: str) -> None:
    rate, most = call.body.get("locksPerSecond"), call.body.get("locksAtOnce")
    call.engine.topic_limits.set(name, TopicLimits(locks_per_second=rate, locks_at_once=most))


@GROUP.delete(
    "/external-task/topic/<name>/limits", "Limit a topic no more, or as the setting BATON_TOPIC_LIMITS says", ours=True
)
def remove_limits(call: Call, name: str) -> None:
    call.engine.topic_limits.set(name, None)


def _shown(found: TopicLimits) -> dict[str, Any]:
    return {"locksPerSecond": found.locks_per_second, "locksAtOnce": found.locks_at_once}
