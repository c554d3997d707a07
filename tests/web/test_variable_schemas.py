"""JSON Schemas of variables: refused with the path of what does not fit, on every way in; then nothing has changed."""

from __future__ import annotations

import io
import json
from html import escape
from typing import Any

import pytest
from flask import Response

from baton.service import Settings, assemble
from baton.web import WebSettings, create_app
from tests.web.conftest import Api
from tests.web.diagrams import flow, process

MONEY = {"required": ["amount"], "properties": {"amount": {"type": "integer", "minimum": 1}}}
RECEIPT = {
    "type": "object",
    "required": ["receipt"],
    "properties": {"receipt": {"properties": {"no": {"type": "string"}}}},
}
TOO_MUCH = "amount: the value is not of type"


def hold(schema: Any) -> str:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    inner = f'<camunda:property name="baton:schema" value="{escape(text)}"/>'
    return f"<bpmn:extensionElements><camunda:properties>{inner}</camunda:properties></bpmn:extensionElements>"


def order(start: Any = MONEY, work: Any = RECEIPT, key: str = "order") -> str:
    return process(
        key,
        f"""<bpmn:startEvent id="Start">{hold(start)}</bpmn:startEvent>
        <bpmn:serviceTask id="Pay" camunda:type="external" camunda:topic="work">{hold(work)}</bpmn:serviceTask>
        <bpmn:userTask id="Look">{hold({"properties": {"ok": {"type": "boolean"}}})}</bpmn:userTask>
        <bpmn:endEvent id="End"/>"""
        + flow(1, "Start", "Pay")
        + flow(2, "Pay", "Look")
        + flow(3, "Look", "End"),
    )


def deploy(api: Api, expect: int = 0, **files: str) -> Any:
    data: dict[str, Any] = {"deployment-name": "test"}
    for name, text in files.items():
        file = name.replace("_", ".")
        data[file] = (io.BytesIO(text.encode()), file)
    return api.call("POST", "/deployment/create", expect, data=data, content_type="multipart/form-data")


def count(api: Api) -> int:
    return int(api.get("/history/process-instance/count")["count"])


def typed(**values: Any) -> dict[str, Any]:
    return {name: {"value": value} for name, value in values.items()}


@pytest.mark.parametrize("path", ["start", "submit-form"])
def test_a_start_is_refused_with_the_path_and_starts_nothing(api: Api, path: str) -> None:
    deploy(api, order_bpmn=order())

    wrong = api.post(f"/process-definition/key/order/{path}", {"variables": typed(amount="4111-1111")}, 400)
    none = api.post(f"/process-definition/key/order/{path}", {"variables": {}}, 400)

    assert TOO_MUCH in wrong["message"]
    assert "startEvent 'Start'" in wrong["message"]
    assert "4111" not in wrong["message"]
    assert '"amount" is a required property' in none["message"]
    assert count(api) == 0
    api.post(f"/process-definition/key/order/{path}", {"variables": typed(amount=5)})
    assert count(api) == 1


def test_a_start_before_an_element_is_checked_too(api: Api) -> None:
    deploy(api, order_bpmn=order())
    before = {"startInstructions": [{"type": "startBeforeActivity", "activityId": "Look"}]}

    api.post("/process-definition/key/order/start", {**before, "variables": typed(amount="x")}, 400)

    assert count(api) == 0


def test_a_message_that_starts_is_refused(api: Api) -> None:
    text = process(
        "paid",
        f"""<bpmn:startEvent id="Paid">{hold(MONEY)}<bpmn:messageEventDefinition messageRef="M"/></bpmn:startEvent>
        <bpmn:userTask id="Look"/><bpmn:endEvent id="End"/>"""
        + flow(1, "Paid", "Look")
        + flow(2, "Look", "End"),
        '<bpmn:message id="M" name="Paid"/>',
    )
    deploy(api, paid_bpmn=text)

    refused = api.post("/message", {"messageName": "Paid", "processVariables": typed(amount="x")}, 400)

    assert TOO_MUCH in refused["message"]
    assert count(api) == 0
    api.post("/message", {"messageName": "Paid", "processVariables": typed(amount=1)})
    assert count(api) == 1


