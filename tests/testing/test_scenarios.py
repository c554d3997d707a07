"""Scenarios saved in the designer are done again by the engine, and it does what the simulation does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from baton.testing import Scenario, TestEngine, list_scenarios, read_scenario
from baton.testing.scenario import FORMAT
from baton.worker import Rest
from tests.running import DEFINITIONS
from tests.testing.processes import CONTRACT

SCENARIOS = list_scenarios(DEFINITIONS)
OBSERVED = 'name="baton:observed" value="true"'
"""In the file of a process that conducts nothing: its story is told by events (``tests/web/test_observed.py``)."""


def start(**variables: object) -> dict[str, Any]:
    return {"type": "start", "variables": {name: {"value": value} for name, value in variables.items()}}


def make(*steps: Mapping[str, Any], process: str = "contract", **expect: Any) -> Scenario:
    return Scenario(name="test", process=process, steps=steps, expect=expect)


@pytest.fixture
def contract(engine: TestEngine, tmp_path: Path) -> TestEngine:
    (tmp_path / "contract.bpmn").write_text(CONTRACT)
    engine.deploy(tmp_path / "contract.bpmn")
    return engine


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name.partition(".scenario")[0])
def test_the_scenarios_of_the_samples_come_to_what_they_expect_and_equal_their_simulation(
    engine: TestEngine, path: Path
) -> None:
    engine.deploy(path.parents[1])
    scenario = read_scenario(path)

    played = engine.play(scenario)

    simulated = [describe(event) for event in simulate(engine.client._rest, path.parents[1], scenario)]  # pyright: ignore[reportPrivateUsage]
    produced = [describe(event) for event in engine.client._rest.get(f"/process-instance/{played.id}/history")]  # pyright: ignore[reportPrivateUsage]
    assert produced
    assert produced == simulated


def test_every_sample_that_conducts_has_a_scenario() -> None:
    conducting = {path.stem for path in DEFINITIONS.rglob("*.bpmn") if OBSERVED not in path.read_text(encoding="utf-8")}

    called = {"credit-report"}
    """Run by the scenarios of the process that calls it."""
    assert {read_scenario(path).process for path in SCENARIOS} == conducting - called


def simulate(rest: Rest, folder: Path, scenario: Scenario) -> Iterator[dict[str, Any]]:
    """The events of the same steps, in a simulation of the sample's files."""
    own = folder / f"{scenario.process}.bpmn"
    beside = [it for it in folder.iterdir() if it.suffix in (".bpmn", ".dmn", ".form") and it != own]
    draft = {
        "bpmn": own.read_text(encoding="utf-8"),
        "processId": scenario.process,
        "resources": [{"name": it.name, "content": it.read_text(encoding="utf-8")} for it in beside],
    }
    state, due = None, None
    for step in scenario.steps:
        what = {"now": due} if step["type"] == "wait" else {"command": step}
        answer = rest.post("/simulation", {**draft, **what, **({"state": state} if state else {})})
        state, due = answer["state"], answer["nextDue"]
        yield from answer["events"]


TIMES = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]*")
IDS = re.compile(r"[0-9a-z]{16}-\d\d")


def describe(event: Mapping[str, Any]) -> str:
    """An event without what differs from run to run: moments, the instance, the definition, who asked for it."""
    plain = {name: value for name, value in event.items() if name not in ("at", "definition", "command", "by")}
    data = {
        name: value for name, value in event["data"].items() if name not in ("definition", "worker", "called", "due")
    }
    if event["type"] == "DecisionEvaluated":  # a draft's decisions have no definitions yet
        data["decisions"] = [
            {name: value for name, value in made.items() if name != "decision"} for made in data["decisions"]
        ]
    return IDS.sub("<instance>", TIMES.sub("<moment>", f"{plain | {'data': data}}"))


def test_a_wait_without_a_duration_goes_to_what_is_due_next(contract: TestEngine) -> None:
    steps = [start(item="piano"), {"type": "complete"}, {"type": "complete"}, {"type": "wait"}, {"type": "complete"}]

    played = contract.play(make(*steps, {"type": "complete"}, endElement="GivenUp", undone=["Contract", "Reserve"]))

    played.assert_ended(at="GivenUp")


def test_a_person_does_a_task_and_time_passes_as_long_as_said(contract: TestEngine) -> None:
    steps = [start(item="piano"), {"type": "complete"}, {"type": "fail", "message": "away"}, {"type": "wait"}]

    contract.play(make(*steps, {"type": "complete"}, {"type": "wait", "duration": "P13D"}, waitsAt=["Approve"]))
    contract.play(
        make(start(item="piano"), {"type": "complete"}, {"type": "complete"}, {"type": "complete"}, endElement="Signed")
    )


def test_another_end_than_expected_fails_with_what_was_found(contract: TestEngine) -> None:
    with pytest.raises(AssertionError, match="Expected state to be completed, but found active"):
        contract.play(make(start(item="piano"), state="completed"))


def test_a_step_that_cannot_be_done_says_which(contract: TestEngine) -> None:
    with pytest.raises(AssertionError, match=r"step 2 \(complete\) of the scenario 'test' to find something open"):
        contract.play(make(start(item="piano"), {"type": "complete", "activityId": "Approve"}))
    with pytest.raises(AssertionError, match="Expected a step that Baton knows"):
        contract.play(make(start(item="piano"), {"type": "dance"}))
    with pytest.raises(AssertionError, match="Expected something to be due"):
        contract.play(make(start(item="piano"), {"type": "wait"}))


def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.scenario.json"
    file.write_text('{"format": "baton-scenario/9", "steps": []}')
    with pytest.raises(ValueError, match="baton-scenario/9"):
        read_scenario(file)
    file.write_text(f'{{"format": "{FORMAT}", "steps": [1]}}')
    with pytest.raises(ValueError, match='"steps"'):
        read_scenario(file)
