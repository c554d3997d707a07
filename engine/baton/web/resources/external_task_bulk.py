"""``/external-task``: many tasks completed in one request, and limits of topics. Only in Baton."""

from __future__ import annotations

from typing import cast

from baton.model.errors import BadRequest, RequestFailed
from baton.service import Completion, TopicLimits
from baton.web.answers.operations import CompletionOutcome, LimitedTopic, ShownTopicBacklog, ShownTopicLimits, TopicUse
from baton.web.context import RequestContext
from baton.web.models.external_task import CompleteExternalTasks, CompleteOneOfMany, LimitTopic, UseTopic
from baton.web.resources.external_task import GROUP, require_topic
from baton.web.times import format_iso


@GROUP.post(
    "/external-task/complete",
    "Complete many tasks that the worker holds; each has its own outcome, in order",
    baton_extension=True,
    fast=True,
)
def complete_many(context: RequestContext, body: CompleteExternalTasks) -> list[CompletionOutcome]:
    for task in body.tasks:
        require_topic(context, task.id)
    completions = [_completion(task, body.workerId) for task in body.tasks]
    found = context.engine.bulk_completion.complete(completions, command_id=context.command_id)
    return [_outcome(completion.task_id, error) for completion, error in zip(completions, found, strict=True)]


def _completion(body: CompleteOneOfMany, worker_id: str | None) -> Completion:
    worker = body.workerId if body.workerId is not None else worker_id
    if worker is None:
        raise BadRequest(f"Expected a workerId for task '{body.id}', or one for the whole request, but found none")
    return Completion(
        task_id=body.id, worker_id=worker, variables=body.variables or {}, local_variables=body.localVariables or {}
    )


def _outcome(task_id: str, error: RequestFailed | None) -> CompletionOutcome:
    """The fields of an outcome; not as the model, because this is a hot path (docs/decisions/0013)."""
    fields: dict[str, object] = {"id": task_id, "completed": True, "status": 204, "type": None, "message": None}
    if error is not None:
        fields.update(completed=False, status=error.status, type=error.kind, message=error.message)
    return cast("CompletionOutcome", fields)


@GROUP.get(
    "/external-task/topic",
    "The topics in which tasks wait, and which worker asked for each last; those without a worker first",
    baton_extension=True,
    whole=True,
)
def list_backlogs(context: RequestContext) -> list[ShownTopicBacklog]:
    return [
        ShownTopicBacklog(
            topicName=backlog.topic,
            waiting=backlog.waiting,
            waitingSince=format_iso(backlog.since),
            lastFetch=format_iso(backlog.fetched_at),
            lastWorkerId=backlog.worker_id,
            hasWorker=backlog.has_worker,
        )
        for backlog in context.engine.topic_fetches.list_backlogs()
    ]


@GROUP.get("/external-task/topic/limits", "The topics that are limited", baton_extension=True, whole=True)
def list_limits(context: RequestContext) -> list[LimitedTopic]:
    return [
        LimitedTopic(topicName=name, locksPerSecond=value.locks_per_second, locksAtOnce=value.locks_at_once)
        for name, value in sorted(context.engine.topic_limits.get_all().items())
    ]


@GROUP.get(
    "/external-task/topic/<name>/limits", "The limits of a topic; null is none", baton_extension=True, whole=True
)
def get_limits(context: RequestContext, name: str) -> ShownTopicLimits:
    found = context.engine.topic_limits.get_all().get(name, TopicLimits())
    return ShownTopicLimits(locksPerSecond=found.locks_per_second, locksAtOnce=found.locks_at_once)


@GROUP.put(
    "/external-task/topic/<name>/limits",
    "Limit how many tasks of a topic may be locked per second and at once, by all workers together",
    baton_extension=True,
    needs="external-task:update",
    whole=True,
)
def set_limits(context: RequestContext, name: str, body: LimitTopic) -> None:
    limits = TopicLimits(locks_per_second=body.locksPerSecond, locks_at_once=body.locksAtOnce)
    context.engine.topic_limits.set(name, limits)


@GROUP.delete(
    "/external-task/topic/<name>/limits",
    "Limit a topic no more, or as the setting BATON_TOPIC_LIMITS says",
    baton_extension=True,
    needs="external-task:update",
    whole=True,
)
def remove_limits(context: RequestContext, name: str) -> None:
    context.engine.topic_limits.set(name, None)


@GROUP.get(
    "/external-task/topic/definitions",
    "The topics that some definitions only may use",
    baton_extension=True,
    whole=True,
)
def list_topic_uses(context: RequestContext) -> list[TopicUse]:
    return [
        TopicUse(topicName=name, processDefinitionKeys=list(keys))
        for name, keys in sorted(context.engine.topic_uses.get_all().items())
    ]


@GROUP.put(
    "/external-task/topic/<name>/definitions",
    "Say which definitions may use a topic: others are refused at deployment, or when a task is made",
    baton_extension=True,
    needs="external-task:update",
    whole=True,
)
def set_topic_use(context: RequestContext, name: str, body: UseTopic) -> None:
    context.engine.topic_uses.set(name, body.processDefinitionKeys)


@GROUP.delete(
    "/external-task/topic/<name>/definitions",
    "Let every definition use a topic again",
    baton_extension=True,
    needs="external-task:update",
    whole=True,
)
def remove_topic_use(context: RequestContext, name: str) -> None:
    context.engine.topic_uses.remove(name)
