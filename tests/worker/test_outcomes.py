"""Whatever a worker's function does reaches a real engine, once for each of its retries."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from baton.worker import Runner, Task, worker
from tests.running import ROOT, Baton, until, watchdog
from tests.worker.outcomes import OUTCOMES

pytestmark = pytest.mark.e2e

TRIES = 2
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="t">
  <error id="No" name="no" errorCode="no"/>
  <process id="outcomes" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Start"/><sequenceFlow id="f1" sourceRef="Start" targetRef="Work"/>
    <serviceTask id="Work" camunda:type="external" camunda:topic="${way}">
      <extensionElements><camunda:failedJobRetryTimeCycle>R2/PT1S</camunda:failedJobRetryTimeCycle></extensionElements>
    </serviceTask>
    <sequenceFlow id="f2" sourceRef="Work" targetRef="Done"/><endEvent id="Done"/>
    <boundaryEvent id="Caught" attachedToRef="Work"><errorEventDefinition errorRef="No"/></boundaryEvent>
    <sequenceFlow id="f3" sourceRef="Caught" targetRef="Refused"/><endEvent id="Refused"/>
  </process>
</definitions>
"""


@pytest.fixture(scope="module")
def baton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baton]:
    folder = tmp_path_factory.mktemp("outcomes")
    baton = Baton(folder / "data", "--no-samples", "--web-processes", "1")
    baton.start()
    model = folder / "outcomes.bpmn"
    model.write_text(MODEL)
    baton.deploy(model)
    yield baton
    baton.stop()


@pytest.mark.parametrize("way", ["threads", "async"])
def test_each_outcome_is_reported_and_nothing_is_repeated_beyond_its_retries(baton: Baton, way: str) -> None:
    calls: Counter[str] = Counter()

    @worker("threads", lock=5, concurrency=4)
    def in_threads(task: Task) -> Any:
        kind = str(task.variables["kind"])
        calls[kind] += 1
        return OUTCOMES[kind].do()

    @worker("async", lock=5, concurrency=4)
    async def in_the_loop(task: Task) -> Any:
        kind = str(task.variables["kind"])
        calls[kind] += 1
        await asyncio.sleep(0)
        return OUTCOMES[kind].do()

    instances = {kind: baton.begin("outcomes", {"kind": kind, "way": way}) for kind in OUTCOMES}
    runner = Runner([in_threads, in_the_loop], baton.rest.url, long_poll=0.5)
    runner.start()
    try:
        found = {
            kind: until(lambda i=value: how_it_ended(baton, i), 60, lambda k=kind: k)
            for kind, value in instances.items()
        }
    finally:
        runner.stop(5)

    for kind, expected in OUTCOMES.items():
        ends, text = found[kind]
        assert ends == expected.ends, (kind, text)
        assert expected.text in text, kind
        assert calls[kind] == (TRIES if ends == "failure" else 1), kind


@pytest.mark.parametrize("way", ["hanging-thread", "hanging-async"])
def test_a_function_that_hangs_fails_by_its_timeout_as_often_as_it_is_tried(baton: Baton, way: str) -> None:
    calls: Counter[str] = Counter()
    over = threading.Event()

    @worker("hanging-thread", lock=5, timeout=0.3)
    def in_a_thread(task: Task) -> None:
        calls["hanging-thread"] += 1
        over.wait()

    @worker("hanging-async", lock=5, timeout=0.3)
    async def in_the_loop(task: Task) -> None:
        calls["hanging-async"] += 1
        await asyncio.Event().wait()

    instance = baton.begin("outcomes", {"way": way})
    runner = Runner([in_a_thread, in_the_loop], baton.rest.url, long_poll=0.5)
    runner.start()
    try:
        ends, text = until(lambda: how_it_ended(baton, instance), 60)
    finally:
        runner.stop(5)
        over.set()

    assert (ends, text) == ("failure", "The worker's function took longer than its timeout of 0.3 s")
    assert calls[way] == TRIES


GRACE = 1.0
ON_A_BUSY_MACHINE = 10.0
"""Seconds that the process may need beside its grace until it gets the processor."""
STUBBORN = ("sleeps", "waits", "awaits", "deaf")
"""What no signal can end from inside: calls of the system, and a coroutine that goes on when it is cancelled."""
STUBBORN_WORKERS = """
import asyncio, os, threading, time
from baton.worker import worker
from tests.worker.outcomes import OUTCOMES

def begin(task):
    kind = str(task.variables["kind"])
    os.write(1, f"{kind}\\n".encode())  # print would mix the lines of two threads
    return kind

@worker("stop-threads", lock=60, concurrency=4)
def in_threads(task):
    return OUTCOMES[begin(task)].do()

@worker("stop-async", lock=60, concurrency=4)
async def in_the_loop(task):
    return OUTCOMES[begin(task)].do()

@worker("sleeps", lock=60)
def sleep(task):
    begin(task)
    time.sleep(600)

@worker("waits", lock=60)
def wait(task):
    begin(task)
    threading.Event().wait()

@worker("awaits", lock=60)
async def await_for_ever(task):
    begin(task)
    await asyncio.Event().wait()

@worker("deaf", lock=60)
async def go_on_when_cancelled(task):
    begin(task)
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            pass
"""


def test_sigterm_ends_a_worker_within_its_grace_whatever_its_functions_have_done_or_do(
    baton: Baton, tmp_path: Path
) -> None:
    module = tmp_path / "stubborn.py"
    module.write_text(STUBBORN_WORKERS)
    for number, kind in enumerate(OUTCOMES):
        baton.begin("outcomes", {"kind": kind, "way": ("stop-threads", "stop-async")[number % 2]})
    stuck = {kind: baton.begin("outcomes", {"kind": kind, "way": kind}) for kind in STUBBORN}
    command = [sys.executable, "-m", "baton.cli", "worker", str(module), "--grace", str(GRACE), "--url", baton.url]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        calls: Counter[str] = Counter()
        with watchdog(process, 60):
            while not calls.keys() >= {*OUTCOMES, *STUBBORN} and (line := process.stdout.readline()):
                calls[line.strip()] += 1
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        rest, _ = process.communicate(timeout=30)
        took = time.monotonic() - began
    calls.update(rest.split())

    assert process.returncode == 0, {*OUTCOMES, *STUBBORN} - calls.keys()
    assert took < GRACE + ON_A_BUSY_MACHINE, took
    assert {kind: count for kind, count in calls.items() if count > (TRIES if can_fail(kind) else 1)} == {}
    assert calls.keys() == {*OUTCOMES, *STUBBORN}
    assert [kind for kind, instance in stuck.items() if how_it_ended(baton, instance)] == []


def can_fail(kind: str) -> bool:
    return kind in OUTCOMES and OUTCOMES[kind].ends == "failure"


def how_it_ended(baton: Baton, instance: str) -> tuple[str, str] | None:
    """How, and the failure's text; None while tries are left."""
    if baton.header(instance)["endedAt"]:
        elements = {event.get("element") for event in baton.history(instance)}
        return ("bpmn" if "Refused" in elements else "complete"), ""
    tasks = baton.rest.get("/external-task", {"processInstanceId": instance})
    if not tasks or tasks[0]["retries"] != 0:
        return None
    return "failure", str(tasks[0]["errorMessage"])
