"""The loops, as threads beside an engine on a real server, at real time."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from baton.expression.scripts import LocalScriptRunner
from baton.model.records import InstanceState
from baton.service import Engine, MessageQuery, Settings, assemble
from baton.store.redis_store import read_script
from baton.workers import Agenda, Loop, agenda, loops, rest, start_workers
from baton.workers.rest import Rest
from tests.service.processes import MESSAGE, bpmn, deploy, line, receive, timer


@pytest.fixture
def engine(valkey: str) -> Iterator[Engine]:
    made = assemble(Settings(redis_url=valkey, partitions=4, lease_ms=300), scripts=LocalScriptRunner())
    yield made
    made.close()


def until(done: Callable[[], bool], seconds: float = 10) -> None:
    """Look again and again, without sleeping for longer than a moment."""
    deadline = time.monotonic() + seconds
    waiter = threading.Event()
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        waiter.wait(0.01)


def test_timers_fire_and_messages_travel_while_the_loops_run(engine: Engine) -> None:
    waiting = engine.starts.start(deploy(engine, bpmn(line(receive("wait")), extra=MESSAGE)).id, business_key="K")
    throw = '<intermediateThrowEvent id="throw"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'
    sender = deploy(engine, bpmn(line(timer("later", "PT0.2S"), throw), key="sender", extra=MESSAGE), name="sender")
    running = start_workers(engine)
    try:
        sent = engine.starts.start(sender.id, business_key="K")
        until(lambda: engine.instances.get(sent.id).state is InstanceState.COMPLETED)
        until(lambda: engine.instances.get(waiting.id).state is InstanceState.COMPLETED)
    finally:
        running.stop()

    ended = engine.instances.get(sent.id)
    assert ended.ended_at is not None
    assert 200 <= ended.ended_at - ended.started_at < 2_000


def test_loops_at_rest_are_told_of_what_is_due_soon(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "LONGEST_MS", 600_000)
    monkeypatch.setattr(loops, "MESSAGES_MS", 600_000)
    throw = '<intermediateThrowEvent id="throw"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'
    waiting = engine.starts.start(deploy(engine, bpmn(line(receive("wait")), extra=MESSAGE)).id, business_key="K")
    sender = deploy(engine, bpmn(line(timer("soon", "PT0.05S"), throw), key="sender", extra=MESSAGE), name="sender")
    looks: list[int] = []
    list_due, dispatch = engine.mailbox.list_due, engine.outbox.dispatch
    monkeypatch.setattr(engine.mailbox, "list_due", lambda now, limit: looks.append(now) or list_due(now, limit))
    monkeypatch.setattr(engine.outbox, "dispatch", lambda: looks.append(0) or dispatch())
    running = start_workers(engine)
    try:
        until(lambda: len(looks) >= 2)
        engine.starts.start(sender.id, business_key="K")
        until(lambda: engine.instances.get(waiting.id).state is InstanceState.COMPLETED)
    finally:
        running.stop()


def test_a_message_that_waits_is_sent_at_once_when_its_receiver_begins_to_wait(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "LONGEST_MS", 600_000)
    monkeypatch.setattr(loops, "MESSAGES_MS", 600_000)
    definition = deploy(engine, bpmn(line(receive("wait")), extra=MESSAGE))
    looks: list[int] = []
    dispatch = engine.outbox.dispatch
    monkeypatch.setattr(engine.outbox, "dispatch", lambda: looks.append(0) or dispatch())
    engine.messages.correlate(MessageQuery(name="Paid", business_key="K", message_id="m1", ttl_ms=600_000))
    running = start_workers(engine)
    try:
        until(lambda: len(looks) >= 2)  # nobody waits for it: the loop rests
        receiver = engine.starts.start(definition.id, business_key="K")
        until(lambda: engine.instances.get(receiver.id).state is InstanceState.COMPLETED)
    finally:
        running.stop()


def test_the_agenda_looks_for_leases_that_have_run_out_each_second_if_they_are_short(engine: Engine) -> None:
    class Noting(Rest):
        def pause(self, milliseconds: int | None = None) -> None:
            pauses.append(milliseconds)
            stop.set()

    stop, pauses = threading.Event(), list[int | None]()
    Agenda(engine, Noting()).run(stop)

    assert pauses == [1_000]  # leases of this engine last 300 ms


def test_what_becomes_due_during_the_longest_rest_is_hinted() -> None:
    found = re.search(r"SOON_MS = (\d+)", read_script("due_hints"))
    assert found
    assert int(found[1]) >= rest.LONGEST_MS


def test_stopping_ends_the_rest_of_loops(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "LONGEST_MS", 600_000)
    monkeypatch.setattr(loops, "MESSAGES_MS", 600_000)

    running = start_workers(engine)
    running.stop(timeout_s=60)

    assert not [thread.name for thread in threading.enumerate() if thread.name in ("baton-agenda", "baton-outbox")]


def test_the_turn_of_a_dead_process_is_taken_over(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine, bpmn(line(timer("later", "PT0.1S")))).id)
    now = engine.clock.now()
    assert engine.store.turns.take(header.id, now=now, owner="dead", lease_ms=300) is not None
    running = start_workers(engine)
    try:
        until(lambda: engine.instances.get(header.id).state is InstanceState.COMPLETED)
    finally:
        running.stop()

    assert (engine.instances.get(header.id).ended_at or 0) >= now + 300


def test_a_loop_outlives_what_goes_wrong() -> None:
    calls: list[int] = []
    stop = threading.Event()

    def step() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("the store is away")
        stop.set()
        return 0

    Loop("test", step, rest_ms=1).run(stop)

    assert len(calls) == 2


def test_the_agenda_outlives_a_store_that_is_away(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    calls: list[int] = []

    def away(now: int, limit: int) -> tuple[list[str], int | None]:
        calls.append(now + limit)
        if len(calls) == 2:
            stop.set()
        raise OSError("the store is away")

    monkeypatch.setattr(engine.mailbox, "list_due", away)

    Agenda(engine).run(stop)

    assert len(calls) == 2


def test_a_turn_that_hangs_keeps_no_timer_of_others_waiting(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = deploy(engine, bpmn(line(timer("later", "PT0.1S"))))
    bad = engine.starts.start(definition.id)
    take_due, released, hung = engine.mailbox.take_due, threading.Event(), threading.Event()

    def take(instance_id: str) -> None:
        if instance_id == bad.id:
            hung.set()
            released.wait(60)
        take_due(instance_id)

    monkeypatch.setattr(engine.mailbox, "take_due", take)
    running = start_workers(engine)
    try:
        until(hung.is_set)
        good = engine.starts.start(definition.id)
        until(lambda: engine.instances.get(good.id).state is InstanceState.COMPLETED)
        assert engine.store.turns.read_progress() is not None
    finally:
        released.set()
        running.stop()


def test_an_agenda_whose_threads_all_hang_makes_no_progress(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    released, looks = threading.Event(), list[int]()

    def list_due(now: int, limit: int) -> tuple[list[str], None]:
        looks.append(now)
        return ["a", "b"], None

    monkeypatch.setattr(engine.mailbox, "list_due", list_due)
    monkeypatch.setattr(engine.mailbox, "take_due", lambda _: released.wait(60))
    monkeypatch.setattr(agenda, "PATIENCE_S", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=Agenda(engine, threads=2).run, args=(stop,), daemon=True)
    thread.start()
    try:
        until(lambda: len(looks) > 2)
        assert engine.store.turns.read_progress() is None
        released.set()
        until(lambda: engine.store.turns.read_progress() is not None)
    finally:
        stop.set()
        released.set()
        thread.join(30)
