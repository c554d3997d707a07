"""What a worker's function may raise, and what the engine may answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from baton.model.values import Value


class BpmnError(Exception):
    """A business outcome that the model knows: caught by the error boundary event with this ``code``."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Value] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.variables = dict(variables or {})


class Failure(Exception):
    """A technical failure: the task is offered again later.

    ``retries`` is how many tries are left after this one, ``retry_in`` how long to wait (seconds or timedelta). Left
    out, the model's retry cycle (``camunda:failedJobRetryTimeCycle``) decides. With no tries left, an incident opens.
    """

    def __init__(
        self,
        message: str,
        retries: int | None = None,
        retry_in: float | timedelta | None = None,
        *,
        details: str | None = None,
        variables: Mapping[str, Value] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.retries = retries
        self.retry_in = retry_in.total_seconds() if isinstance(retry_in, timedelta) else retry_in
        self.details = details
        self.variables = dict(variables or {})


class EngineRefused(Exception):
    """The engine answered with an error: ``status``, ``kind`` (its type) and ``message`` are what it said."""

    def __init__(self, status: int, kind: str, message: str, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.body = body or {}


class EngineUnreachable(Exception):
    """No answer came, so whether the request took effect is unknown."""
