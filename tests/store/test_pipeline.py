"""Payloads of several callers share a round trip; what becomes of one of them does not depend on another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from typing import Any

import pytest
import redis
from redis.exceptions import ConnectionError as RedisConnectionError

from baton.store import pipeline
from baton.store.connecting import make_client
from baton.store.pipeline import LONGEST_BYTES, MOST_COMMANDS, Pipeline
from baton.store.server import Server, start_server
from baton.store.wire import Wire
from tests.running import ROOT

WAIT = ("WAIT", 1, 1000)


class Line:
    """Answers when the test says so, with the numbers of the commands in the order of their coming."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self._ends: Queue[int | BaseException | None] = Queue()

    def __call__(self, packed: bytes, count: int, replies: list[Any]) -> None:
        self.sent.append(packed)
        end = self._ends.get(timeout=30)
        replies += range(count if end is None or isinstance(end, BaseException) else end)
        if isinstance(end, BaseException):
            replies.clear()
            raise end
        if end is not None:
            raise RedisConnectionError("lost")

    def answer(self) -> None:
        self._ends.put(None)

    def lose(self, after: int) -> None:
        """The connection is lost after so many replies."""
        self._ends.put(after)

    def kill(self) -> None:
        """The caller that sends dies."""
        self._ends.put(SystemExit())


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def callers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as pool:
        yield pool


