"""The runner itself, on models of our own in the form of the suite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import __main__ as command
from tests.conformance.judge import IMPOSSIBLE, LOUD, PASSED, WRONG, Judge
from tests.conformance.run import Outcome, Seen
from tests.conformance.suite import Case
from tests.conformance.translate import translate

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" id="d">'
TIMED = f"""{HEAD}<process id="Timed" isExecutable="true">
<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="one"/>
<scriptTask id="one"><script>SCRIPT_task1</script></scriptTask><sequenceFlow id="f2" sourceRef="one" targetRef="pause"/>
<intermediateCatchEvent id="pause"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>
</intermediateCatchEvent><sequenceFlow id="f3" sourceRef="pause" targetRef="work"/>
<scriptTask id="work"><script>WAIT_TEN_SECONDS</script></scriptTask>
<sequenceFlow id="f4" sourceRef="work" targetRef="choice"/>
<exclusiveGateway id="choice"/><sequenceFlow id="f5" sourceRef="choice" targetRef="two">
<conditionExpression>test.contains("a")</conditionExpression></sequenceFlow>
<scriptTask id="two"><script>SCRIPT_task2</script></scriptTask><sequenceFlow id="f6" sourceRef="two" targetRef="end"/>
<endEvent id="end"/></process></definitions>"""
FAULTY = f'{HEAD}<process id="p" isExecutable="true"><exclusiveGateway id="g"/></process></definitions>'


def _case(*expected: str, **fields: Any) -> Case:
    given = {"number": 1, "test": None, "integer": 0, "parallel_process": False, "delay_ms": 0, **fields}
    return Case(**given, expected=expected)


def _event(kind: str, element: str, token: int = 1, **data: Any) -> dict[str, Any]:
    return {"type": kind, "element": element, "token": token, "data": data, "at": "2026-01-01T00:00:00+00:00"}


def _seen(events: list[dict[str, Any]], state: str = "completed", **more: Any) -> Seen:
    lists: dict[str, Any] = {"tokens": [], "waits": [], "jobs": [], "incidents": [], **more}
    return Seen(header={"state": state, "tokens": {}}, events=events, **lists)


ONE = [_event("ElementEntered", "start"), _event("ElementCompleted", "start")]
ONE += [_event("ElementEntered", "one", 2), _event("ElementCompleted", "one", 2)]


def _judge(case: Case, *seen: Seen) -> str:
    return Judge(case, Outcome(translate(TIMED.encode()), instances=list(seen))).verdict().word


def test_script_tokens_become_scripts_and_waiting_ones_external_tasks() -> None:
    model = translate(TIMED.encode())
    assert model.traced("one") == ["SCRIPT_task1"]
    assert b"<script>pass</script>" in model.xml
    assert b'topic="conformance"' in model.xml
    assert b'${test.contains("a")}' in model.xml


def test_a_trace_as_expected_passes() -> None:
    assert _judge(_case("SCRIPT_task1"), _seen(ONE)) == PASSED


def test_a_marker_counts_only_where_the_case_asks_for_it() -> None:
    model = translate(TIMED.replace("SCRIPT_task1", "SCRIPT_task1, CREATE_MARKER_FILE").encode())
    for expected in (("SCRIPT_task1",), ("MARKER_exists", "SCRIPT_task1")):
        assert Judge(_case(*expected), Outcome(model, instances=[_seen(ONE)])).verdict().word == PASSED


def test_another_trace_differs() -> None:
    assert _judge(_case("SCRIPT_task2"), _seen(ONE)) == WRONG


def test_a_token_that_the_model_never_leaves_cannot_be_expected() -> None:
    assert _judge(_case("SCRIPT_task3"), _seen(ONE)) == IMPOSSIBLE


def test_an_incident_is_a_loud_failure() -> None:
    incident = {"incidentType": "expression", "incidentMessage": "no"}
    assert _judge(_case("SCRIPT_task1"), _seen(ONE, "active", incidents=[incident])) == LOUD


def test_an_instance_that_hangs_for_no_reason_is_found() -> None:
    token = {"number": 3, "parent": 0, "element": "two"}
    assert _judge(_case("SCRIPT_task1"), _seen(ONE, "active", tokens=[token])) == WRONG


def test_an_instance_may_wait_for_a_message() -> None:
    waits: dict[str, Any] = {
        "tokens": [{"number": 3, "parent": 0, "element": "pause"}],
        "waits": [{"activityId": "pause"}],
    }
    assert _judge(_case("SCRIPT_task1"), _seen(ONE, "active", **waits)) == PASSED


def test_an_element_that_nothing_has_led_to_is_found() -> None:
    assert _judge(_case("SCRIPT_task1"), _seen(ONE[2:])) == WRONG


@pytest.mark.e2e
def test_a_suite_runs_against_a_whole_baton_whose_clock_is_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_suite(tmp_path)
    monkeypatch.delenv("BATON_URL", raising=False)
    monkeypatch.setattr("sys.argv", ["conformance", str(tmp_path)])
    monkeypatch.setattr(command, "FLOOR_REFUSED", 1)
    assert command.main() == 0
    said = capsys.readouterr().out
    assert "1 of 1 tests passed" in said
    assert "1 of 1 faulty models refused" in said


def _write_suite(folder: Path) -> None:
    (folder / "must-be-refused").mkdir()
    (folder / "must-be-refused" / "g.bpmn").write_text(FAULTY)
    (folder / "Timed.bpmn").write_text(TIMED)
    case = {"n": 1, "test": "a", "integerVariable": 0, "parallelProcess": False, "delay_ms": 3_600_000}
    cases = [{**case, "expected": ["SCRIPT_task1", "SCRIPT_task2"]}]
    catalogue = [{"name": "Timed", "model": "Timed.bpmn", "cases": cases}]
    (folder / "tests.json").write_text(json.dumps(catalogue))
