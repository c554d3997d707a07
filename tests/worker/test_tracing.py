"""The trace that a task belongs to, as functions of workers see it and hand it on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from baton.worker import Rest, Runner, Task, worker
from tests.worker.fake_engine import FakeEngine

trace = pytest.importorskip("opentelemetry.trace")
GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def read_current() -> tuple[str, str]:
    found = trace.get_current_span().get_span_context()
    return f"{found.trace_id:032x}", f"{found.span_id:016x}"


def test_spans_and_requests_of_a_function_are_parts_of_its_task(
    engine: FakeEngine, serve: Callable[..., Runner]
) -> None:
    seen: list[Any] = []
    rest = Rest(engine.url)

    @worker("work")
    def work(task: Task) -> None:
        seen.extend((task.traceparent, read_current()))
        rest.post("/message", {})

    @worker("later")
    async def later(task: Task) -> None:
        seen.extend((task.traceparent, read_current()))

    engine.offer("t.1", traceparent=GIVEN)
    serve(work)
    engine.wait_for("/external-task/t.1/complete")
    engine.offer("t.2", "later", traceparent=GIVEN)
    serve(later)
    engine.wait_for("/external-task/t.2/complete")
    rest.close()

    assert seen == [GIVEN, tuple(GIVEN.split("-")[1:3])] * 2
    (headers,) = (headers for path, _, headers in engine.requests if path == "/message")
    assert {name.lower(): value for name, value in headers.items()}["traceparent"] == GIVEN


def test_a_span_that_the_function_has_begun_is_what_its_requests_belong_to(
    engine: FakeEngine, serve: Callable[..., Runner]
) -> None:
    rest = Rest(engine.url)
    own = trace.NonRecordingSpan(trace.SpanContext(7, 9, is_remote=False, trace_flags=trace.TraceFlags(1)))

    @worker("work")
    def work(task: Task) -> None:
        with trace.use_span(own):
            rest.post("/message", {})

    engine.offer("t.1", traceparent=GIVEN)
    serve(work)
    engine.wait_for("/external-task/t.1/complete")
    rest.close()

    (headers,) = (headers for path, _, headers in engine.requests if path == "/message")
    assert {name.lower(): value for name, value in headers.items()}["traceparent"] == f"00-{7:032x}-{9:016x}-01"


def test_a_task_of_no_trace_leaves_requests_as_they_are(engine: FakeEngine, serve: Callable[..., Runner]) -> None:
    rest = Rest(engine.url)

    @worker("work")
    def work(task: Task) -> None:
        assert task.traceparent is None
        rest.post("/message", {})

    engine.offer("t.1")
    serve(work)
    engine.wait_for("/external-task/t.1/complete")
    rest.close()

    (headers,) = (headers for path, _, headers in engine.requests if path == "/message")
    assert "traceparent" not in {name.lower() for name in headers}
