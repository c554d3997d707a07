"""All or nothing: a request one of whose later steps fails leaves nothing and answers 500, if that is wanted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.web.conftest import Api
from tests.web.diagrams import flow, process

REJECT, INCIDENT = {"X-Baton-On-Failure": "reject"}, {"X-Baton-On-Failure": "incident"}
SCRIPT = (
    '<bpmn:scriptTask id="{id}" scriptFormat="python" camunda:resultVariable="result"><bpmn:script>10 / divisor'
    "</bpmn:script></bpmn:scriptTask>"
)
PROPERTY = (
    '<bpmn:extensionElements><camunda:properties><camunda:property name="baton:onFailure" value="{value}"/>'
    "</camunda:properties></bpmn:extensionElements>"
)
CALLED = process("called", '<bpmn:startEvent id="S"/>' + SCRIPT.format(id="Fail") + flow(1, "S", "Fail"))


def make_process(key: str, head: str = "", *, before: str = "", call: bool = False) -> str:
    """Start, user task, external task, then a step that divides by ``divisor``, then another user task."""
    step = '<bpmn:callActivity id="Fail" calledElement="called"/>' if call else SCRIPT.format(id="Fail")
    return process(
        key,
        head
        + '<bpmn:startEvent id="Start"/><bpmn:userTask id="Ask"/>'
        + '<bpmn:serviceTask id="Work" camunda:type="external" camunda:topic="work"/>'
        + step.replace("<bpmn:scriptTask", f"<bpmn:scriptTask {before}")
        + '<bpmn:userTask id="Last"/><bpmn:endEvent id="End"/>'
        + "".join(
            flow(number, *ends)
            for number, ends in enumerate(
                [("Start", "Ask"), ("Ask", "Work"), ("Work", "Fail"), ("Fail", "Last"), ("Last", "End")]
            )
        ),
    )


def deploy(api: Api, *files: str) -> Any:
    data = {f"{number}.bpmn": (io.BytesIO(text.encode()), f"{number}.bpmn") for number, text in enumerate(files)}
    return api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")


@pytest.fixture
def task(api: Api) -> dict[str, Any]:
    """The external task after which the step fails; it is locked."""
    deploy(api, make_process("plain"))
    instance = api.start("plain", divisor=0)
    api.post(f"/task/{api.get('/task', processInstanceId=instance)[0]['id']}/complete", {}, 204)
    return api.fetch()[0]


def describe(api: Api, instance: str) -> tuple[Any, ...]:
    """What an operator sees of an instance."""
    return (
        api.get(f"/process-instance/{instance}/activity-instances"),
        api.get(f"/process-instance/{instance}/variables"),
        api.get(f"/process-instance/{instance}/history"),
        api.get("/incident", processInstanceId=instance),
        api.get("/job", processInstanceId=instance),
    )


def complete(api: Api, task: dict[str, Any], expect: int, headers: dict[str, str] | None = None) -> Any:
    body = {"workerId": "w1", "variables": {"done": {"value": True}}}
    return api.post(f"/external-task/{task['id']}/complete", body, expect, headers=headers or {})


def test_a_step_that_fails_is_kept_with_an_incident_unless_something_else_is_wanted(
    api: Api, task: dict[str, Any]
) -> None:
    complete(api, task, 204)
    assert [item["activityId"] for item in api.get("/incident")] == ["Fail"]


def test_a_completion_whose_next_step_fails_leaves_nothing_when_the_worker_says_so(
    api: Api, task: dict[str, Any]
) -> None:
    before = describe(api, task["processInstanceId"])
    refused = complete(api, task, 500, REJECT)
    assert refused["type"] == "ProcessEngineException"
    assert "division by zero" in refused["message"]
    assert "'Fail'" in refused["message"]
    assert describe(api, task["processInstanceId"]) == before
    assert api.get(f"/external-task/{task['id']}")["workerId"] == "w1"

    api.put(f"/process-instance/{task['processInstanceId']}/variables/divisor", {"value": 2}, 204)
    complete(api, task, 204, REJECT)
    assert [item["taskDefinitionKey"] for item in api.get("/task")] == ["Last"]


def test_a_start_whose_step_fails_leaves_no_instance(api: Api) -> None:
    deploy(api, CALLED)
    body = {"variables": {"divisor": {"value": 0}}, "businessKey": "k"}
    refused = api.post("/process-definition/key/called/start", body, 500, headers=REJECT)
    assert "division by zero" in refused["message"]
    assert api.get("/history/process-instance/count")["count"] == 0
    api.post("/process-definition/key/called/start", body, 200)
    assert api.get("/incident/count")["count"] == 1


def test_a_called_process_whose_step_fails_rejects_the_command_of_its_caller(api: Api) -> None:
    deploy(api, CALLED, make_process("caller", call=True))
    instance = api.start("caller", divisor=0)
    api.post(f"/task/{api.get('/task')[0]['id']}/complete", {}, 204)
    task, before = api.fetch()[0], describe(api, instance)
    complete(api, task, 500, REJECT)
    assert describe(api, instance) == before


def test_behind_a_wait_state_a_failure_is_an_incident_whatever_is_wanted(api: Api) -> None:
    deploy(api, make_process("later", before='camunda:asyncBefore="true"'))
    instance = api.start("later", divisor=0)
    api.post(f"/task/{api.get('/task')[0]['id']}/complete", {}, 204)
    complete(api, api.fetch()[0], 204, REJECT)
    assert [item["activityId"] for item in api.get("/incident", processInstanceId=instance)] == ["Fail"]


def test_the_process_says_what_becomes_of_failures_and_a_request_has_the_last_word(api: Api) -> None:
    deploy(api, make_process("strict", PROPERTY.format(value="reject")))
    instance = api.start("strict", divisor=0)
    api.post(f"/task/{api.get('/task')[0]['id']}/complete", {}, 204)
    task, before = api.fetch()[0], describe(api, instance)
    complete(api, task, 500)
    assert describe(api, instance) == before
    complete(api, task, 204, INCIDENT)
    assert api.get("/incident/count")["count"] == 1


@pytest.fixture
def strict(valkey: str) -> Iterator[Api]:
    engine = assemble(Settings(redis_url=valkey, partitions=4, on_failure="reject"))
    yield Api(create_app(engine, WebSettings(hosts=None)).test_client(), engine)
    engine.close()


def test_the_setting_says_it_for_all_and_a_process_may_say_the_opposite(strict: Api) -> None:
    deploy(strict, CALLED, make_process("mild", PROPERTY.format(value="incident")))
    body = {"variables": {"divisor": {"value": 0}}}
    strict.post("/process-definition/key/called/start", body, 500)
    strict.post("/process-definition/key/called/start", body, 200, headers=INCIDENT)
    strict.start("mild", divisor=0)
    strict.post(f"/task/{strict.get('/task')[0]['id']}/complete", {}, 204)
    complete(strict, strict.fetch()[0], 204)


def test_batches_and_timers_have_nobody_to_tell_and_open_incidents(strict: Api) -> None:
    timer = (
        '<bpmn:startEvent id="S"/><bpmn:intermediateCatchEvent id="Wait"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>PT0S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    deploy(strict, process("timed", timer + SCRIPT.format(id="Fail") + flow(1, "S", "Wait") + flow(2, "Wait", "Fail")))
    strict.start("timed", divisor=0)
    assert [item["activityId"] for item in strict.get("/incident")] == ["Fail"]


def test_a_repeated_request_that_was_rejected_is_rejected_again_and_another_is_tried(
    api: Api, task: dict[str, Any]
) -> None:
    headers = {**REJECT, "Idempotency-Key": "k"}
    first, second = (complete(api, task, 500, headers) for _ in range(2))
    assert first == second
    api.put(f"/process-instance/{task['processInstanceId']}/variables/divisor", {"value": 2}, 204)
    complete(api, task, 204, {**REJECT, "Idempotency-Key": "other"})


def test_of_commands_that_share_a_turn_only_the_one_that_fails_is_rejected(api: Api) -> None:
    deploy(
        api,
        process(
            "both",
            '<bpmn:startEvent id="S"/><bpmn:parallelGateway id="Split"/>'
            '<bpmn:serviceTask id="A" camunda:type="external" camunda:topic="work"/>'
            '<bpmn:serviceTask id="B" camunda:type="external" camunda:topic="work"/>'
            + SCRIPT.format(id="Fail")
            + '<bpmn:userTask id="After"/>'
            + flow(1, "S", "Split")
            + flow(2, "Split", "A")
            + flow(3, "Split", "B")
            + flow(4, "A", "Fail")
            + flow(5, "B", "After"),
        ),
    )
    api.start("both", divisor=0)
    tasks = [{"id": task["id"], "workerId": "w1"} for task in api.fetch()]
    answer = api.post("/external-task/complete", {"tasks": tasks}, 200, headers=REJECT)
    assert sorted(item["status"] for item in answer) == [204, 500]
    assert [item["taskDefinitionKey"] for item in api.get("/task")] == ["After"]
    assert api.get("/incident") == []


def test_an_undoing_that_fails_is_an_incident_whatever_is_wanted(api: Api) -> None:
    compensated = (
        '<bpmn:startEvent id="S"/><bpmn:userTask id="Do"/>'
        '<bpmn:boundaryEvent id="Undone" attachedToRef="Do"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>'
        + SCRIPT.format(id="Undo").replace("<bpmn:scriptTask", '<bpmn:scriptTask isForCompensation="true"')
        + '<bpmn:association associationDirection="One" id="a1" sourceRef="Undone" targetRef="Undo"/>'
        + '<bpmn:userTask id="Last"/>'
        + flow(1, "S", "Do")
        + flow(2, "Do", "Last")
    )
    deploy(api, process("undone", compensated))
    instance = api.start("undone", divisor=0)
    api.post(f"/task/{api.get('/task')[0]['id']}/complete", {}, 204)
    api.post(f"/process-instance/{instance}/cancel", {"compensate": True}, headers=REJECT)
    assert [item["activityId"] for item in api.get("/incident")] == ["Undo"]


def test_what_is_not_known_is_refused(api: Api, task: dict[str, Any]) -> None:
    refused = complete(api, task, 400, {"X-Baton-On-Failure": "perhaps"})
    assert "X-Baton-On-Failure" in refused["message"]
    data = {"a.bpmn": (io.BytesIO(make_process("p", PROPERTY.format(value="maybe")).encode()), "a.bpmn")}
    problems = api.call("POST", "/deployment/create", 400, data=data, content_type="multipart/form-data")
    assert "baton:onFailure" in problems["message"]


def test_a_message_that_starts_an_instance_which_fails_leaves_none(api: Api, app: Flask, engine: Engine) -> None:
    del app, engine
    body = (
        '<bpmn:startEvent id="S"><bpmn:messageEventDefinition messageRef="M"/></bpmn:startEvent>'
        + SCRIPT.format(id="Fail")
        + flow(1, "S", "Fail")
    )
    deploy(api, process("by-message", body, extra='<bpmn:message id="M" name="Go"/>'))
    message = {"messageName": "Go", "processVariables": {"divisor": {"value": 0}}}
    api.post("/message", message, 500, headers=REJECT)
    assert api.get("/history/process-instance/count")["count"] == 0
    api.post("/message", message, 204)
