"""Variables that somebody sets in an instance: those that a schema of its process names must fit it."""

from __future__ import annotations

from typing import Any

import pytest

from baton.service import Engine
from tests.web.conftest import Api
from tests.web.diagrams import flow, process
from tests.web.test_variable_schemas import MONEY, TOO_MUCH, deploy, hold, order, typed

MESSAGE = '<bpmn:message id="M" name="Paid"/>'


@pytest.fixture
def instance(api: Api) -> str:
    """At the task of a worker, whose result a schema describes."""
    deploy(api, order_bpmn=order())
    return api.start("order", amount=1)


def read(api: Api, instance: str) -> dict[str, Any]:
    return {name: found["value"] for name, found in api.get(f"/process-instance/{instance}/variables").items()}


def list_ways(instance: str) -> list[tuple[str, str, Any]]:
    """Every way to set ``amount`` in an instance, with a value that does not fit."""
    wrong = {"value": "4111"}
    before = {"type": "startBeforeActivity", "activityId": "Look", "variables": {"amount": wrong}}
    base = f"/process-instance/{instance}"
    return [
        ("PUT", f"{base}/variables/amount", wrong),
        ("POST", f"{base}/variables", {"modifications": {"amount": wrong}}),
        ("PUT", f"/execution/{instance}/localVariables/amount", wrong),
        ("POST", f"{base}/modification", {"instructions": [before]}),
    ]


def test_each_way_to_set_a_variable_is_refused_with_its_path_and_changes_nothing(api: Api, instance: str) -> None:
    for method, path, body in list_ways(instance):
        refused = api.call(method, path, 400, json=body)
        assert TOO_MUCH in refused["message"], path
        assert "startEvent 'Start'" in refused["message"]
        assert "4111" not in refused["message"]
    assert read(api, instance) == {"amount": 1}

    api.put(f"/process-instance/{instance}/variables/amount", {"value": 5}, 204)
    api.put(f"/process-instance/{instance}/variables/other", {"value": "what no schema names"}, 204)
    assert read(api, instance) == {"amount": 5, "other": "what no schema names"}


def test_a_variable_may_be_set_alone_though_others_are_required(api: Api, instance: str) -> None:
    api.put(f"/process-instance/{instance}/variables/receipt", {"value": '{"no": "7"}', "type": "Json"}, 204)

    wrong = {"value": '{"no": 7}', "type": "Json"}
    refused = api.call("PUT", f"/process-instance/{instance}/variables/receipt", 400, json=wrong)

    assert "serviceTask 'Pay'" in refused["message"]
    assert 'receipt.no: the value is not of type "string"' in refused["message"]


def test_what_several_schemas_name_must_fit_one_of_them(api: Api) -> None:
    deploy(api, order_bpmn=order(work={"properties": {"amount": {"type": "string"}}}))
    path = f"/process-instance/{api.start('order', amount=1)}/variables/amount"

    for value in (2, "two"):
        api.put(path, {"value": value}, 204)

    refused = api.call("PUT", path, 400, json={"value": True})
    assert "startEvent 'Start' or serviceTask 'Pay'" in refused["message"]


def test_what_a_person_stores_at_a_task_or_resolves_it_with_is_refused(api: Api, instance: str) -> None:
    (work,) = api.fetch()
    api.complete(work, receipt=1)
    (task,) = api.get("/task")
    path = f"/task/{task['id']}"
    api.post(f"{path}/delegate", {"userId": "anna"}, 204)

    wrong = [
        api.call("PUT", f"{path}/variables/ok", 400, json={"value": "yes"}),
        api.post(f"{path}/resolve", {"variables": typed(ok="yes")}, 400),
    ]

    assert all('ok: the value is not of type "boolean"' in refused["message"] for refused in wrong)
    assert api.get(path)["delegationState"] == "PENDING"
    api.post(f"{path}/resolve", {"variables": typed(ok=True)}, 204)
    assert read(api, instance)["ok"] is True


def test_a_scope_inside_may_give_a_name_another_meaning(api: Api, instance: str) -> None:
    (work,) = api.fetch()
    api.complete(work, receipt=1)
    (task,) = api.get("/task")

    api.put(f"/task/{task['id']}/localVariables/amount", {"value": "five"}, 204)
    api.put(f"/task/{task['id']}/variables/amount", {"value": "six"}, 204)

    assert read(api, instance)["amount"] == 1


def wait_for_payment(key: str) -> str:
    return process(
        key,
        f"""<bpmn:startEvent id="Start">{hold({"properties": {**MONEY["properties"]}})}</bpmn:startEvent>
        <bpmn:receiveTask id="Wait" messageRef="M"/><bpmn:userTask id="Look"/>"""
        + flow(1, "Start", "Wait")
        + flow(2, "Wait", "Look"),
        MESSAGE,
    )


def test_a_message_with_a_variable_that_does_not_fit_is_refused_and_waited_for_further(api: Api) -> None:
    deploy(api, wait_bpmn=wait_for_payment("wait"))
    instance = api.start("wait")
    message = {"messageName": "Paid", "processInstanceId": instance}

    refused = api.post("/message", {**message, "processVariables": typed(amount="x")}, 400)
    local = api.post("/message", {**message, "processVariablesLocal": typed(amount="x")}, 204)

    assert TOO_MUCH in refused["message"]
    assert local.status_code == 204, "what the task holds itself is its own"
    assert api.get("/task/count")["count"] == 1


def test_a_message_for_all_reaches_those_whose_schemas_it_fits(api: Api) -> None:
    deploy(api, strict_bpmn=wait_for_payment("strict"), free_bpmn=wait_for_payment("free").replace("integer", "string"))
    strict, free = api.start("strict"), api.start("free")

    reached = api.post(
        "/message", {"messageName": "Paid", "processVariables": typed(amount="x"), "all": True, "resultEnabled": True}
    )

    assert [found["execution"]["processInstanceId"] for found in reached] == [free]
    assert api.get("/event-subscription", processInstanceId=strict) != []


def test_a_thrown_message_that_does_not_fit_is_kept_and_tried_again(api: Api, engine: Engine) -> None:
    throwing = process(
        "throw",
        """<bpmn:startEvent id="Start"/><bpmn:endEvent id="End"><bpmn:messageEventDefinition messageRef="M">
        <bpmn:extensionElements><camunda:in source="amount" target="amount"/></bpmn:extensionElements>
        </bpmn:messageEventDefinition></bpmn:endEvent>"""
        + flow(1, "Start", "End"),
        MESSAGE,
    )
    deploy(api, wait_bpmn=wait_for_payment("wait"), throw_bpmn=throwing)
    api.start("wait")
    api.start("throw", amount="x")

    engine.outbox.dispatch()

    assert engine.store.outbox.count_waiting() == 1
    assert api.get("/task/count")["count"] == 0