def test_a_worker_s_result_is_refused_alone_and_in_bulk_and_the_task_stays_its_own(api: Api) -> None:
    deploy(api, order_bpmn=order())
    first, second = (api.start("order", amount=n) for n in (1, 2))
    tasks = {task["processInstanceId"]: task["id"] for task in api.fetch()}

    path = f"/external-task/{tasks[first]}/complete"
    alone = api.post(path, {"workerId": "w1", "variables": typed(receipt=7)}, 204)
    wrong = {"id": tasks[second], "variables": {"receipt": {"value": '{"no": 7}', "type": "Json"}}}
    bulk = api.post("/external-task/complete", {"workerId": "w1", "tasks": [wrong]})

    assert alone.status_code == 204  # what has no properties breaks none
    assert bulk[0]["completed"] is False
    assert 'receipt.no: the value is not of type "string"' in bulk[0]["message"]
    assert api.get(f"/external-task/{tasks[second]}")["workerId"] == "w1"
    missing = api.post(f"/external-task/{tasks[second]}/complete", {"workerId": "w1"}, 400)
    assert '"receipt" is a required property' in missing["message"]
    local = {"workerId": "w1", "localVariables": {"receipt": {"value": '{"no": "7"}', "type": "Json"}}}
    api.post(f"/external-task/{tasks[second]}/complete", local, 204)


def test_what_a_person_submits_is_refused(api: Api) -> None:
    deploy(api, order_bpmn=order())
    api.start("order", amount=1)
    (work,) = api.fetch()
    api.complete(work, receipt=1)
    (task,) = api.get("/task")

    for way in ("complete", "submit-form"):
        refused = api.post(f"/task/{task['id']}/{way}", {"variables": typed(ok="yes")}, 400)
        assert 'ok: the value is not of type "boolean"' in refused["message"]

    api.post(f"/task/{task['id']}/complete", {"variables": typed(ok=True)}, 204)


def test_a_schema_may_be_a_file_of_the_deployment_and_each_version_keeps_its_own(api: Api) -> None:
    model = order("deployment://money.schema.json")
    deploy(api, order_bpmn=model, money_schema_json=json.dumps(MONEY))
    deploy(api, order_bpmn=model, money_schema_json=json.dumps({"properties": {"amount": {"type": "string"}}}))
    (first,) = api.get("/process-definition", key="order", version=1)

    api.post(f"/process-definition/{first['id']}/start", {"variables": typed(amount="x")}, 400)
    api.post("/process-definition/key/order/start", {"variables": typed(amount="x")})
    api.post("/process-definition/key/order/start", {"variables": typed(amount=5)}, 400)

    assert count(api) == 1


def test_a_call_with_variables_that_do_not_fit_stops_and_goes_on_once_they_do(api: Api) -> None:
    inputs = '<camunda:in source="sum" target="amount"/>'
    outer = process(
        "outer",
        f"""<bpmn:startEvent id="Start"/><bpmn:callActivity id="Call" calledElement="order">
        <bpmn:extensionElements>{inputs}</bpmn:extensionElements></bpmn:callActivity><bpmn:endEvent id="End"/>"""
        + flow(1, "Start", "Call")
        + flow(2, "Call", "End"),
    )
    deploy(api, order_bpmn=order(), outer_bpmn=outer)
    instance = api.start("outer", sum="x")

    (incident,) = api.get("/incident", processInstanceId=instance)
    assert TOO_MUCH in incident["incidentMessage"]
    api.put(f"/process-instance/{instance}/variables/sum", {"value": 5}, 204)
    (job,) = api.get("/job", processInstanceId=instance)
    api.put(f"/job/{job['id']}/retries", {"retries": 1}, 204)

    assert api.get("/incident", processInstanceId=instance) == []
    assert len(api.fetch()) == 1


