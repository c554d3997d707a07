"""The span that a function's work belongs to: for its requests to Baton, and for the spans of OpenTelemetry."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import Any

from baton.model.traces import TraceParent, parse_traceparent

HEADER = "traceparent"
_CURRENT: ContextVar[str | None] = ContextVar("baton.worker.traceparent", default=None)


@contextmanager
def run_within(traceparent: str | None) -> Generator[None]:
    """What is done inside is a part of this span, also for OpenTelemetry where it is installed; None: of none."""
    parent = parse_traceparent(traceparent)
    if parent is None:
        yield
        return
    token = _CURRENT.set(traceparent)
    context, trace = _find_opentelemetry()
    attached = context and context.attach(_make_context(trace, parent))
    try:
        yield
    finally:
        if context is not None:
            context.detach(attached)
        _CURRENT.reset(token)


def get_traceparent() -> str | None:
    """Of the span that OpenTelemetry has begun inside, if it has; else of the task that is being worked at."""
    given = _CURRENT.get()
    if given is None:
        return None
    _, trace = _find_opentelemetry()
    found = None if trace is None else trace.get_current_span().get_span_context()
    if found is None or not found.is_valid:
        return given
    return TraceParent(
        trace_id=f"{found.trace_id:032x}", span_id=f"{found.span_id:016x}", flags=int(found.trace_flags)
    ).format()


@cache
def _find_opentelemetry() -> tuple[Any, Any]:
    """Its modules ``context`` and ``trace``; (None, None) where it is not installed."""
    try:
        return import_module("opentelemetry.context"), import_module("opentelemetry.trace")
    except ModuleNotFoundError:
        return None, None


def _make_context(trace: Any, parent: TraceParent) -> Any:
    span = trace.SpanContext(
        int(parent.trace_id, 16), int(parent.span_id, 16), is_remote=True, trace_flags=trace.TraceFlags(parent.flags)
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(span))
