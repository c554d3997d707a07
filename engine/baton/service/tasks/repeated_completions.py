"""A worker that repeats a completion because it got no answer gets the same answer as the first time."""

from __future__ import annotations

from baton.model.commands import CompleteExternalTask
from baton.model.events import EventType
from baton.store.store import Store


def was_completed(store: Store, instance_id: str, command: CompleteExternalTask) -> bool:
    """Whether this worker has already completed this task."""
    return any(
        event.type is EventType.EXTERNAL_TASK_COMPLETED
        and event.data.get("id") == command.task_id
        and event.data.get("worker") == command.worker_id
        for event in store.history.iterate_backwards(instance_id)
    )
