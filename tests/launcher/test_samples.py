"""The samples get onto a server that is too busy to answer at first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from baton.launcher.samples import SampleDeployment, list_samples
from baton.worker import Rest
from tests.worker.fake_engine import Answer, FakeEngine

CREATE = "/deployment/create"
BUSY: Answer = (429, {"type": "TooManyRequests", "message": "later"})
REFUSED: Answer = (400, {"type": "ParseException", "message": "a wrong model"})


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    engine = FakeEngine()
    yield engine
    engine.close()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def deployment(engine: FakeEngine, said: list[str]) -> SampleDeployment:
    return SampleDeployment(Rest(engine.url), said.append)


@pytest.mark.parametrize("trouble", [None, BUSY], ids=["lost", "busy"])
def test_samples_are_tried_again_until_they_are_there_and_that_is_said_once(
    engine: FakeEngine, deployment: SampleDeployment, said: list[str], trouble: Answer | None
) -> None:
    answers: list[Answer | None] = [(200, {}), trouble, trouble]
    engine.answers[CREATE] = lambda _: answers.pop(0) if answers else (200, {})

    assert [deployment.deploy() for _ in range(3)] == [False, False, True]
    assert engine.paths().count(CREATE) == len(list_samples()) + 2
    assert [line.partition(":")[0] for line in said] == [
        "the samples are not deployed yet, trying again",
        "the samples are deployed now",
    ]


def test_a_sample_that_is_refused_is_named_and_the_others_are_deployed(
    engine: FakeEngine, deployment: SampleDeployment, said: list[str]
) -> None:
    answers = [REFUSED]
    engine.answers[CREATE] = lambda _: answers.pop() if answers else (200, {})

    assert deployment.deploy()
    assert engine.paths().count(CREATE) == len(list_samples())
    assert said == [f"the sample {list_samples()[0].name} was not deployed: a wrong model"]
