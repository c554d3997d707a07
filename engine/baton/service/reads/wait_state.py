"""What an instance waits for, and which worker, person, moment or event ends the wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from baton.model.records import ExternalTask, Job, Lock, Progress, Subscription, UserTask
from baton.model.times import Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitState:
    """``kind``: work, person, timer, async, retry, message, signal, conditional or trigger. ``name``: the topic, the
    assignee, the name of the message or signal. ``due``: when a timer fires, or when work that failed is offered again.
    ``worker``: who has the task, until ``locked_until``, and how far it says it is; the lock may have run out. Nobody
    has what has failed.
    """

    id: str
    token: int
    element: str
    kind: str
    name: str | None = None
    due: Millis | None = None
    retries: int | None = None
    worker: str | None = None
    locked_until: Millis | None = None
    progress: Progress | None = None


def wait_for_worker(task: ExternalTask, locks: Mapping[str, Lock]) -> WaitState:
    lock = locks.get(task.id)
    if lock is not None and lock.until == 0:
        # Its worker has reported a failure and may still think again; but it does not work on it.
        lock = None
    return WaitState(
        id=task.id,
        token=task.token,
        element=task.element,
        kind="work",
        name=task.topic,
        due=task.not_before if task.not_before > task.created_at else None,
        retries=task.retries,
        worker=lock.worker_id if lock else None,
        locked_until=lock.until if lock else None,
        progress=lock.progress if lock else None,
    )


def wait_for_person(task: UserTask) -> WaitState:
    return WaitState(
        id=task.id, token=task.token, element=task.element, kind="person", name=task.assignee, due=task.due
    )


def wait_for_job(job: Job) -> WaitState:
    return WaitState(
        id=job.id, token=job.token, element=job.element, kind=job.kind.value, due=job.due, retries=job.retries
    )


def wait_for_event(subscription: Subscription) -> WaitState:
    return WaitState(
        id=subscription.id,
        token=subscription.token,
        element=subscription.element,
        kind=subscription.kind.value,
        name=subscription.name,
    )
