"""A step that has been recorded is not done again, whatever becomes of the worker that did it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from baton.testing import make_task
from baton.worker import Failure, Runner, Task, worker
from tests.running import Baton, running
from tests.worker.fake_engine import FakeEngine

Serve = Callable[..., Runner]
RESULTS = "/external-task/t.1/results"
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="t">
  <process id="payment" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Start"/><sequenceFlow id="f1" sourceRef="Start" targetRef="Charge"/>
    <serviceTask id="Charge" camunda:type="external" camunda:topic="${topic}"/>
    <sequenceFlow id="f2" sourceRef="Charge" targetRef="Done"/><endEvent id="Done"/>
  </process>
</definitions>
"""
WORKERS = """
import asyncio, pathlib, threading
from baton.worker import worker

CHARGES = pathlib.Path(__file__).with_name("charges")

def charge():
    with CHARGES.open("a") as file:
        file.write("charged\\n")
    return {"receipt": len(CHARGES.read_text().splitlines())}

@worker("threads", lock=1)
def in_a_thread(task):
    result = task.once("charge", charge)
    if task.attempt == 1:
        print("charged", flush=True)
        threading.Event().wait()
    return result

async def charge_later():
    return charge()

@worker("async", lock=1)
async def in_the_loop(task):
    result = await task.once_async("charge", charge_later)
    if task.attempt == 1:
        print("charged", flush=True)
        await asyncio.Event().wait()
    return result
"""


def answer_first(body: dict[str, Any]) -> tuple[int, Any]:
    return 200, body.get("results", {})


def test_the_first_attempt_does_the_step_and_records_it_before_it_completes(engine: FakeEngine, serve: Serve) -> None:
    engine.answers[RESULTS] = answer_first

    @worker("work")
    def work(task: Task) -> dict[str, Any]:
        return {"first": task.once("charge", lambda: 1), "second": task.once("charge", lambda: 2)}

    serve(work)
    engine.offer("t.1", attempt=1)

    (completed,) = engine.wait_for("/external-task/t.1/complete")
    assert {name: typed["value"] for name, typed in completed["variables"].items()} == {"first": 1, "second": 1}
    assert engine.paths() == [RESULTS, "/external-task/t.1/complete"]
    assert engine.requests[0][1] == {"results": {"charge": {"value": 1, "type": "Integer"}}}


@pytest.mark.parametrize("way", ["threads", "async"])
def test_a_further_attempt_gets_what_is_recorded(engine: FakeEngine, serve: Serve, way: str) -> None:
    engine.answers[RESULTS] = lambda _: (200, {"charge": {"value": '{"receipt":"R-1"}', "type": "Json"}})

    @worker("threads")
    def in_a_thread(task: Task) -> Any:
        return task.once("charge", lambda: pytest.fail("done again"))

    @worker("async")
    async def in_the_loop(task: Task) -> Any:
        return await task.once_async("charge", lambda: pytest.fail("done again"))

    serve(in_a_thread, in_the_loop)
    engine.offer("t.1", way, attempt=2)

    (completed,) = engine.wait_for("/external-task/t.1/complete")
    assert completed["variables"]["receipt"]["value"] == "R-1"


@pytest.mark.parametrize(
    ("result", "refusal", "text"),
    [
        (object(), None, "but found object"),
        (float("nan"), None, "'charge'"),
        ({"a": 1}, (400, {"type": "InvalidRequestException", "message": "It is too large"}), "It is too large"),
    ],
)
def test_what_is_done_and_cannot_be_recorded_is_not_tried_again(
    engine: FakeEngine, serve: Serve, result: object, refusal: Any, text: str
) -> None:
    engine.answers[RESULTS] = lambda _: refusal

    @worker("work", retry=5)
    def work(task: Task) -> None:
        task.once("charge", lambda: result)

    serve(work)
    engine.offer("t.1", attempt=1)

    (failure,) = engine.wait_for("/external-task/t.1/failure")
    assert failure["retries"] == 0
    assert "has been done, but its result could not be recorded" in failure["errorMessage"]
    assert text in failure["errorMessage"]


def test_a_step_that_fails_is_not_recorded() -> None:
    task = make_task()
    with pytest.raises(ConnectionError):
        task.once("charge", lambda: fail(ConnectionError()))
    assert task.once("charge", lambda: "R-2") == "R-2"


def fail(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("key", ["", "x" * 201, 5])
def test_a_key_that_is_none_is_refused_before_the_step(key: Any) -> None:
    with pytest.raises(ValueError, match="key of 1 to 200 characters"):
        make_task().once(key, lambda: pytest.fail("done"))


def test_without_an_engine_results_are_as_they_would_come_back() -> None:
    task = make_task()
    assert task.once("a", lambda: (1, 2)) == [1, 2]
    assert asyncio.run(task.once_async("a", later)) == [1, 2]
    with pytest.raises(Failure, match="could not be recorded"):
        task.once("b", lambda: {1, 2})


async def later() -> int:
    return pytest.fail("done again")


@pytest.fixture(scope="module")
def baton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baton]:
    model = tmp_path_factory.mktemp("once") / "payment.bpmn"
    model.write_text(MODEL)
    with running("--no-samples", "--web-processes", "1") as baton:
        baton.deploy(model)
        yield baton


@pytest.mark.e2e
@pytest.mark.parametrize("topic", ["threads", "async"])
def test_a_worker_that_dies_after_the_step_is_replaced_by_one_that_does_not_repeat_it(
    baton: Baton, tmp_path: Path, topic: str
) -> None:
    module = tmp_path / "payments.py"
    module.write_text(WORKERS)
    instance = baton.begin("payment", {"topic": topic})
    command = [sys.executable, "-m", "baton.cli", "worker", str(module), "--url", baton.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "charged\n"
        first.send_signal(signal.SIGKILL)
    (open_task,) = baton.rest.get("/external-task", {"processInstanceId": instance})
    recorded = baton.rest.get(f"/external-task/{open_task['id']}/results")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as second:
        try:
            ended = baton.wait_for_end(instance)
        finally:
            second.kill()

    assert recorded == {"charge": {"type": "Json", "value": '{"receipt":1}', "valueInfo": {}}}
    assert ended["variables"]["0"]["receipt"]["value"] == 1
    assert (tmp_path / "charges").read_text() == "charged\n"
