"""An operator at work by command line alone, against a real server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from baton.cli import main
from tests.running import Baton, until

pytestmark = pytest.mark.e2e

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="t">
  <process id="shop" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Start"/><sequenceFlow id="f1" sourceRef="Start" targetRef="Reserve"/>
    <serviceTask id="Reserve" camunda:type="external" camunda:topic="reserve"/>
    <boundaryEvent id="Undo" attachedToRef="Reserve"><compensateEventDefinition/></boundaryEvent>
    <serviceTask id="Release" isForCompensation="true" camunda:type="external" camunda:topic="release"/>
    <association id="a1" associationDirection="One" sourceRef="Undo" targetRef="Release"/>
    <sequenceFlow id="f2" sourceRef="Reserve" targetRef="Approve"/>
    <userTask id="Approve" name="Approve it" camunda:candidateGroups="clerks"><extensionElements><camunda:formData>
      <camunda:formField id="approved" type="boolean"/></camunda:formData></extensionElements></userTask>
    <sequenceFlow id="f3" sourceRef="Approve" targetRef="Done"/><endEvent id="Done"/>
  </process>
</definitions>
"""

BRIEF = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="t"><process id="brief" isExecutable="true" camunda:historyTimeToLive="P1D"><startEvent id="Start"/>
    <sequenceFlow id="f" sourceRef="Start" targetRef="End"/><endEvent id="End"/></process></definitions>
