"""Converts what a worker's function returned or raised to the report for the engine."""

from __future__ import annotations

import logging

from baton.worker.calling import Ending
from baton.worker.errors import BpmnError, Failure
from baton.worker.handler import AnyHandler
from baton.worker.outcome import Reporter
from baton.worker.retrying import make_failure
from baton.worker.task import Task

_log = logging.getLogger("baton.worker")


def make_timeout_failure(seconds: float) -> Failure:
    return Failure(f"The worker's function took longer than its timeout of {seconds:g} s")


def report_ending(reporter: Reporter, handler: AnyHandler, task: Task, ending: Ending) -> None:
    """Report the result, or the error as the handler judges it."""
    if ending.error is None:
        reporter.complete(task, ending.result, local=handler.local)
        return
    if not isinstance(ending.error, (BpmnError, Failure, *handler.retrying.errors)):
        _log.error("the worker's function failed", exc_info=ending.error, extra=task.log_fields)
    try:
        judged = handler.retrying.judge(task, ending.error)
    except Exception:  # attributes of a failure may hold anything
        judged = make_failure(ending.error)
    reporter.report_raised(task, judged)