@pytest.mark.parametrize(
    ("start", "work", "why"),
    [
        ({"type": "text"}, RECEIPT, "at '/type'"),
        ("{", RECEIPT, "not JSON"),
        (MONEY, "deployment://missing.json", "the file 'missing.json' beside it"),
    ],
)
def test_a_schema_that_is_wrong_is_refused_at_deployment(api: Api, start: Any, work: Any, why: str) -> None:
    refused = deploy(api, 400, order_bpmn=order(start, work))

    (problem,) = refused["problems"]
    assert problem["rule"] == "variable-schema"
    assert why in problem["message"]
    assert api.get("/process-definition/count")["count"] == 0


def test_a_schema_where_no_variables_come_in_is_refused(api: Api) -> None:
    timer = "<bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>"
    text = process(
        "late",
        f"""<bpmn:startEvent id="Start">{hold(MONEY)}{timer}</bpmn:startEvent>
        <bpmn:scriptTask id="Add" scriptFormat="python">{hold(MONEY)}<bpmn:script>a = 1</bpmn:script></bpmn:scriptTask>
        <bpmn:endEvent id="End"/>"""
        + flow(1, "Start", "Add")
        + flow(2, "Add", "End"),
    )

    refused = deploy(api, 400, late_bpmn=text)

    assert {problem["element"] for problem in refused["problems"] if problem["rule"] == "variable-schema"} == {
        "Start",
        "Add",
    }


FLASKS = 418
"""The status of what reaches Flask, where a test has put itself in its place."""


@pytest.mark.parametrize("elsewhere", [False, True], ids=["without a lease", "with a lease"])
def test_plain_requests_are_refused_too_and_change_nothing(
    valkey: str, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    """Without Flask in between; where the instance is in memory a completion takes no lease."""
    here, there = (assemble(Settings(redis_url=valkey, partitions=4)) for _ in range(2))
    plain = {engine: create_app(engine, WebSettings(hosts=None)).test_client() for engine in (here, there)}
    deploy(Api(plain[here]), order_bpmn=order())
    usual = Api(create_app(here, WebSettings(hosts=None, fast_routes=False)).test_client())
    for client in plain.values():
        monkeypatch.setattr(client.application, "full_dispatch_request", lambda *_: Response(status=FLASKS))
    starts, works = Api(plain[here]), Api(plain[there if elsewhere else here])

    wrong = starts.post("/process-definition/key/order/start", {"variables": typed(amount="4111")}, 400)
    assert TOO_MUCH in wrong["message"]
    assert count(usual) == 0
    for _ in range(2):
        starts.post("/process-definition/key/order/start", {"variables": typed(amount=1)})

    first, second = (task["id"] for task in works.fetch())
    bad = typed(receipt={"no": 7})
    alone = works.post(f"/external-task/{first}/complete", {"workerId": "w1", "variables": bad}, 400)
    assert 'receipt.no: the value is not of type "string"' in alone["message"]
    assert usual.get(f"/external-task/{first}")["workerId"] == "w1"
    good = typed(receipt={"no": "7"})
    both = [{"id": first, "variables": bad}, {"id": second, "variables": good}]
    answers = works.post("/external-task/complete", {"workerId": "w1", "tasks": both})
    assert [answer["completed"] for answer in answers] == [False, True]
    works.post(f"/external-task/{first}/complete", {"workerId": "w1", "variables": good}, 204)
    assert usual.get("/task/count")["count"] == 2
    for engine in (here, there):
        engine.close()


def test_a_start_that_is_waited_for_is_refused(api: Api) -> None:
    deploy(api, order_bpmn=order())

    path = "/process-definition/key/order/start-and-wait?timeout=1"
    assert TOO_MUCH in api.post(path, {"variables": typed(amount="x")}, 400)["message"]

    assert count(api) == 0
