"""A page of tasks or incidents by age reads its own records only, however many there are."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from baton.service import Engine, IncidentQuery, UserTaskQuery
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line
from tests.service.test_lists_at_size import count_commands

COUNT = 60
AGES = ((), (("created_at", False),), (("created_at", True),))
WAITING = bpmn(line('<userTask id="decide"/>'), key="waiting")
FAILING = bpmn(line(external("fail")), key="failing")


@pytest.fixture(params=["tasks", "incidents"])
def listed(request: pytest.FixtureRequest, engine: Engine, clock: Clock) -> tuple[Any, Any]:
    """The part of the engine, and a query for all."""
    definition = deploy(engine, {"tasks": WAITING, "incidents": FAILING}[request.param])
    for number in range(COUNT):
        clock.forward(number % 2)  # some have the same moment
        engine.starts.start(definition.id)
        for locked in fetch(engine):
            engine.external_tasks.fail(locked.task.id, "w", retries=0)
    if request.param == "tasks":
        return engine.user_tasks, UserTaskQuery()
    return engine.incidents, IncidentQuery()


def test_a_page_by_age_is_that_part_of_the_whole_list(listed: tuple[Any, Any]) -> None:
    part, every = listed
    for sort, first in product(AGES, (0, 7, COUNT - 2, COUNT)):
        whole = part.find(replace(every, sort=sort))
        assert len(whole) == COUNT
        assert part.find(replace(every, sort=sort, first=first, limit=5)) == whole[first : first + 5]


def test_it_costs_the_same_whatever_it_is_a_part_of(listed: tuple[Any, Any], engine: Engine) -> None:
    part, every = listed
    assert count_commands(engine, lambda: part.find(replace(every, limit=5))) < COUNT / 2
