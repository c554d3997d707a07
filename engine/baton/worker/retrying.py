"""What an exception of a worker's function means: a business error, a failure to try again later, or a final one."""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias

from baton.worker.describing import name_error, read_text
from baton.worker.errors import BpmnError, Failure
from baton.worker.task import Task

Seconds: TypeAlias = "float | timedelta"
LONGEST_PAUSE = 3600.0
"""Seconds: doubling ends here."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """The rules of one ``@worker``. Without any, the model's retry cycle decides."""

    retry: int | None = None
    pauses: tuple[float, ...] = ()
    doubles: bool = False
    """One pause, doubled at each further try."""
    no_retry: tuple[type[Exception], ...] = ()
    errors: Mapping[type[Any], str] = field(default_factory=dict[type[Any], str])

    def judge(self, task: Task, error: BaseException) -> BpmnError | Failure:
        """What to report to the engine."""
        if code := self._find_code(error):
            return BpmnError(code, read_text(error))
        if isinstance(error, BpmnError):
            return error
        return self._fill_in(task, error)

    def _find_code(self, error: BaseException) -> str | None:
        """The code of the nearest class among ``errors``."""
        return next((self.errors[kind] for kind in type(error).__mro__ if kind in self.errors), None)

    def _fill_in(self, task: Task, error: BaseException) -> Failure:
        """What the function did not say itself."""
        failure = error if isinstance(error, Failure) else make_failure(error)
        if failure.retries is None and isinstance(error, self.no_retry):
            failure.retries = 0
        if failure.retries is None and self.retry is not None:
            failure.retries = self.retry if task.retries is None else max(0, task.retries - 1)
        if failure.retry_in is None and failure.retries != 0 and self.pauses:
            failure.retry_in = self._pause(task.attempt)
        return failure

    def _pause(self, attempt: int) -> float:
        if not self.doubles:
            return self.pauses[min(attempt, len(self.pauses)) - 1]
        return min(self.pauses[0] * 2.0 ** min(attempt - 1, 60), max(LONGEST_PAUSE, self.pauses[0]))


def make_failure(error: BaseException) -> Failure:
    """A failure with the stack as details."""
    return Failure(name_error(error), details="".join(traceback.format_exception(error)))


def read_retrying(
    retry: int | None,
    backoff: Seconds | Sequence[Seconds] | None,
    no_retry: type[Exception] | Sequence[type[Exception]],
    errors: Mapping[type[Exception], str] | None,
) -> Retrying:
    """The rules as ``@worker`` was given them. Raises ValueError for nonsense."""
    if retry is not None and (type(retry) is not int or retry < 0):
        raise ValueError(f"Expected retry to be a whole number that is not negative, but found {retry!r}")
    pauses, doubles = _read_backoff(backoff)
    never = (no_retry,) if isinstance(no_retry, type) else tuple(no_retry)
    codes = dict(errors or {})
    for kind in (*never, *codes):
        if not (isinstance(kind, type) and issubclass(kind, Exception)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected classes of exceptions in no_retry and errors, but found {kind!r}")
    for kind, code in codes.items():
        if not isinstance(code, str) or not code:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"Expected an error code for {kind.__name__}, but found {code!r}")
    return Retrying(retry, pauses, doubles, never, codes)


def _read_backoff(backoff: Seconds | Sequence[Seconds] | None) -> tuple[tuple[float, ...], bool]:
    if backoff is None:
        return (), False
    several = isinstance(backoff, Sequence)
    pauses = tuple(_to_seconds(pause) for pause in (backoff if several else (backoff,)))
    if not pauses or any(not 0 <= pause < math.inf for pause in pauses):
        raise ValueError(f"Expected backoff to be pauses that are not negative, but found {backoff!r}")
    return pauses, not several


def _to_seconds(pause: Seconds) -> float:
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
