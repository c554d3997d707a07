"""An attempt that takes too long is a failed attempt; its place is free again, and what it gives later is left out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from baton.worker import Runner, Task, lane, worker
from tests.running import until
from tests.worker.fake_engine import FakeEngine

Serve = Callable[..., Runner]


def test_a_hung_function_is_a_failure_and_the_next_task_is_done(engine: FakeEngine, serve: Serve) -> None:
    let_go, ended = threading.Event(), threading.Event()

    @worker("work", timeout=0.05)
    def work(task: Task) -> dict[str, int]:
        if task.id == "t.1":
            let_go.wait()
            ended.set()
        return {"a": 1}

    serve(work)
    engine.offer("t.1")
    [failure] = engine.wait_for("/external-task/t.1/failure")
    engine.offer("t.2")
    engine.wait_for("/external-task/t.2/complete")
    let_go.set()
    assert ended.wait(10)
    engine.offer("t.3")
    engine.wait_for("/external-task/t.3/complete")

    assert failure["errorMessage"] == "The worker's function took longer than its timeout of 0.05 s"
    assert "/external-task/t.1/complete" not in engine.paths()


def test_a_hung_coroutine_is_cancelled(engine: FakeEngine, serve: Serve) -> None:
    cancelled = threading.Event()

    @worker("work", timeout=0.05)
    async def work(task: Task) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    serve(work)
    engine.offer("t.1")

    engine.wait_for("/external-task/t.1/failure")
    assert cancelled.wait(10)


def test_a_function_in_time_is_reported_once(engine: FakeEngine, serve: Serve) -> None:
    @worker("work", timeout=60)
    def work(task: Task) -> None:
        pass

    serve(work)
    for number in range(5):
        engine.offer(f"t.{number}")
        engine.wait_for(f"/external-task/t.{number}/complete")

    assert len(engine.paths()) == 5


def test_only_so_many_hung_functions_are_replaced(
    engine: FakeEngine, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "MOST_HUNG", 1)
    let_go = threading.Event()
    begun: list[str] = []

    @worker("work", timeout=0.05)
    def work(task: Task) -> None:
        begun.append(task.id)
        if task.id != "t.3":
            let_go.wait()

    serve(work)
    for task_id in ("t.1", "t.2", "t.3"):
        engine.offer(task_id)
    engine.wait_for("/external-task/t.2/failure")
    held = list(begun)
    let_go.set()
    engine.wait_for("/external-task/t.3/complete")

    assert held == ["t.1", "t.2"]


def test_a_hung_function_does_not_delay_a_stop(engine: FakeEngine, serve: Serve) -> None:
    let_go = threading.Event()

    @worker("work", timeout=0.05)
    def work(task: Task) -> None:
        let_go.wait()

    runner = serve(work)
    engine.offer("t.1")
    engine.wait_for("/external-task/t.1/failure")

    stopped = threading.Thread(target=runner.stop, args=(3600,))
    stopped.start()
    stopped.join(20)
    let_go.set()

    assert not stopped.is_alive()


def test_a_task_that_cannot_be_read_fails_and_the_next_is_done(engine: FakeEngine, serve: Serve) -> None:
    @worker("work")
    def work(task: Task) -> None:
        pass

    serve(work)
    engine.offer("t.1", variables={"order": {"value": "{broken", "type": "Json"}})
    engine.offer("t.2")

    [failure] = engine.wait_for("/external-task/t.1/failure")
    engine.wait_for("/external-task/t.2/complete")
    assert "The worker cannot read the task" in failure["errorMessage"]


def test_an_answer_that_is_no_list_of_tasks_does_not_end_the_worker(engine: FakeEngine, serve: Serve) -> None:
    @worker("work")
    def work(task: Task) -> None:
        pass

    engine.fetch_answers = ["<html>a proxy</html>", [{"no": "id"}], {"message": "what?"}]
    serve(work)
    until(lambda: not engine.fetch_answers, 20)
    engine.offer("t.1")

    engine.wait_for("/external-task/t.1/complete")


def test_middleware_is_called_around_each_attempt(engine: FakeEngine) -> None:
    seen: list[str] = []

    def outer(task: Task, proceed: Callable[[], object]) -> object:
        seen.append(f"outer {task.id}")
        return proceed()

    def inner(task: Task, proceed: Callable[[], object]) -> object:
        result = proceed()
        seen.append(f"inner {result}")
        return {"from": "middleware"}

    @worker("work")
    def work(task: Task) -> dict[str, str]:
        return {"from": "function"}

    engine.offer("t.1")
    runner = Runner([work], engine.url, long_poll=0.3, middleware=[outer, inner])
    runner.start()
    try:
        [body] = engine.wait_for("/external-task/t.1/complete")
    finally:
        runner.stop(5)

    assert seen == ["outer t.1", "inner {'from': 'function'}"]
    assert body["variables"] == {"from": {"value": "middleware", "type": "String"}}
