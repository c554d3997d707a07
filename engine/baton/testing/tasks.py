"""Tasks for unit tests of a worker's function."""

from __future__ import annotations

from collections.abc import Mapping

from baton.worker import Task
from baton.worker.results import read_result
from baton.worker.values import to_plain_variables, to_typed_variables


def make_task(
    variables: object = None,
    *,
    topic: str = "test",
    element: str = "Task",
    business_key: str | None = None,
    attempt: int = 1,
    retries: int | None = None,
    idempotency_key: str = "test-key",
    error_message: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Task:
    """A task as a worker would get it: its variables have been sent and read.

    Hand it to a function of the task, or to ``handler.begin(task)`` of one that takes variables by name.
    Raises TypeError or ValueError for what cannot be a variable.
    """
    return Task(
        id="test-task",
        topic=topic,
        element=element,
        instance_id="test-instance",
        definition_id="test:1",
        definition_key="test",
        worker_id="test-worker",
        idempotency_key=idempotency_key,
        variables=to_plain_variables(to_typed_variables(read_result(variables))),
        business_key=business_key,
        attempt=attempt,
        retries=retries,
        error_message=error_message,
        headers=dict(headers or {}),
    )
