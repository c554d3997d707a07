"""Tells the engine how a task ended; the engine decides what that means."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from baton.model.values import Value
from baton.worker.completions import Completions
from baton.worker.errors import BpmnError, EngineRefused, EngineUnreachable, Failure
from baton.worker.rest import Rest
from baton.worker.task import Task
from baton.worker.values import typed_variables

_log = logging.getLogger("baton.worker")

GONE = 404


class Reporter:
    """Reports are repeated until the engine answers: completing twice has one effect."""

    def __init__(self, rest: Rest, give_up: Callable[[], bool]) -> None:
        self._rest = rest
        self._give_up = give_up
        self._completions = Completions(rest, give_up)

    @property
    def waiting(self) -> int:
        """Completions that wait for a request to go with."""
        return self._completions.waiting

    def complete(self, task: Task, variables: Mapping[str, Value] | None) -> None:
        try:
            typed = typed_variables(variables or {})
        except TypeError as error:
            self.fail(task, Failure(f"The worker returned what cannot be a variable. {error}"))
            return
        self._told(task, "complete", lambda: self._completions.complete(task, typed))

    def bpmn_error(self, task: Task, error: BpmnError) -> None:
        body = {"errorCode": error.code, "errorMessage": error.message or None}
        self._report(task, "bpmnError", {**body, "variables": typed_variables(error.variables)})

    def fail(self, task: Task, failure: Failure) -> None:
        body: dict[str, Any] = {"errorMessage": failure.message, "errorDetails": failure.details}
        if failure.retries is not None:
            body["retries"] = failure.retries
        if failure.retry_in is not None:
            body["retryTimeout"] = round(failure.retry_in * 1000)
        if failure.variables:
            body["variables"] = typed_variables(failure.variables)
        self._report(task, "failure", body)

    def extend(self, task: Task, seconds: float) -> bool:
        """Keep the lock. False when it is lost: another worker may have the task."""
        body = {"workerId": task.worker_id, "newDuration": round(seconds * 1000)}
        try:
            self._rest.post(f"/external-task/{task.id}/extendLock", body)
        except EngineRefused as error:
            _log.warning("lock lost: %s", error.message, extra=task.log_fields)
            return False
        except EngineUnreachable as error:
            _log.warning("lock not extended yet: %s", error, extra=task.log_fields)
        return True

    def unlock(self, task: Task) -> None:
        """Give back what was fetched and not begun."""
        try:
            self._rest.post(f"/external-task/{task.id}/unlock")
        except (EngineRefused, EngineUnreachable) as error:
            _log.info("not unlocked, its lock will expire: %s", error, extra=task.log_fields)

    def _report(self, task: Task, outcome: str, body: dict[str, Any]) -> None:
        path, told = f"/external-task/{task.id}/{outcome}", {"workerId": task.worker_id, **body}
        self._told(task, outcome, lambda: self._rest.post_surely(path, told, give_up=self._give_up))

    def _told(self, task: Task, outcome: str, tell: Callable[[], object]) -> None:
        try:
            tell()
        except EngineRefused as error:
            # Gone or taken by another: the instance has moved on, and only the engine's word counts.
            _log.warning("%s refused (%s): %s", outcome, error.status, error.message, extra=task.log_fields)
            if outcome == "complete" and error.status != GONE:
                self.fail(task, Failure(f"The engine refused the completion: {error.message}", details=error.message))
        except EngineUnreachable as error:
            _log.error("%s not reported: %s", outcome, error, extra=task.log_fields)
