"""What an exception means by the rules of ``@worker``: tried again, never again, or a business error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from baton.worker import BpmnError, Failure, Runner, worker
from tests.worker.fake_engine import FakeEngine
from tests.worker.test_arguments import make_task

Serve = Callable[..., Runner]


class CardDeclined(Exception):
    pass


class CardExpired(CardDeclined):
    pass


def judge(error: BaseException, retries: int | None = None, attempt: int = 1, **rules: Any) -> Any:
    handler = worker("work", **rules)(lambda task: None)
    return handler.retrying.judge(replace(make_task(), retries=retries, attempt=attempt), error)


def test_without_rules_the_model_decides() -> None:
    failure = judge(OSError("busy"))

    assert (failure.retries, failure.retry_in) == (None, None)


def test_retry_counts_down_from_the_first_failure() -> None:
    left = [judge(OSError("busy"), retries, retry=3).retries for retries in (None, 3, 2, 1)]

    assert left == [3, 2, 1, 0]


def test_one_pause_is_doubled_and_several_are_taken_in_turn() -> None:
    doubled = [judge(OSError(), None, attempt, retry=9, backoff=2).retry_in for attempt in (1, 2, 3, 100)]
    listed = [judge(OSError(), None, n, retry=9, backoff=(1, timedelta(minutes=1))).retry_in for n in (1, 2, 3)]

    assert doubled == [2, 4, 8, 3600]
    assert listed == [1, 60, 60]


def test_what_a_failure_says_itself_goes_before_the_rules() -> None:
    failure = judge(Failure("busy", retries=7, retry_in=5), retry=3, backoff=1)

    assert (failure.retries, failure.retry_in) == (7, 5)


def test_what_can_never_work_is_not_tried_again() -> None:
    failure = judge(ValueError("no number"), retry=3, backoff=1, no_retry=(ValueError,))

    assert (failure.message, failure.retries, failure.retry_in) == ("ValueError: no number", 0, None)


@pytest.mark.parametrize("error", [CardDeclined("no money"), CardExpired("no money")])
def test_an_exception_with_a_code_is_a_business_error(error: Exception) -> None:
    judged = judge(error, errors={CardDeclined: "payment-rejected"})

    assert isinstance(judged, BpmnError)
    assert (judged.code, judged.message) == ("payment-rejected", "no money")


def test_the_rules_reach_the_engine(engine: FakeEngine, serve: Serve) -> None:
    @worker("work", retry=2, backoff=1.5, errors={CardDeclined: "payment-rejected"})
    def work(kind: str) -> None:
        raise CardDeclined("no money") if kind == "declined" else OSError("busy")

    engine.offer("t.1", variables={"kind": {"value": "declined", "type": "String"}})
    engine.offer("t.2", variables={"kind": {"value": "busy", "type": "String"}})
    serve(work)

    [declined] = engine.wait_for("/external-task/t.1/bpmnError")
    [busy] = engine.wait_for("/external-task/t.2/failure")
    assert (declined["errorCode"], declined["errorMessage"]) == ("payment-rejected", "no money")
    assert (busy["retries"], busy["retryTimeout"]) == (2, 1500)
