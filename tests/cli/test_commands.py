"""What each command asks of a Baton, what it prints, and how it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from baton import __version__
from baton.cli import main
from tests.worker.fake_engine import FakeEngine

Run = Callable[..., Result]
START = "/process-definition/key/order/submit-form"
HEADER = {
    "id": "0123456789abcdef-07",
    "definitionId": "order:1:d",
    "definitionKey": "order",
    "businessKey": "A-1",
    "state": "active",
    "startedAt": "2026-11-20T18:04:05.100Z",
    "endedAt": None,
    "endElement": None,
    "reason": None,
    "tokens": {"WaitForStock": 1},
    "incidents": 1,
    "undoing": False,
}


def test_start_sends_the_fields_of_a_file_as_typed_variables(engine: FakeEngine, baton: Run, tmp_path: Path) -> None:
    engine.answers[START] = lambda _: (200, {"id": "i", "definitionId": "order:1:d"})
    file = tmp_path / "order.json"
    file.write_text('{"amount": 49, "address": {"city": "Zwickau"}, "express": true}')
    result = baton("start", "order", str(file), "--business-key", "A-1", "--var", "amount=50", "--var", "note=soon")

    assert (result.exit_code, result.output) == (0, "Started order:1:d: i\n")
    [(_, body, _)] = engine.requests
    assert body == {
        "businessKey": "A-1",
        "variables": {
            "amount": {"value": 50, "type": "Integer"},
            "address": {"value": '{"city": "Zwickau"}', "type": "Json"},
            "express": {"value": True, "type": "Boolean"},
            "note": {"value": "soon", "type": "String"},
        },
    }


def test_json_prints_what_the_api_answered(engine: FakeEngine, baton: Run) -> None:
    engine.answers[START] = lambda _: (200, {"id": "i", "definitionId": "order:1:d"})
    assert json.loads(baton("start", "order", "--json").output) == {"id": "i", "definitionId": "order:1:d"}


@pytest.mark.parametrize("content", ["[1]", "{", '"text"'])
def test_a_file_that_is_no_json_object_is_refused_before_anything_is_sent(
    engine: FakeEngine, baton: Run, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "order.json"
    file.write_text(content)
    result = baton("start", "order", str(file))
    assert result.exit_code == 2
    assert "order.json" in result.output
    assert engine.requests == []


def test_what_the_engine_refuses_is_one_sentence_and_exit_code_1(engine: FakeEngine, baton: Run) -> None:
    engine.answers[START] = lambda _: (404, {"type": "RestException", "message": "No process 'order' is deployed"})
    result = baton("start", "order")
    assert (result.exit_code, result.output) == (1, "Error: No process 'order' is deployed\n")


def test_a_baton_that_is_not_there_is_exit_code_3() -> None:
    result = CliRunner().invoke(main, ["instances", "--url", "http://127.0.0.1:1"])
    assert result.exit_code == 3
    assert "Is Baton running there?" in result.output


def test_the_problems_of_a_model_are_listed_with_line_rule_and_element(
    engine: FakeEngine, baton: Run, tmp_path: Path
) -> None:
    problem = {
        "rule": "dangling-reference",
        "severity": "error",
        "element": "Flow_1",
        "line": 12,
        "resource": "a.bpmn",
        "message": "Expected a node",
    }
    engine.answers["/deployment/create"] = lambda _: (400, {"message": "refused", "problems": [problem]})
    file = tmp_path / "a.bpmn"
    file.write_text("<definitions/>")
    result = baton("deploy", str(file))
    assert result.exit_code == 1
    assert "a.bpmn:12: error [dangling-reference] Expected a node (Flow_1)" in result.output


def test_deploy_names_each_version_made(engine: FakeEngine, baton: Run, tmp_path: Path) -> None:
    made = {"order:2:d": {"id": "order:2:d", "key": "order", "version": 2}}
    engine.answers["/deployment/create"] = lambda _: (200, {"id": "d", "deployedProcessDefinitions": made})
    file = tmp_path / "a.bpmn"
    file.write_text("<definitions/>")
    assert baton("deploy", str(file)).output == "Deployed order version 2 (order:2:d)\n"


def test_instances_is_a_table(engine: FakeEngine, baton: Run) -> None:
    engine.answers["/process-instance/overview"] = lambda _: (200, [HEADER])
    lines = baton("instances", "--state", "active").output.splitlines()
    assert lines[0].split() == ["ID", "PROCESS", "BUSINESS", "KEY", "STATE", "STARTED", "WHERE"]
    assert "A-1" in lines[1]
    assert "active, 1 incident" in lines[1]
    assert lines[1].endswith("WaitForStock")


def test_no_instances_is_a_sentence(engine: FakeEngine, baton: Run) -> None:
    engine.answers["/process-instance/overview"] = lambda _: (200, [])
    assert baton("instances").output == "No instances.\n"


def test_show_tells_what_happens_next_where_it_is_what_failed_and_what_can_be_undone(
    engine: FakeEngine, baton: Run
) -> None:
    since = "2026-11-20T18:04:06.000Z"
    token = {"parent": 0, "kind": "task", "state": "active", "enteredAt": since}
    nothing = {"name": None, "due": None, "retries": None, "workerId": None, "lockedUntil": None}
    entry = {"seq": 1, "element": "Reserve", "handler": "Release", "state": "undone", "undoneAt": since}
    engine.answers["/process-instance/i/snapshot"] = lambda _: (
        200,
        {
            "header": HEADER,
            "tokens": [
                {**token, "number": 3, "element": "Sub", "kind": "subProcess"},
                {**token, "number": 4, "parent": 3, "element": "Wait"},
            ],
            "variables": {"0": {"amount": {"value": 49, "type": "Integer"}}},
            "awaited": [
                {**nothing, "element": "Pay", "kind": "work", "name": "charge", "workerId": "w1", "lockedUntil": since}
                | {"progress": 0.4, "progressText": "half of the pages"},
                {**nothing, "element": "Ship", "kind": "work", "name": "ship", "retries": 2, "due": since},
                {**nothing, "element": "Sign", "kind": "person", "name": "ada"},
                {**nothing, "element": "Arrived", "kind": "message", "name": "StockArrived"},
                {**nothing, "element": "TooLate", "kind": "timer", "due": since},
                {**nothing, "element": "Map", "kind": "retry", "retries": 0, "due": since},
            ],
            "ledger": [entry, {**entry, "seq": 2, "element": "Charge", "state": "kept", "undoneAt": None}],
            "incidents": [
                {"id": "i.9", "incidentType": "failedJob", "activityId": "Wait", "incidentMessage": "no answer"}
            ],
        },
    )
    text = baton("show", "i").output
    assert "order  A-1  active, 1 incident" in text
    assert "\n  Sub" in text
    assert "\n    Wait" in text
    assert "failedJob at Wait: no answer (i.9)" in text
    waits = {line.split()[0]: line for line in text.partition("waits for\n")[2].partition("\n\n")[0].splitlines()}
    assert "a worker on charge" in waits["Pay"]
    assert "w1 has it until 20" in waits["Pay"]
    assert waits["Pay"].endswith("40 % (half of the pages)")
    assert "nobody has it, due 20" in waits["Ship"]
    assert waits["Ship"].endswith("2 retries left")
    assert waits["Sign"].endswith("ada to do it")
    assert waits["Arrived"].endswith("message StockArrived")
    assert "timer" in waits["TooLate"]
    assert "due 20" in waits["TooLate"]
    assert waits["Map"].endswith("an operator")
    assert "[x]  1  Reserve" in text
    assert "[=]  2  Charge" in text
    assert "amount = 49" in text


def test_message_goes_to_the_instance_with_the_business_key(engine: FakeEngine, baton: Run) -> None:
    engine.answers["/message"] = lambda _: (200, [{"resultType": "Execution"}])
    assert baton("message", "StockArrived", "--business-key", "A-1").output == "StockArrived was received\n"
    [(_, body, _)] = engine.requests
    assert (body["messageName"], body["businessKey"]) == ("StockArrived", "A-1")
    assert "processInstanceId" not in body


@pytest.mark.parametrize(("module", "sentence"), [("no_such_module", "Expected a Python module"), ("json", "@worker")])
def test_a_module_without_workers_is_said(baton: Run, module: str, sentence: str) -> None:
    result = baton("worker", module)
    assert result.exit_code == 1
    assert sentence in result.output


@pytest.mark.parametrize(
    ("progress", "well"), [(None, False), ("2026-11-20T18:04:05.100Z", True)], ids=["no loops", "loops"]
)
def test_a_watchdog_that_has_not_looked_yet_is_a_fault_only_where_no_loops_are(
    engine: FakeEngine, baton: Run, progress: str | None, well: bool
) -> None:
    engine.answers["/version"] = lambda _: (200, {"version": __version__})
    engine.answers["/incident/count"] = lambda _: (200, {"count": 0})
    engine.answers["/watchdog"] = lambda _: (200, {"at": None, "findings": []})
    engine.answers["/status"] = lambda _: (200, {"lastProgress": progress})

    result = baton("doctor", "--json")

    [watchdog] = [finding for finding in json.loads(result.stdout) if finding["name"] == "watchdog"]
    assert (watchdog["ok"], result.exit_code) == (well, 0 if well else 1)
    assert "has not looked yet" in watchdog["message"]


def test_a_url_without_a_path_gets_the_one_of_the_api(engine: FakeEngine) -> None:
    engine.answers["/process-instance/overview"] = lambda _: (200, [])
    result = CliRunner().invoke(main, ["instances"], env={"BATON_URL": engine.url.removesuffix("/engine-rest")})
    assert result.exit_code == 0


def test_a_setting_that_makes_no_sense_is_said_before_anything_is_started(tmp_path: Path) -> None:
    data = tmp_path / "data"

    result = CliRunner().invoke(main, ["serve", "--data", str(data)], env={"BATON_TOPIC_LIMITS": "work"})

    assert result.exit_code == 4
    assert "Expected BATON_TOPIC_LIMITS to be like" in result.output
    assert not data.exists()


def test_a_deployment_names_all_that_is_new(engine: FakeEngine, baton: Run, tmp_path: Path) -> None:
    for name in ("order.bpmn", "prices.dmn", "approve.form"):
        (tmp_path / name).write_text("<a/>")
    made = {
        "deployedProcessDefinitions": {
            "order:2:d": {"key": "order", "version": 2, "id": "order:2:d", "resource": "order.bpmn"}
        },
        "deployedDecisionDefinitions": {
            "prices:1:d": {"key": "prices", "version": 1, "id": "prices:1:d", "resource": "prices.dmn"}
        },
        "deployedFiles": ["approve.form", "order.bpmn", "prices.dmn"],
    }
    engine.answers["/deployment/create"] = lambda _: (200, made)

    assert baton("deploy", str(tmp_path)).output.splitlines() == [
        "Deployed order version 2 (order:2:d)",
        "Deployed decision prices version 1 (prices:1:d)",
        "Deployed approve.form",
    ]
    engine.answers["/deployment/create"] = lambda _: (200, {"deployedProcessDefinitions": None, "deployedFiles": []})
    assert baton("deploy", str(tmp_path)).output == "Nothing new: the same files are deployed already\n"