"""
MOST = 60
"""Instances that a search reads."""

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baton]:
    folder = tmp_path_factory.mktemp("operating")
    server = Baton(folder / "data", "--no-samples", "--web-processes", "1", env={"BATON_MOST_SEARCHED": str(MOST)})
    server.start()
    (folder / "models").mkdir()
    (folder / "models" / "shop.bpmn").write_text(MODEL)
    deployed = CliRunner().invoke(main, ["deploy", str(folder / "models"), "--url", server.url])
    assert deployed.output.startswith("Deployed shop version 1")
    yield server
    server.stop()


@pytest.fixture
def run(server: Baton) -> Run:
    """A command that succeeds; its result."""

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(main, [*arguments, "--url", server.url])
        assert result.exit_code == 0, result.output
        return result

    return invoke


@pytest.fixture
def work(server: Baton) -> Callable[..., None]:
    """Complete the one task of a topic, or fail it without retries."""

    def do(topic: str, failure: str | None = None) -> None:
        fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": topic, "lockDuration": 60_000}]}
        [task] = until(lambda: server.rest.post("/external-task/fetchAndLock", fetch), 20)
        body: dict[str, Any] = {"workerId": "w"}
        if failure:
            server.rest.post(f"/external-task/{task['id']}/failure", {**body, "errorMessage": failure, "retries": 0})
        else:
            server.rest.post(f"/external-task/{task['id']}/complete", body)

    return do


def read(result: Result) -> Any:
    return json.loads(result.output)


def test_an_incident_is_found_retried_and_the_order_ends(run: Run, work: Callable[..., None]) -> None:
    run("start", "shop", "--business-key", "A-1", "--var", "amount=49")
    work("reserve", "no stock")

    assert "no stock" in run("incidents", "--key", "shop").output
    assert "1 incident" in run("instances", "--incidents").output
    assert "failedExternalTask at Reserve: no stock" in run("show", "A-1").output
    run("retry", "--instance", "A-1")
    work("reserve")
    [task] = read(run("tasks", "--instance", "A-1", "--group", "clerks", "--json"))
    run("claim", task["id"], "ann")
    assert "ann" in run("tasks", "--assignee", "ann").output
    run("complete", task["id"], "--var", "approved=true")
    assert "approved = true" in run("variables", "A-1").output
    assert "InstanceEnded" in run("history", "A-1").output
    assert run("show", "A-1", "--follow").output.splitlines()[0].split() == ["shop", "A-1", "completed"]


def test_a_task_without_a_process_is_listed_and_done(server: Baton, run: Run) -> None:
    server.rest.post("/task/create", {"id": "call-ann", "assignee": "eve"})

    assert "call-ann" in run("tasks", "--assignee", "eve").output
    run("complete", "call-ann")

    assert "No tasks." in run("tasks", "--assignee", "eve").output


def test_what_does_not_fit_the_form_of_a_task_is_refused(server: Baton, run: Run, work: Callable[..., None]) -> None:
    run("start", "shop", "--business-key", "A-9")
    work("reserve")
    [task] = read(run("tasks", "--instance", "A-9", "--json"))

    refused = CliRunner().invoke(main, ["complete", task["id"], "--var", "approved=yes", "--url", server.url])

    assert (refused.exit_code, "Expected true or false for field 'approved'" in refused.output) == (1, True)
    assert [row["id"] for row in read(run("tasks", "--instance", "A-9", "--json"))] == [task["id"]]
    run("cancel", "A-9")


def test_an_incident_is_skipped(run: Run, work: Callable[..., None]) -> None:
    run("start", "shop", "--business-key", "A-2")
    work("reserve", "no stock")
    [incident] = read(run("incidents", "--instance", "A-2", "--json"))

    run("skip", incident["id"], "--var", "reservation=none")

    assert "reservation = none" in run("variables", "A-2").output
    run("cancel", "A-2")


def test_what_was_done_is_undone_after_a_look_at_the_plan(run: Run, work: Callable[..., None]) -> None:
    run("start", "shop", "--business-key", "A-3")
    work("reserve")

    plan = run("rollback", "A-3", "Reserve", "--plan").output
    run("rollback", "A-3", "Reserve")
    work("release")
    work("reserve")
    assert run("cancel", "A-3", "--undo", "--plan").output == plan
    run("cancel", "A-3", "--undo", "--reason", "withdrawn")
    work("release")

    assert plan.splitlines()[0] == "Would be undone, in this order:"
    assert plan.splitlines()[1].split() == ["1.", "Reserve", "by", "Release"]
    until(lambda: "compensated" in run("show", "A-3").output, 20)
    assert "reason   withdrawn" in run("show", "A-3").output


def test_tokens_are_moved_and_instances_suspended(run: Run) -> None:
    run("start", "shop", "--business-key", "A-4")
    run("modify", "A-4", "--cancel", "Reserve", "--before", "Approve", "--var", "by=hand")
    assert "Approve" in run("instances", "--element", "Approve").output
    run("suspend", "A-4")
    assert "suspended" in run("instances", "--business-key", "A-%", "--state", "suspended").output
    run("activate", "A-4")
    run("cancel", "A-4")


def test_a_start_can_wait_and_says_when_the_time_is_over(server: Baton) -> None:
    command = ["start", "shop", "--business-key", "A-5", "--wait", "--timeout", "0.1", "--url", server.url]
    result = CliRunner().invoke(main, command)
    CliRunner().invoke(main, ["cancel", "A-5", "--url", server.url])

    assert result.exit_code == 5
    assert "is still running" in result.output


def test_several_instances_with_one_business_key_are_listed(run: Run, server: Baton) -> None:
    for _ in range(2):
        run("start", "shop", "--business-key", "twice")
    result = CliRunner().invoke(main, ["show", "twice", "--url", server.url])
    ids = [line.split()[0] for line in result.output.splitlines()[1:]]

    assert result.exit_code == 1
    assert "found several; give an id" in result.output
    run("cancel", *ids)
    assert len(ids) == 2


def test_a_search_that_has_not_gone_through_all_instances_says_so(run: Run, server: Baton, tmp_path: Path) -> None:
    (tmp_path / "brief.bpmn").write_text(BRIEF)
    server.deploy(tmp_path / "brief.bpmn")
    for number in range(MOST + 1):
        server.begin("brief", {}, f"many-{number}")

    assert "Only the newest instances" in run("instances", "--business-key", "%nobody%").stderr
    assert run("instances", "--business-key", "many-1").stderr == ""


def test_the_problems_of_a_refused_file_are_json_too(server: Baton, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.bpmn"
    wrong.write_text(MODEL.replace('targetRef="Done"', 'targetRef="Nowhere"'))
    result = CliRunner().invoke(main, ["deploy", str(wrong), "--json", "--url", server.url])

    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"][0]["element"] == "f3"


def test_the_doctor_says_what_it_found_and_what_to_do(server: Baton, run: Run, work: Callable[..., None]) -> None:
    run("start", "shop", "--business-key", "A-6")
    work("reserve", "no stock")
    result = CliRunner().invoke(main, ["doctor", "--url", server.url])
    run("cancel", "A-6")

    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert any(line.startswith("ok  server: ") for line in lines)
    assert "!!  incidents: 1 open: baton incidents" in lines


def test_definitions_say_where_they_came_from(run: Run) -> None:
    [found] = json.loads(run("definitions", "--key", "shop", "--json").output)
    lines = run("definitions", "--key", "shop").output.splitlines()

    assert (found["kind"], found["version"], found["deploymentSource"]) == ("process", 1, "command line")
    assert lines[0].split() == ["KIND", "KEY", "VERSION", "DEPLOYED", "FROM", "ID"]
    assert lines[1].startswith("process  shop  1 ")
    assert lines[1].endswith(found["id"])
    assert run("definitions", "--key", "none").output == "Nothing is deployed.\n"


WITHOUT_JSON = {"serve", "dev", "worker", "completion"}
"""They run until they are stopped, or print what a shell reads."""


@pytest.mark.parametrize("name", main.commands)
def test_every_command_has_help_with_an_example_and_prints_json(name: str) -> None:
    text = CliRunner().invoke(main, [name, "--help"]).output
    assert main.commands[name].help
    assert f"baton {name}" in text.partition("Examples:")[2]
    command = main.commands[name]
    below = command.commands.values() if isinstance(command, click.Group) else ()
    texts = [CliRunner().invoke(item, ["--help"]).output for item in below] or [text]
    assert all(("--json" in found) is (name not in WITHOUT_JSON) for found in texts)
    assert all("Examples:" in found for found in texts)


def test_colours_are_off_where_nobody_wants_them(server: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(**more: Any) -> str:
        return CliRunner().invoke(main, ["doctor", "--url", server.url], **more).output

    assert "\x1b[" not in ask()
    assert "\x1b[" in ask(color=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in ask(color=True)


def test_dead_letters_are_listed_shown_edited_tried_again_and_dropped(server: Baton, run: Run, tmp_path: Path) -> None:
    event = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "order.lost", "data": {"order": "o1"}}
    other = {**event, "id": "e2", "type": "order.gone"}
    first, second = (server.rest.post("/event", it)["deadLetter"] for it in (event, other))

    listed = run("dead-letters", "list", "--place", "http").output
    assert f"{first}  " in listed
    assert f"{second}  " in listed
    assert first not in run("dead-letters", "list", "--type", "order.gone", "--text", "o1").output
    shown = json.loads(run("dead-letters", "show", first).output)
    assert (shown["event"], shown["attempts"]) == (event, 1)
    assert "Expected a mapping for events 'order.lost'" in shown["error"]

    run("dead-letters", "send", first)
    assert "order.lost  2 attempts  Expected a mapping" in run("dead-letters", "list").output

    mapping = {"type": "order.found", "start": "shop", "businessKey": "=data.order"}
    (tmp_path / "found.events.json").write_text(json.dumps({"version": 1, "events": [mapping]}))
    run("deploy", str(tmp_path / "found.events.json"))
    (tmp_path / "event.json").write_text(json.dumps({**event, "type": "order.found"}))
    assert run("dead-letters", "edit", first, str(tmp_path / "event.json")).output == f"changed {first}\n"
    assert run("dead-letters", "send", first).output == "1 tried again\n"
    (started,) = server.rest.get("/process-instance", {"businessKey": "o1"})
    server.rest.request("DELETE", f"/process-instance/{started['id']}")  # the other tests want theirs to be alone

    assert run("dead-letters", "drop", second).output == "1 dropped\n"
    assert run("dead-letters", "list").output == "no dead letters\n"
    gone = CliRunner().invoke(main, ["dead-letters", "show", first, "--url", server.url])
    assert (gone.exit_code, "it was sent or dropped" in gone.output) == (1, True)
