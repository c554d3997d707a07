"""Tells the engine how a task ended; the engine decides what that means."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from baton.worker.completions import Completions
from baton.worker.describing import describe_error, describe_value, name_error
from baton.worker.errors import BpmnError, EngineRefused, EngineUnreachable, Failure
from baton.worker.rest import Rest
from baton.worker.results import read_result
from baton.worker.task import Task
from baton.worker.values import to_typed_variables

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

    def complete(self, task: Task, result: object, *, local: bool = False) -> None:
        """Report what the function returned: variables, a dataclass or model
        whose fields are variables, or None. Anything else is a failure. ``local``: only the task's outputs see them."""
        try:
            typed = to_typed_variables(read_result(result))
        except Exception as error:  # a mapping may be of any class, and raise anything
            self.fail(task, Failure(f"The worker returned what cannot be variables. {describe_error(error)}"))
        else:
            self._told(task, "complete", lambda: self._completions.complete(task, typed, local=local))

    def report_raised(self, task: Task, error: BpmnError | Failure) -> None:
        """Report what the function raised, as its handler judges it."""
        if isinstance(error, BpmnError):
            self.report_bpmn_error(task, error)
        else:
            self.fail(task, error)

    def report_bpmn_error(self, task: Task, error: BpmnError) -> None:
        try:
            body = _bpmn_error_body(error)
        except Exception as problem:  # attributes may hold anything
            self.fail(task, Failure(f"{name_error(error)} cannot be sent. {describe_error(problem)}"))
        else:
            self._report(task, "bpmnError", body)

    def fail(self, task: Task, failure: Failure) -> None:
        try:
            body = _failure_body(failure)
        except Exception as problem:  # attributes may hold anything
            body = _plain_failure(f"{name_error(failure)} (as raised it cannot be sent. {describe_error(problem)})")
        self._report(task, "failure", body)

    def extend(self, task: Task, seconds: float) -> bool:
        """Keep the lock, and say how far the work is. False when the lock is lost: another worker may have the task."""
        body = {"workerId": task.worker_id, "newDuration": round(seconds * 1000), **task.reported.take()}
        try:
            self._rest.post(f"/external-task/{task.id}/extendLock", body)
        except EngineRefused as error:
            _log.warning("lock lost: %s", error.message, extra=task.log_fields)
            return False
        except EngineUnreachable as error:
            task.reported.keep()
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
            if outcome != "failure" and error.status != GONE:
                what = "completion" if outcome == "complete" else "BPMN error"
                self.fail(task, Failure(f"The engine refused the {what}: {error.message}", details=error.message))
        except EngineUnreachable as error:
            _log.error("%s not reported: %s", outcome, error, extra=task.log_fields)


def _bpmn_error_body(error: BpmnError) -> dict[str, Any]:
    if not isinstance(error.code, str) or not error.code:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"Expected an error code that is a string, but found {describe_value(error.code)}")
    error.code.encode()
    message = _clean(error.message) if error.message else None
    return {"errorCode": error.code, "errorMessage": message, "variables": to_typed_variables(error.variables)}


def _failure_body(failure: Failure) -> dict[str, Any]:
    body = _plain_failure(failure.message, failure.details)
    if failure.retries is not None:
        body["retries"] = _not_negative("retries", failure.retries)
    if failure.retry_in is not None:
        body["retryTimeout"] = _not_negative("retry_in", round(failure.retry_in * 1000))
    if failure.variables:
        body["variables"] = to_typed_variables(failure.variables)
    return body


def _plain_failure(message: object, details: object = None) -> dict[str, Any]:
    return {"errorMessage": _clean(message), "errorDetails": None if details is None else _clean(details)}


def _not_negative(name: str, value: int) -> int:
    if not isinstance(value, int) or value < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"Expected {name} to be a whole number that is not negative, but found {describe_value(value)}")
    return value


def _clean(text: object) -> str:
    """Text that UTF-8 can hold."""
    return str(text).encode(errors="backslashreplace").decode()
