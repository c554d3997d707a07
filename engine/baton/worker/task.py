"""One external task as a worker's function sees it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from baton.model.values import Value
from baton.worker.once import MemoryResults, RecordedResults, do_once, do_once_async
from baton.worker.progress import ProgressReport
from baton.worker.values import to_plain_variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A locked external task.

    ``idempotency_key`` is the same for every attempt at this task, also by other workers: hand it to whatever the task
    changes outside, so that a repeated attempt has one effect. ``correlation_id`` is the business key if there is one,
    for log lines. ``retries`` is how many tries are left, None before the first failure.
    """

    id: str
    topic: str
    element: str
    instance_id: str
    definition_id: str
    definition_key: str
    worker_id: str
    idempotency_key: str
    variables: Mapping[str, Value]
    business_key: str | None = None
    attempt: int = 1
    retries: int | None = None
    priority: int = 0
    tenant_id: str | None = None
    error_message: str | None = None
    """What the previous attempt failed with."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Extension properties of the element."""
    traceparent: str | None = None
    """The span that the work is a part of, if it is in a trace: for the requests that the function makes elsewhere."""
    reported: ProgressReport = field(default_factory=ProgressReport, repr=False, compare=False)
    """What the function has said last of its progress."""

    results: RecordedResults = field(default_factory=MemoryResults, repr=False, compare=False)
    """What steps of this task gave."""

    def once(self, key: str, step: Callable[[], Any]) -> Any:
        """Do a step that changes something outside, and record what it gives; an attempt that finds it recorded
        gets that in place of doing the step again.

        ``key``: 1 to 200 characters, a name for each step of the task. Results are what a variable can be, of at most
        64 KiB, and come back as variables do: a dataclass as a dict.
        What dies between doing and recording does the step again: hand ``idempotency_key`` to what can take it.
        Raises what the step raises, with nothing recorded; Failure without a retry when its result cannot be recorded.
        """
        return do_once(self.results, key, step)

    async def once_async(self, key: str, step: Callable[[], Awaitable[Any]]) -> Any:
        """As ``once``, for a step to await: ``await task.once_async("charge", lambda: payments.charge(…))``."""
        return await do_once_async(self.results, key, step)

    def progress(self, fraction: float | None = None, text: str | None = None) -> None:
        """Say how far the work is, for those who look at the instance: a number from 0 to 1, and a few words.

        Cheap and never fails for the engine's sake: only the latest report is sent, at most once a second, with the
        heartbeat that keeps the lock. Longer texts are cut to 200 characters. Raises ValueError for a number that is
        not from 0 to 1.
        """
        self.reported.set(fraction, text)

    @property
    def correlation_id(self) -> str:
        return self.business_key or self.instance_id

    @property
    def log_fields(self) -> dict[str, str]:
        """For ``extra=`` of a log call: what finds the line again."""
        return {
            "task_id": self.id,
            "topic": self.topic,
            "instance_id": self.instance_id,
            "correlation_id": self.correlation_id,
        }

    @property
    def log(self) -> logging.LoggerAdapter[logging.Logger]:
        """A logger ``baton.worker.<topic>`` whose lines carry ``log_fields``."""
        return logging.LoggerAdapter(logging.getLogger(f"baton.worker.{self.topic}"), self.log_fields)

    @classmethod
    def from_rest(cls, fields: Mapping[str, Any], results: RecordedResults | None = None) -> Task:
        """Read an element of the answer of ``fetchAndLock``."""
        return cls(
            results=results or MemoryResults(),
            id=fields["id"],
            topic=fields["topicName"],
            element=fields["activityId"],
            instance_id=fields["processInstanceId"],
            definition_id=fields["processDefinitionId"],
            definition_key=fields["processDefinitionKey"],
            worker_id=fields["workerId"],
            idempotency_key=fields.get("idempotencyKey") or fields["id"],
            variables=to_plain_variables(fields.get("variables") or {}),
            business_key=fields.get("businessKey"),
            attempt=fields.get("attempt") or 1,
            retries=fields.get("retries"),
            priority=fields.get("priority") or 0,
            tenant_id=fields.get("tenantId"),
            error_message=fields.get("errorMessage"),
            headers=fields.get("extensionProperties") or {},
            traceparent=fields.get("traceparent"),
        )
