"""``baton migrate`` and ``baton batches``: what they ask of the server, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from tests.worker.fake_engine import FakeEngine

Run = Callable[..., Result]
INSTRUCTION = {"sourceActivityIds": ["pay"], "targetActivityIds": ["pay"], "updateEventTrigger": False}
PLAN = {
    "sourceProcessDefinitionId": "order:3:a",
    "targetProcessDefinitionId": "order:4:b",
    "instructions": [INSTRUCTION],
}
COUNTS = {"completedJobs": 2, "totalJobs": 3, "failedJobs": 1}
STATISTICS = {"id": "b1", "type": "instance-migration", "suspended": False, **COUNTS}


@pytest.fixture
def asked(engine: FakeEngine) -> list[Any]:
    """The plans that were validated; an engine that has two versions."""
    bodies: list[Any] = []
    engine.answers["/process-definition"] = lambda _: (200, [{"id": "order:3:a"}])
    engine.answers["/migration/generate"] = lambda _: (200, PLAN)
    report = {"instructionReports": [], "variableReports": {}}
    engine.answers["/migration/validate"] = lambda body: (bodies.append(body), (200, report))[1]
    return bodies


def test_a_plan_is_shown_and_nothing_is_migrated(engine: FakeEngine, baton: Run, asked: list[Any]) -> None:
    refused = [{"processInstanceId": "i1", "reason": "a token is at 'ship', which is mapped to nothing"}]
    found = {"instances": 7, "lookedAt": 7, "refused": refused}
    engine.answers["/migration/preview"] = lambda _: (200, found)

    done = baton("migrate", "order", "3", "4", "--plan", "--map", "ship=send")

    assert done.exit_code == 0
    assert "7 instances run, 1 of the first 7 cannot migrate." in done.output
    assert "i1: a token is at 'ship'" in done.output
    by_hand = {"sourceActivityIds": ["ship"], "targetActivityIds": ["send"], "updateEventTrigger": False}
    assert asked[0]["instructions"] == [INSTRUCTION, by_hand]


def test_instances_are_migrated_as_a_batch(engine: FakeEngine, baton: Run, asked: list[Any]) -> None:
    engine.answers["/migration/executeAsync"] = lambda _: (200, {"id": "b1", "totalJobs": 7})

    done = baton("migrate", "order", "3", "4")

    assert (done.exit_code, done.output) == (0, "Migrating 7 instances: baton batches show b1\n")
    assert len(asked) == 1


def test_a_plan_that_cannot_be_executed_says_why(engine: FakeEngine, baton: Run, asked: list[Any]) -> None:
    del asked
    report = {"instructionReports": [{"instruction": INSTRUCTION, "failures": ["the type differs"]}]}
    engine.answers["/migration/validate"] = lambda _: (200, report)

    done = baton("migrate", "order", "3", "4")

    assert done.exit_code == 1
    assert "the type differs" in done.output
    assert "FROM=TO" in baton("migrate", "order", "3", "4", "--map", "ship").output


def test_batches_are_listed_shown_and_repeated(engine: FakeEngine, baton: Run) -> None:
    engine.answers["/batch/statistics"] = lambda _: (200, [STATISTICS])
    ended = {**STATISTICS, "endTime": None}
    engine.answers["/history/batch/b1"] = lambda _: (200, ended)
    engine.answers["/batch/b1/failures"] = lambda _: (200, [{"id": "i1", "message": "it has ended", "time": ""}])
    engine.answers["/batch/b1/retry"] = lambda _: (200, {"count": 1})
    engine.answers["/batch/b1/suspended"] = lambda _: (204, None)

    assert "2 of 3" in baton("batches", "list").output
    shown = baton("batches", "show", "b1").output
    assert "instance-migration: 2 of 3 done, running" in shown
    assert "i1: it has ended" in shown
    assert baton("batches", "retry", "b1").output == "Trying 1 again\n"
    assert baton("batches", "suspend", "b1").output == "Suspended b1\n"
    assert baton("batches", "resume", "b1").output == "Resumed b1\n"
