"""Functions that take variables by name: converted going in and coming out, wrong ones named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from baton.worker import AnyHandler, Failure, Runner, Task, worker
from tests.worker.fake_engine import FakeEngine

Serve = Callable[..., Runner]


class Currency(Enum):
    EUR = "EUR"


@dataclass
class Applicant:
    name: str
    born: date


class Line(BaseModel):
    count: int


@dataclass
class Score:
    points: int
    reason: str | None = None


def make_task(**variables: Any) -> Task:
    return Task(
        id="t.1",
        topic="work",
        element="Work",
        instance_id="i",
        definition_id="d",
        definition_key="k",
        worker_id="me",
        idempotency_key="t.1",
        variables=variables,
    )


def refusal_of(handler: AnyHandler, **variables: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        handler.begin(make_task(**variables))
    return caught.value


def test_variables_become_the_arguments_that_the_function_names() -> None:
    @worker("work")
    def score(
        amount: Decimal,
        applicant: Applicant,
        lines: list[Line],
        currency: Currency,
        key: UUID,
        at: datetime,
        note: str = "-",
    ) -> Any:
        return amount, applicant, lines, currency, key, at, note

    moment = datetime(2026, 1, 2, tzinfo=UTC)
    found = score.begin(
        make_task(
            amount=49.99,
            applicant={"name": "Ann", "born": "1990-05-01"},
            lines=[{"count": 2}],
            currency="EUR",
            key=str(UUID(int=7)),
            at=moment,
        )
    )

    applicant = Applicant("Ann", date(1990, 5, 1))
    assert found == (Decimal("49.99"), applicant, [Line(count=2)], Currency.EUR, UUID(int=7), moment, "-")


def test_a_function_of_variables_can_take_the_task_too() -> None:
    @worker("work")
    def work(amount: int, task: Task) -> Any:
        return amount, task.id

    assert work.begin(make_task(amount=3)) == (3, "t.1")


def test_only_the_variables_that_are_named_are_fetched() -> None:
    @worker("by-name")
    def by_name(amount: int, note: str = "") -> None:
        pass

    @worker("with-task")
    def with_task(amount: int, task: Task) -> None:
        pass

    @worker("told", variables=["a"])
    def told(task: Task) -> None:
        pass

    assert by_name.variables == ("amount", "note")
    assert with_task.variables is None
    assert told.variables == ("a",)


@pytest.mark.parametrize("annotation", [Any, object, Task])
def test_a_lone_parameter_that_can_be_the_task_is_the_task(annotation: Any) -> None:
    def work(given: Any) -> Any:
        return given.id

    work.__annotations__["given"] = annotation

    assert worker("work")(work).begin(make_task()) == "t.1"


def test_a_missing_variable_names_itself_and_a_near_one() -> None:
    @worker("work")
    def work(amount: int, other: int) -> None:
        pass

    failure = refusal_of(work, amonut=3)

    assert failure.retries == 0
    assert "Expected a variable 'amount' (int), but there is none: did you mean 'amonut'?" in failure.message
    assert "'other' (int), but there is none: the task has amonut" in failure.message


def test_a_variable_of_another_type_names_its_place_and_what_was_found() -> None:
    @worker("work")
    def work(amount: Decimal, applicant: Applicant) -> None:
        pass

    failure = refusal_of(work, amount="much", applicant={"name": "Ann", "born": "yesterday"})

    assert "Variable 'amount': Expected Decimal, but found 'much'" in failure.message
    assert "Variable 'applicant' at born: Expected Applicant, but found {'name': 'Ann'" in failure.message


def test_the_fields_of_a_dataclass_become_variables(engine: FakeEngine, serve: Serve) -> None:
    @worker("work")
    async def work(amount: int) -> Score:
        return Score(amount * 2)

    engine.offer("t.1", variables={"amount": {"value": 4, "type": "Integer"}})
    serve(work)

    [body] = engine.wait_for("/external-task/t.1/complete")
    assert body["variables"] == {"points": {"value": 8, "type": "Integer"}, "reason": {"value": None, "type": "Null"}}


def test_values_of_other_classes_become_the_nearest_that_a_variable_can_hold(engine: FakeEngine, serve: Serve) -> None:
    @worker("work")
    def work(task: Task) -> dict[str, Any]:
        return {
            "price": Decimal("49.90"),
            "count": Decimal("3.00"),
            "due": date(2026, 1, 2),
            "key": UUID(int=7),
            "currency": Currency.EUR,
            "lines": [Line(count=2), {"price": Decimal("0.1")}],
        }

    engine.offer("t.1")
    serve(work)

    [body] = engine.wait_for("/external-task/t.1/complete")
    assert body["variables"] == {
        "price": {"value": 49.9, "type": "Double"},
        "count": {"value": 3, "type": "Integer"},
        "due": {"value": "2026-01-02", "type": "String"},
        "key": {"value": str(UUID(int=7)), "type": "String"},
        "currency": {"value": "EUR", "type": "String"},
        "lines": {"value": '[{"count": 2}, {"price": 0.1}]', "type": "Json"},
    }


def test_a_handler_can_be_called_like_its_function() -> None:
    @worker("work")
    def work(amount: int) -> int:
        return amount + 1

    assert work(3) == 4
    assert work(amount=3) == 4
