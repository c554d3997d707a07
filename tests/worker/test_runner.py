"""What the SDK tells the engine, and when."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from baton.model.values import Value
from baton.worker import BpmnError, Failure, Rest, Runner, Task, worker
from baton.worker.outcome import Reporter
from tests.running import until
from tests.worker.fake_engine import FakeEngine

Serve = Callable[..., Runner]


def test_a_task_is_done_and_its_result_becomes_variables(engine: FakeEngine, serve: Serve) -> None:
    seen: list[Task] = []

    @worker("work")
    def work(task: Task) -> dict[str, Value]:
        seen.append(task)
        return {"receipt": "C-1", "lines": [1, 2]}

    engine.offer("t.1", variables={"amount": {"value": 49, "type": "Integer"}})
    serve(work)

    [body] = engine.wait_for("/external-task/t.1/complete")
    assert body["workerId"] == "me"
    assert body["variables"] == {
        "receipt": {"value": "C-1", "type": "String"},
        "lines": {"value": "[1, 2]", "type": "Json"},
    }
    assert seen[0].variables == {"amount": 49}
    assert (seen[0].business_key, seen[0].correlation_id, seen[0].element) == ("A-1", "A-1", "Work")
    assert seen[0].idempotency_key == "t.1"


def test_the_engines_idempotency_key_and_attempt_are_handed_on(engine: FakeEngine, serve: Serve) -> None:
    seen: list[Task] = []

    @worker("work")
    def work(task: Task) -> None:
        seen.append(task)

    engine.offer("t.1", idempotencyKey="i:Work:1", attempt=3)
    serve(work)

    engine.wait_for("/external-task/t.1/complete")
    assert (seen[0].idempotency_key, seen[0].attempt) == ("i:Work:1", 3)


def test_a_business_error_is_reported_with_its_code_and_variables(engine: FakeEngine, serve: Serve) -> None:
    @worker("work")
    def work(task: Task) -> None:
        raise BpmnError("payment-rejected", "The bank said no", {"reason": 7})

    engine.offer("t.1")
    serve(work)

    [body] = engine.wait_for("/external-task/t.1/bpmnError")
    assert body == {
        "workerId": "me",
        "errorCode": "payment-rejected",
        "errorMessage": "The bank said no",
        "variables": {"reason": {"value": 7, "type": "Integer"}},
    }


def test_a_failure_leaves_the_retries_to_the_model_unless_told(engine: FakeEngine, serve: Serve) -> None:
    failures = iter([Failure("busy"), Failure("still busy", retries=2, retry_in=1.5)])

    @worker("work")
    def work(task: Task) -> None:
        raise next(failures)

    serve(work)
    engine.offer("t.1")
    [first] = engine.wait_for("/external-task/t.1/failure")
    engine.offer("t.2")
    [second] = engine.wait_for("/external-task/t.2/failure")

    assert "retries" not in first
    assert (second["errorMessage"], second["retries"], second["retryTimeout"]) == ("still busy", 2, 1500)


def test_an_exception_is_a_failure_with_the_stack_as_details(engine: FakeEngine, serve: Serve) -> None:
    @worker("work")
    def work(task: Task) -> None:
        raise ZeroDivisionError("by zero")

    engine.offer("t.1")
    serve(work)

    [body] = engine.wait_for("/external-task/t.1/failure")
    assert body["errorMessage"] == "ZeroDivisionError: by zero"
    assert "test_runner.py" in body["errorDetails"]


def test_a_result_that_no_variable_can_hold_is_a_failure(engine: FakeEngine, serve: Serve) -> None:
    @worker("work")
    def work(task: Task) -> Any:
        return {"thing": object()}

    engine.offer("t.1")
    serve(work)

    [body] = engine.wait_for("/external-task/t.1/failure")
    assert "Variable 'thing'" in body["errorMessage"]


def test_a_completion_whose_answer_is_lost_is_repeated_with_the_same_key(engine: FakeEngine, serve: Serve) -> None:
    outcomes = iter([None, (503, {"message": "starting"}), (409, {"message": "is being done"}), (204, None)])
    engine.answers["/external-task/t.1/complete"] = lambda _: next(outcomes)

    @worker("work")
    def work(task: Task) -> None:
        pass

    engine.offer("t.1")
    serve(work)

    engine.wait_for("/external-task/t.1/complete", 4)
    assert len({headers["Idempotency-Key"] for _, _, headers in engine.requests}) == 1


def test_a_refused_completion_becomes_a_failure(engine: FakeEngine, serve: Serve) -> None:
    engine.answers["/external-task/t.1/complete"] = lambda _: (500, {"type": "E", "message": "cannot evaluate"})

    @worker("work")
    def work(task: Task) -> None:
        pass

    engine.offer("t.1")
    serve(work)

    [body] = engine.wait_for("/external-task/t.1/failure")
    assert "cannot evaluate" in body["errorMessage"]


def test_completions_that_are_ready_while_others_are_on_their_way_travel_together(engine: FakeEngine) -> None:
    reporter = Reporter(Rest(engine.url), lambda: False)
    engine.answers["/external-task/complete"] = lambda body: (
        200,
        [{"id": item["id"], "completed": True, "status": 204} for item in body["tasks"]],
    )

    together(engine, reporter, ["t.1", "t.2", "t.3"])

    [body] = engine.wait_for("/external-task/complete")
    assert sorted(item["id"] for item in body["tasks"]) == ["t.1", "t.2", "t.3"]
    assert all(item["workerId"] == "me" for item in body["tasks"])
    assert all(item["variables"] == {"n": {"value": 1, "type": "Integer"}} for item in body["tasks"])


def test_of_completions_that_travel_together_each_has_its_own_outcome(
    engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    reporter = Reporter(Rest(engine.url), lambda: False)
    outcomes = {
        "t.1": {"completed": True, "status": 204},
        "t.2": {"completed": False, "status": 404, "type": "NotFound", "message": "gone"},
        "t.3": {"completed": False, "status": 400, "type": "BadRequest", "message": "no such variable"},
        "t.4": {"completed": False, "status": 503, "type": "Overloaded", "message": "still busy"},
    }
    engine.answers["/external-task/complete"] = lambda body: (200, [outcomes[item["id"]] for item in body["tasks"]])

    with caplog.at_level(logging.WARNING, logger="baton.worker"):
        together(engine, reporter, list(outcomes))

    assert "complete refused (404): gone" in caplog.text
    assert engine.wait_for("/external-task/t.3/failure")[0]["errorMessage"].endswith("no such variable")
    engine.wait_for("/external-task/t.4/complete")
    assert {"/external-task/t.1/complete", "/external-task/t.2/failure"}.isdisjoint(engine.paths())


def test_a_refused_request_of_many_is_repeated_one_by_one(engine: FakeEngine) -> None:
    reporter = Reporter(Rest(engine.url), lambda: False)
    engine.answers["/external-task/complete"] = lambda _: (400, {"type": "BadRequest", "message": "no such type"})
    engine.answers["/external-task/t.2/complete"] = lambda _: (400, {"type": "BadRequest", "message": "no such type"})

    together(engine, reporter, ["t.1", "t.2"])

    assert len(engine.wait_for("/external-task/t.1/complete")) == 1
    assert len(engine.wait_for("/external-task/t.2/failure")) == 1
    assert "/external-task/t.1/failure" not in engine.paths()


def together(engine: FakeEngine, reporter: Reporter, task_ids: list[str]) -> None:
    """Report the tasks as complete so that they travel in one request: both lines are taken until all wait."""
    arrived = threading.Event()

    def slow(_: dict[str, object]) -> tuple[int, None]:
        assert arrived.wait(10)
        return 204, None

    def complete(task_id: str) -> threading.Thread:
        thread = threading.Thread(target=reporter.complete, args=(task_of(task_id), {"n": 1}))
        thread.start()
        return thread

    threads: list[threading.Thread] = []
    for first in ("first.1", "first.2"):
        engine.answers[f"/external-task/{first}/complete"] = slow
        threads.append(complete(first))
        engine.wait_for(f"/external-task/{first}/complete")
    threads += [complete(task_id) for task_id in task_ids]
    until(lambda: reporter.waiting == len(task_ids), 10)
    arrived.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def task_of(task_id: str) -> Task:
    return Task(
        id=task_id,
        topic="work",
        element="Work",
        instance_id="i",
        definition_id="p:1:d",
        definition_key="p",
        worker_id="me",
        idempotency_key=task_id,
        variables={},
    )


def test_the_lock_is_extended_while_the_function_runs(engine: FakeEngine, serve: Serve) -> None:
    go_on = threading.Event()

    @worker("work", lock=0.1)
    def work(task: Task) -> None:
        go_on.wait(10)

    engine.offer("t.1")
    serve(work)
    bodies = engine.wait_for("/external-task/t.1/extendLock", 2)
    go_on.set()

    engine.wait_for("/external-task/t.1/complete")
    assert bodies[0] == {"workerId": "me", "newDuration": 100}


def test_progress_goes_with_the_next_heartbeat_and_brings_it_forward(engine: FakeEngine, serve: Serve) -> None:
    go_on = threading.Event()

    @worker("work", lock=3600)
    def work(task: Task) -> None:
        task.progress(0.1)
        task.progress(0.4, "half of the pages " + "x" * 300)
        go_on.wait(10)

    engine.offer("t.1")
    serve(work)
    (body,) = engine.wait_for("/external-task/t.1/extendLock")
    go_on.set()

    engine.wait_for("/external-task/t.1/complete")
    assert body["progress"] == 0.4
    assert body["progressText"] == ("half of the pages " + "x" * 300)[:200]


def test_progress_that_did_not_arrive_goes_with_the_heartbeat_after(engine: FakeEngine, serve: Serve) -> None:
    go_on = threading.Event()
    refusals = [(503, {"message": "later"})]
    engine.answers["/external-task/t.1/extendLock"] = lambda _: refusals.pop() if refusals else (204, None)

    @worker("work", lock=1.0)
    def work(task: Task) -> None:
        task.progress(0.4)
        go_on.wait(10)

    engine.offer("t.1")
    serve(work)
    bodies = engine.wait_for("/external-task/t.1/extendLock", 3)
    go_on.set()

    engine.wait_for("/external-task/t.1/complete")
    assert ["progress" in body for body in bodies[:3]] == [True, True, False]


@pytest.mark.parametrize("wrong", [-0.1, 1.5, float("nan")])
def test_progress_is_a_share_of_the_whole(wrong: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        task_of("t.1").progress(wrong)


def test_no_more_is_fetched_than_can_begin_at_once(engine: FakeEngine, serve: Serve) -> None:
    go_on, running = threading.Event(), threading.Semaphore(0)

    @worker("work", concurrency=2)
    def work(task: Task) -> None:
        running.release()
        go_on.wait(10)

    for number in range(5):
        engine.offer(f"t.{number}")
    serve(work)
    assert running.acquire(timeout=60)
    assert running.acquire(timeout=60)
    assert not running.acquire(timeout=0.2)
    assert engine.fetches[0]["maxTasks"] == 2
    assert engine.paths() == []

    go_on.set()
    engine.wait_for("/external-task/t.4/complete")


def test_a_stop_lets_the_running_task_finish_and_report(engine: FakeEngine, serve: Serve) -> None:
    begun, go_on = threading.Event(), threading.Event()

    @worker("work")
    def work(task: Task) -> dict[str, Value]:
        begun.set()
        go_on.wait(10)
        return {"done": True}

    engine.offer("t.1")
    runner = serve(work)
    assert begun.wait(5)
    stopper = threading.Thread(target=runner.stop)
    stopper.start()
    go_on.set()
    stopper.join(5)

    assert not stopper.is_alive()
    assert engine.paths() == ["/external-task/t.1/complete"]


def test_a_task_that_comes_after_the_stop_is_given_back(engine: FakeEngine, serve: Serve) -> None:
    @worker("work")
    def work(task: Task) -> None:
        raise AssertionError("must not run")

    runner = serve(work)
    engine.wait_until_fetching()
    runner.stop(1)
    engine.offer("t.1")

    engine.wait_for("/external-task/t.1/unlock")


def test_only_the_wanted_variables_are_fetched(engine: FakeEngine, serve: Serve) -> None:
    @worker("work", lock=5, variables=("amount",))
    def work(task: Task) -> None:
        pass

    engine.offer("t.1")
    serve(work)

    engine.wait_for("/external-task/t.1/complete")
    [topic] = engine.fetches[0]["topics"]
    assert (topic["lockDuration"], topic["variables"]) == (5000, ["amount"])


def test_a_handler_can_be_called_like_the_function_it_wraps() -> None:
    @worker("work")
    def work(task: Task) -> dict[str, Value]:
        return {"key": task.idempotency_key}

    fields = {"id": "t.1", "topicName": "work", "activityId": "A", "processInstanceId": "i", "workerId": "me"}
    task = Task.from_rest({**fields, "processDefinitionId": "d", "processDefinitionKey": "k"})
    assert work(task) == {"key": "t.1"}
    assert task.correlation_id == "i"


@pytest.mark.parametrize("options", [{"lock": 0}, {"concurrency": 0}])
def test_nonsense_is_refused_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Expected lock > 0"):
        worker("work", **options)
