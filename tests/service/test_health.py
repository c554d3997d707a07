"""Whether Baton can serve: the answer always comes in time."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from baton.model.errors import Overloaded
from baton.service import Engine, Settings, assemble
from baton.service.operations.probe import Probe
from baton.store.server import Server
from tests.service.conftest import Clock


@pytest.fixture
def frozen_store(durable_valkey: Server) -> Iterator[Server]:
    """A server that is stopped by SIGSTOP once the test has connected to it, and goes on afterwards."""
    yield durable_valkey
    os.kill(durable_valkey.process.pid, signal.SIGCONT)


def test_a_frozen_store_is_reported_within_two_seconds_each_time(frozen_store: Server) -> None:
    engine = assemble(Settings(redis_url=frozen_store.url, partitions=2))
    assert engine.health.check()["status"] == "UP"
    os.kill(frozen_store.process.pid, signal.SIGSTOP)

    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(Overloaded, match="Expected the store to answer within"):
            engine.health.check()
        assert time.monotonic() - began < 2


def test_all_who_ask_a_frozen_store_wait_for_one_question() -> None:
    asked, answer = list[int](), threading.Event()

    def question() -> int:
        asked.append(1)
        answer.wait(30)
        return len(asked)

    probe = Probe(question)
    for _ in range(5):
        with pytest.raises(Overloaded):
            probe.ask(0.01)
    answer.set()

    assert probe.ask(30) >= 1
    assert len(asked) <= 2


def test_what_a_question_raises_is_raised() -> None:
    def question() -> int:
        raise Overloaded("away")

    with pytest.raises(Overloaded, match="away"):
        Probe(question).ask(30)


def test_turns_that_stand_still_are_reported(engine: Engine, engines: Callable[..., Engine], clock: Clock) -> None:
    assert engine.health.check()["status"] == "UP"
    engines().record_progress()
    clock.forward(engine.settings.stalled_ms)
    assert engine.health.check()["status"] == "UP"

    clock.forward(1)
    with pytest.raises(Overloaded, match="works off due turns and timers"):
        engine.health.check()

    engines().record_progress()
    assert engine.health.check()["status"] == "UP"
