"""A file converted over HTTP."""

from __future__ import annotations

from tests.convert.files import read
from tests.web.conftest import Api


def test_a_file_comes_back_with_its_report_and_stubs(api: Api) -> None:
    found = api.post("/conversion", {"bpmn": read("java-class").decode(), "name": "order.bpmn", "stubs": "javascript"})

    assert (found["dialect"], found["changed"], found["runs"], found["problems"]) == ("Camunda 7", True, True, [])
    assert 'camunda:topic="charge-card"' in found["bpmn"]
    assert {note["kind"] for note in found["notes"]} == {"changed", "to-do"}
    [topic] = found["topics"]
    assert topic == {
        "name": "charge-card",
        "elements": ["Do"],
        "inputs": ["currency", "amount"],
        "result": None,
        "origin": {"camunda:class": "org.shop.ChargeCardDelegate"},
    }
    assert found["stubs"]["name"] == "workers.mjs"


def test_scripts_beside_the_file_are_read(api: Api) -> None:
    resources = [{"name": "total.groovy", "content": "sum(lines)"}]

    found = api.post("/conversion", {"bpmn": read("script-file").decode(), "resources": resources})

    assert found["topics"][0]["origin"]["script"] == "sum(lines)"


def test_what_is_no_bpmn_comes_back_as_it_was_with_its_problem(api: Api) -> None:
    found = api.post("/conversion", {"bpmn": "<x/>"})

    assert (found["bpmn"], found["runs"], found["problems"][0]["rule"]) == ("<x/>", False, "not-bpmn")
