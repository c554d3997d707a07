"""Fetches the tasks of one topic with long polling, and waits longer and longer while the engine does not answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from baton.worker.attempt import Attempt
from baton.worker.describing import describe_error, describe_value
from baton.worker.errors import EngineRefused, EngineUnreachable, Failure
from baton.worker.handler import AnyHandler
from baton.worker.once import EngineResults
from baton.worker.rest import Rest
from baton.worker.task import Task

_log = logging.getLogger("baton.worker")

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds between tries while the engine cannot be reached."""


FETCH = "/external-task/fetchAndLock"


def make_request(worker_id: str, count: int, handlers: Iterable[AnyHandler], long_poll: float) -> dict[str, Any]:
    """The body of a request for at most ``count`` tasks of these handlers, which waits ``long_poll`` seconds."""
    return {
        "workerId": worker_id,
        "maxTasks": count,
        "usePriority": True,
        "asyncResponseTimeout": round(long_poll * 1000),
        "topics": [_make_topic(handler) for handler in handlers],
    }


def _make_topic(handler: AnyHandler) -> dict[str, Any]:
    topic: dict[str, Any] = {
        "topicName": handler.topic,
        "lockDuration": round(handler.lock * 1000),
        "includeExtensionProperties": True,
    }
    if handler.variables is not None:
        topic["variables"] = list(handler.variables)
    if handler.local:
        topic["localVariables"] = True
    return topic


class Fetcher:
    """``long_poll`` is how many seconds one request waits for work; ``stop`` ends its pauses.

    ``give_up`` ends what tasks repeat while the engine does not answer.
    """

    def __init__(
        self,
        handler: AnyHandler,
        rest: Rest,
        worker_id: str,
        stop: threading.Event,
        long_poll: float,
        give_up: Callable[[], bool],
    ) -> None:
        self._handler = handler
        self._rest = rest
        self._worker_id = worker_id
        self._stop = stop
        self._long_poll = long_poll
        self._give_up = give_up
        self._pause = FIRST_PAUSE

    def fetch(self, count: int) -> list[Attempt]:
        """At most ``count`` locked tasks. A task that cannot be read is there too, with its problem."""
        began = time.monotonic()
        try:
            attempts = self.fetch_once(count)
        except (EngineUnreachable, EngineRefused) as error:
            self._wait_after(error)
            return []
        except Exception as error:  # not an engine that answers, such as a proxy's page of HTML
            self._wait_after(ValueError(f"Expected a list of tasks. {describe_error(error)}"))
            return []
        self._pause = FIRST_PAUSE
        if not attempts and time.monotonic() - began < min(0.5, self._long_poll / 2):
            self._stop.wait(0.2)  # a server that does not hold the request must not be flooded
        return attempts

    def fetch_once(self, count: int) -> list[Attempt]:
        """One request, whatever becomes of it. Raises EngineRefused, EngineUnreachable, TypeError, ValueError."""
        body = make_request(self._worker_id, count, [self._handler], self._long_poll)
        return [self.read(fields) for fields in self._rest.post(FETCH, body)]

    def read(self, fields: Any) -> Attempt:
        """One task of an answer. Raises ValueError for what is no task at all."""
        try:
            is_first = fields.get("attempt") == 1
            return Attempt(Task.from_rest(fields, EngineResults(self._rest, fields["id"], is_first, self._give_up)))
        except Exception as error:
            task = self._read_ids(cast("Mapping[str, Any]", fields))
            _log.exception("the task cannot be read", extra=task.log_fields)
            return Attempt(task, Failure(f"The worker cannot read the task. {describe_error(error)}"))

    def _read_ids(self, fields: Mapping[str, Any]) -> Task:
        """Enough to report a failure. Raises ValueError for what is not a task."""
        if not isinstance(fields, Mapping) or not fields.get("id"):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected a task with an id, but found {describe_value(fields)}")
        ids = {"topicName": self._handler.topic, "workerId": self._worker_id}
        empty = dict.fromkeys(("activityId", "processInstanceId", "processDefinitionId", "processDefinitionKey"), "")
        return Task.from_rest({**empty, **ids, "id": str(fields["id"])})

    def _wait_after(self, error: Exception) -> None:
        if self._stop.is_set():
            return
        if self._pause == FIRST_PAUSE:
            _log.warning("cannot fetch, trying again: %s", error, extra={"topic": self._handler.topic})
        self._stop.wait(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