@pytest.fixture
def shared(line: Line, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """Nobody loses patience, however busy the machine is."""
    monkeypatch.setattr(pipeline, "PATIENCE_S", 60)
    return Pipeline(line)


def until(done: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline, "it did not happen within 30 s"
        time.sleep(0.001)


def call(callers: ThreadPoolExecutor, shared: Pipeline, *names: str, wait: Any = None) -> Future[Any]:
    """Called by a thread of its own; returns when the payload is on its way, or waits."""
    waits = len(shared._waiting) + shared._is_taken
    future = callers.submit(shared.exchange, [("PING", name) for name in names], wait)
    until(lambda: len(shared._waiting) + shared._is_taken > waits)
    return future


def test_what_comes_while_the_line_is_busy_leaves_together(
    line: Line, shared: Pipeline, callers: ThreadPoolExecutor
) -> None:
    first = call(callers, shared, "first")
    until(lambda: len(line.sent) == 1)
    others = [call(callers, shared, "a"), call(callers, shared, "b", "c"), call(callers, shared, "d")]

    line.answer()
    line.answer()

    assert first.result() == [0]
    assert [other.result() for other in others] == [[0], [1, 2], [3]]
    assert [sent.count(b"PING") for sent in line.sent] == [1, 4]


def test_the_line_is_free_again_for_the_next(line: Line, shared: Pipeline, callers: ThreadPoolExecutor) -> None:
    for _ in range(3):
        line.answer()
        assert call_alone(shared) == [0]

    assert len(line.sent) == 3


def call_alone(shared: Pipeline) -> Any:
    return shared.exchange([("PING",)], None)


def test_a_batch_waits_for_the_replicas_once_and_each_that_asks_hears_of_it(
    line: Line, shared: Pipeline, callers: ThreadPoolExecutor
) -> None:
    first = call(callers, shared, "first")
    until(lambda: len(line.sent) == 1)
    others = [call(callers, shared, "a", wait=WAIT), call(callers, shared, "b"), call(callers, shared, "c", wait=WAIT)]

    line.answer()
    line.answer()

    assert first.result() == [0]
    assert [other.result() for other in others] == [[0, 3], [1], [2, 3]]
    assert line.sent[1].count(b"WAIT") == 1
    assert line.sent[1].endswith(b"$4\r\n1000\r\n")


def test_replies_that_were_heard_before_the_connection_was_lost_count(
    line: Line, shared: Pipeline, callers: ThreadPoolExecutor
) -> None:
    first = call(callers, shared, "first")
    until(lambda: len(line.sent) == 1)
    heard, cut, unheard = (call(callers, shared, *names) for names in (("a",), ("b", "c"), ("d",)))

    line.answer()
    line.lose(after=2)

    assert (first.result(), heard.result()) == ([0], [0])
    for lost in (cut, unheard):
        with pytest.raises(RedisConnectionError):
            lost.result()
    line.answer()
    assert call_alone(shared) == [0]


def test_without_the_word_of_the_replicas_nothing_that_waits_for_it_counts(
    line: Line, shared: Pipeline, callers: ThreadPoolExecutor
) -> None:
    first = call(callers, shared, "first")
    until(lambda: len(line.sent) == 1)
    sure, plain = call(callers, shared, "a", wait=WAIT), call(callers, shared, "b")

    line.answer()
    line.lose(after=2)

    assert (first.result(), plain.result()) == ([0], [1])
    with pytest.raises(RedisConnectionError):
        sure.result()


def test_a_caller_that_dies_while_it_sends_for_others_takes_nobody_with_it(
    line: Line, shared: Pipeline, callers: ThreadPoolExecutor
) -> None:
    first = call(callers, shared, "first")
    until(lambda: len(line.sent) == 1)
    sending, with_it = call(callers, shared, "sending"), call(callers, shared, "with it")
    line.answer()
    until(lambda: len(line.sent) == 2)
    following = call(callers, shared, "following")

    line.kill()
    line.answer()

    assert first.result() == [0]
    with pytest.raises(SystemExit):
        sending.result()
    with pytest.raises(RedisConnectionError):
        with_it.result()
    assert following.result() == [0]


def test_no_round_trip_is_longer_than_its_limit(
    line: Line, shared: Pipeline, callers: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST_TOGETHER", 4)
    first = call(callers, shared, "first")
    until(lambda: len(line.sent) == 1)
    others = [call(callers, shared, "x") for _ in range(6)]

    for _ in range(3):
        line.answer()

    assert [len(future.result()) for future in (first, *others)] == [1] * 7
    assert [sent.count(b"PING") for sent in line.sent] == [1, 4, 2]


@pytest.mark.parametrize("commands", [[("PING", "x" * LONGEST_BYTES)], [("PING",)] * (MOST_COMMANDS + 1)])
def test_what_is_long_goes_alone(line: Line, shared: Pipeline, commands: Any) -> None:
    assert shared.exchange(commands, None) is None

    assert line.sent == []


def test_what_waits_for_a_slow_server_goes_alone(
    line: Line, callers: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "PATIENCE_S", 0.01)
    shared = Pipeline(line)
    first = call(callers, shared, "first")
    until(lambda: len(line.sent) == 1)

    assert call_alone(shared) is None

    line.answer()
    assert (first.result(), len(line.sent)) == ([0], 1)


# -- with a real server


@pytest.fixture
def connect() -> Iterator[Callable[[str], Wire]]:
    made: list[Wire] = []

    def make(url: str) -> Wire:
        made.append(Wire(make_client(url, 8).connection_pool, 8))
        return made[-1]

    yield make
    for wire in made:
        wire.close()


def test_a_frozen_server_answers_all_once_when_it_goes_on(
    durable_valkey: Server, connect: Callable[[str], Wire], callers: ThreadPoolExecutor
) -> None:
    wire, frozen = connect(durable_valkey.url), durable_valkey.process.pid
    assert wire.send_together([("PING",)]) == [b"PONG"]

    os.kill(frozen, signal.SIGSTOP)
    futures = [callers.submit(wire.send_together, [("INCR", "n")]) for _ in range(5)]
    until(lambda: len(wire._free) == 0 and wire._room._value == 3)  # type: ignore[attr-defined]  # each alone
    os.kill(frozen, signal.SIGCONT)

    assert sorted(future.result()[0] for future in futures) == [1, 2, 3, 4, 5]


def test_all_are_answered_when_a_killed_server_is_back(
    durable_valkey: Server, connect: Callable[[str], Wire], callers: ThreadPoolExecutor
) -> None:
    wire = connect(durable_valkey.url)
    wire.send_together([("SET", "kept", "yes")])

    os.kill(durable_valkey.process.pid, signal.SIGSTOP)
    futures = [callers.submit(wire.send_together, [("GET", "kept")]) for _ in range(5)]
    until(lambda: len(wire._free) == 0)
    durable_valkey.process.kill()
    durable_valkey.process.wait()
    again = start_server(durable_valkey.socket.parent, durable_valkey.socket)
    try:
        assert [future.result() for future in futures] == [[b"yes"]] * 5
    finally:
        again.stop()


def test_greenlets_that_die_take_nobody_with_them(valkey: str) -> None:
    """One that holds the line dies, then one that waits for it: the others are answered each time."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.greenlets", valkey],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )

    assert done.stderr == ""
    assert done.stdout.splitlines() == ["[[1], [1], [1]]", "[[1], [1]]", "[b'PONG']"]


def test_an_error_of_the_server_is_that_of_its_own_payload(
    valkey: str, connect: Callable[[str], Wire], callers: ThreadPoolExecutor
) -> None:
    wire = connect(valkey)
    wire.send([("SET", "text", "x")])

    def increment(name: str) -> Any:
        try:
            return wire.send_together([("INCR", name)])
        except redis.ResponseError as error:
            return type(error)

    outcomes = list(callers.map(increment, ["text", "a", "text", "b"] * 5))

    assert [outcome for outcome in outcomes if outcome is redis.ResponseError] == [redis.ResponseError] * 10
    assert sorted(outcome[0] for outcome in outcomes if outcome is not redis.ResponseError) == sorted(
        [*range(1, 6)] * 2
    )
