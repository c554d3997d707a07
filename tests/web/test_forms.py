"""Forms that are submitted: a value becomes one of its field's type, or the request is refused and nothing changes."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from tests.web.conftest import Api
from tests.web.diagrams import flow, process

FIELDS = """<bpmn:extensionElements><camunda:formData>
  <camunda:formField id="approved" type="boolean"><camunda:validation><camunda:constraint name="required"/>
    </camunda:validation></camunda:formField>
  <camunda:formField id="amount" type="long" defaultValue="7"><camunda:validation>
    <camunda:constraint name="max" config="900"/></camunda:validation></camunda:formField>
  <camunda:formField id="due" type="date"/></camunda:formData></bpmn:extensionElements>"""
CHOICE = """<bpmn:exclusiveGateway id="Approved" default="f4"/><bpmn:endEvent id="Yes"/><bpmn:endEvent id="No"/>
  <bpmn:sequenceFlow id="f3" sourceRef="Approved" targetRef="Yes"><bpmn:conditionExpression>${approved}
  </bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:sequenceFlow id="f4" sourceRef="Approved" targetRef="No"/>"""
BY_FIELDS = process(
    "fields",
    f"""<bpmn:startEvent id="Start">{FIELDS}</bpmn:startEvent>
    <bpmn:userTask id="Look">{FIELDS}</bpmn:userTask>{CHOICE}"""
    + flow(1, "Start", "Look")
    + flow(2, "Look", "Approved"),
)
BY_FILE = process(
    "file",
    f"""<bpmn:startEvent id="Start"/><bpmn:userTask id="Look" camunda:formRef="look" camunda:formRefBinding="latest"/>
    {CHOICE}"""
    + flow(1, "Start", "Look")
    + flow(2, "Look", "Approved"),
)
BY_KEY = BY_FILE.replace(
    'camunda:formRef="look" camunda:formRefBinding="latest"', 'camunda:formKey="camunda-forms:deployment:look.form"'
).replace('"file"', '"key"')
LOOK = json.dumps(
    {
        "id": "look",
        "components": [
            {"type": "checkbox", "key": "approved", "validate": {"required": True}},
            {"type": "number", "key": "amount", "validate": {"max": 900}, "defaultValue": 7},
            {"type": "datetime", "key": "due", "subtype": "date"},
        ],
    }
)
PROCESSES = {"fields": BY_FIELDS, "file": BY_FILE, "key": BY_KEY}


def deploy(api: Api, key: str) -> None:
    files = {f"{key}.bpmn": PROCESSES[key], "look.form": LOOK}
    parts: dict[str, Any] = {name: (io.BytesIO(text.encode()), name) for name, text in files.items()}
    api.call("POST", "/deployment/create", data=parts, content_type="multipart/form-data")


def open_task(api: Api, key: str) -> str:
    deploy(api, key)
    api.start(key)
    return str(api.get("/task")[0]["id"])


def type_all(**values: Any) -> dict[str, Any]:
    return {"variables": {name: {"value": value} for name, value in values.items()}}


@pytest.mark.parametrize("how", ["complete", "submit-form"])
@pytest.mark.parametrize("key", PROCESSES)
def test_text_that_says_a_value_of_the_type_becomes_it(api: Api, key: str, how: str) -> None:
    task = open_task(api, key)
    body = type_all(approved="true", amount="12", due="2026-12-01", note="as it is")
    answer = api.post(f"/task/{task}/{how}", body | {"withVariablesInReturn": True})

    assert answer["approved"] == {"type": "Boolean", "value": True, "valueInfo": {}}
    assert answer["amount"]["value"] == 12
    assert answer["due"]["value"].startswith("2026-12-01")
    assert answer["note"]["value"] == "as it is"
    assert len(api.get("/history/activity-instance", activityId="Yes")) == 1


@pytest.mark.parametrize("how", ["complete", "submit-form"])
@pytest.mark.parametrize("key", PROCESSES)
def test_what_does_not_fit_is_refused_and_the_task_stays(api: Api, key: str, how: str) -> None:
    task = open_task(api, key)
    refused = api.post(f"/task/{task}/{how}", type_all(approved="yes", amount=901, note="kept nowhere"), 400)

    assert refused["type"] == "RestException"
    assert refused["message"].startswith(f"Cannot submit task form {task}: ")
    assert "Expected true or false for field 'approved', but found \"yes\"" in refused["message"]
    assert "Expected at most 900 for field 'amount', but found 901" in refused["message"]
    assert api.get(f"/task/{task}/variables") == {}
    assert api.get("/incident") == []
    assert "'approved', which is required" in api.post(f"/task/{task}/{how}", {}, 400)["message"]


@pytest.mark.parametrize("key", PROCESSES)
def test_a_field_that_nothing_is_known_of_gets_its_default(api: Api, key: str) -> None:
    task = open_task(api, key)
    answer = api.post(f"/task/{task}/submit-form", type_all(approved=False) | {"withVariablesInReturn": True})
    assert (answer["amount"]["value"], "due" in answer) == (7, False)


def test_a_task_without_a_form_and_one_whose_form_is_not_deployed_take_everything(api: Api) -> None:
    api.deploy("person")
    api.call("POST", "/deployment/create", data={"f": (io.BytesIO(BY_FILE.encode()), "file.bpmn")})
    for key in ("person", "file"):
        api.start(key)
    for task in api.get("/task"):
        api.post(f"/task/{task['id']}/complete", type_all(approved="yes"), 204)


def test_a_start_form_converts_and_refuses_too(api: Api) -> None:
    deploy(api, "fields")
    refused = api.post("/process-definition/key/fields/submit-form", type_all(approved="yes"), 400)
    assert "Cannot submit start form of fields:1:" in refused["message"]
    assert "field 'approved'" in refused["message"]
    assert api.get("/process-instance/count")["count"] == 0

    started = api.post("/process-definition/key/fields/submit-form", type_all(approved="true", due="2026-12-01"))
    variables = api.get(f"/process-instance/{started['id']}/variables")
    assert (variables["approved"]["value"], variables["amount"]["type"], variables["due"]["type"]) == (
        True,
        "Long",
        "Date",
    )


def test_starting_without_the_form_takes_everything(api: Api) -> None:
    deploy(api, "fields")
    api.post("/process-definition/key/fields/start", type_all(approved="yes"), 200)
