"""What the newest instances tell: of the elements of a definition, and of the server over a time."""

from __future__ import annotations

import pytest

from baton.service import Durations
from baton.service.reads import samples
from tests.web.conftest import Api


def run_some(api: Api, ended: int, running: int) -> str:
    (definition,) = api.deploy("work")["deployedProcessDefinitions"]
    for _ in range(ended + running):
        api.start("work")
    for task in api.fetch()[:ended]:
        api.complete(task)
    return definition


def test_the_elements_tell_how_often_they_were_passed_and_how_long_that_took(api: Api) -> None:
    definition = run_some(api, ended=3, running=2)

    found = api.get(f"/process-definition/{definition}/element-statistics")

    assert (found["instances"], found["total"]) == (5, 5)
    assert 0 <= found["p50"] <= found["p95"]
    elements = {element["id"]: element for element in found["elements"]}
    task = next(element for element in elements.values() if element["entered"] == 5 and element["completed"] == 3)
    assert 0 <= task["p50"] <= task["p95"]
    assert sorted(found["flows"].values()) == [3, 5]
    assert api.get("/process-definition/key/work/element-statistics") == found


def test_a_definition_without_instances_tells_nothing(api: Api) -> None:
    (definition,) = api.deploy("work")["deployedProcessDefinitions"]
    found = api.get(f"/process-definition/{definition}/element-statistics")
    assert (found["instances"], found["total"], found["elements"], found["p50"]) == (0, 0, [], None)


def test_the_sample_is_bounded_and_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    definition = run_some(api, ended=4, running=0)
    monkeypatch.setattr(samples, "MAX_INSTANCES", 3)
    found = api.get(f"/process-definition/{definition}/element-statistics")
    assert (found["instances"], found["total"]) == (3, 4)
    monkeypatch.setattr(samples, "MAX_EVENTS", found["events"] - 1)
    assert api.get(f"/process-definition/{definition}/element-statistics")["instances"] == 2


def test_durations_are_told_by_the_nearest_rank() -> None:
    assert Durations.measure(range(1, 101)) == Durations(50, 95)
    assert Durations.measure([7]) == Durations(7, 7)
    assert Durations.measure([]) == Durations()
