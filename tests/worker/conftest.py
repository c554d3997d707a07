from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from baton.worker import AnyHandler, Runner
from tests.worker.fake_engine import FakeEngine


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    engine = FakeEngine()
    yield engine
    engine.close()


@pytest.fixture
def serve(engine: FakeEngine) -> Iterator[Callable[..., Runner]]:
    """Start a runner for handlers; stopped at the end of the test."""
    runners: list[Runner] = []

    def start(*handlers: AnyHandler) -> Runner:
        runner = Runner(handlers, engine.url, worker_id="me", long_poll=0.3)
        runner.start()
        runners.append(runner)
        return runner

    yield start
    for runner in runners:
        runner.stop(5)
