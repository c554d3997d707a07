"""The outline of variables: which elements of a file read and write which."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.service.processes import bpmn
from tests.web.conftest import Api

PROCESS = """
<startEvent id="begin"><extensionElements><camunda:formData>
  <camunda:formField id="amount" type="long"/></camunda:formData></extensionElements></startEvent>
<sequenceFlow id="f1" sourceRef="begin" targetRef="rate"/>
<scriptTask id="rate" scriptFormat="python"><script>total = round(amount * factor)
lines = [line for line in items]</script></scriptTask>
<sequenceFlow id="f2" sourceRef="rate" targetRef="ask"/>
<userTask id="ask" camunda:formRef="approve" camunda:assignee="${clerk}"/>
<sequenceFlow id="f3" sourceRef="ask" targetRef="choice"/>
<exclusiveGateway id="choice" default="no"/>
<sequenceFlow id="yes" sourceRef="choice" targetRef="pay">
  <conditionExpression>${approved and total &gt; 10}</conditionExpression></sequenceFlow>
<serviceTask id="pay" camunda:type="external" camunda:topic="pay"><extensionElements><camunda:inputOutput>
  <camunda:inputParameter name="sum">${total}</camunda:inputParameter>
  <camunda:outputParameter name="receipt">${number}</camunda:outputParameter>
</camunda:inputOutput></extensionElements></serviceTask>
<sequenceFlow id="f4" sourceRef="pay" targetRef="done"/>
<endEvent id="done"/>
<sequenceFlow id="no" sourceRef="choice" targetRef="done"/>
"""
FORM = json.dumps({"id": "approve", "components": [{"type": "checkbox", "key": "approved", "label": "Approved"}]})


def ask(api: Api, text: bytes, *beside: tuple[str, str]) -> list[dict[str, Any]]:
    files = [("order.bpmn", text.decode()), *beside]
    body = {"resources": [{"name": name, "content": content} for name, content in files]}
    return api.post("/process-definition/variables", body)


@pytest.fixture
def uses(api: Api) -> set[tuple[str, str, str, str]]:
    found = ask(api, bpmn(PROCESS, "order"), ("approve.form", FORM))
    assert {use["resource"] for use in found} == {"order.bpmn"}
    return {(use["element"], use["access"], use["name"], use["place"]) for use in found}


def test_what_elements_read_and_write_is_listed_with_the_place(uses: set[tuple[str, str, str, str]]) -> None:
    assert {
        ("begin", "write", "amount", "form"),
        ("rate", "read", "amount", "script"),
        ("rate", "read", "factor", "script"),
        ("rate", "read", "items", "script"),
        ("rate", "write", "total", "script"),
        ("rate", "write", "lines", "script"),
        ("pay", "write", "sum", "inputs"),
        ("pay", "write", "receipt", "outputs"),
        ("ask", "write", "approved", "form"),
    } <= uses
    read = {(element, name) for element, access, name, _ in uses if access == "read"}
    assert {("ask", "clerk"), ("yes", "approved"), ("yes", "total"), ("pay", "total"), ("pay", "number")} <= read


def test_names_of_the_script_alone_are_no_variables(uses: set[tuple[str, str, str, str]]) -> None:
    assert not {name for _, _, name, _ in uses} & {"round", "line"}


def test_a_file_that_cannot_be_read_has_none(api: Api) -> None:
    assert ask(api, b"<definitions") == []
