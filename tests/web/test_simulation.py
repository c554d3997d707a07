"""A draft simulated over HTTP."""

from __future__ import annotations

from tests.web import diagrams
from tests.web.conftest import Api


def test_a_draft_is_played_to_its_end(api: Api) -> None:
    first = api.post("/simulation", {"bpmn": diagrams.WORK, "command": {"type": "start", "businessKey": "K"}})

    assert [task["activityId"] for task in first["externalTasks"]] == ["Do"]
    assert first["header"]["businessKey"] == "K"
    assert [token["element"] for token in first["tokens"]] == ["Do"]
    assert first["events"][0]["type"] == "InstanceStarted"
    body = {
        "bpmn": diagrams.WORK,
        "state": first["state"],
        "command": {"type": "complete", "variables": {"x": {"value": 1}}},
    }
    second = api.post("/simulation", body)
    assert second["header"]["state"] == "completed"
    assert second["variables"]["0"]["x"]["value"] == 1
    assert second["more"] is False
    assert api.get("/process-instance/overview/count")["count"] == 0


def test_time_passes_when_told(api: Api) -> None:
    began = {"bpmn": diagrams.WAITING, "command": {"type": "start"}, "now": "2026-01-01T00:00:00.000+0000"}
    first = api.post("/simulation", began)
    assert first["subscriptions"][0]["eventName"] == "Payment"
    paid = {"bpmn": diagrams.WAITING, "state": first["state"], "command": {"type": "message", "name": "Payment"}}
    second = api.post("/simulation", paid)
    assert second["jobs"][0]["activityId"] == "Later"
    later = {"bpmn": diagrams.WAITING, "state": second["state"], "now": second["nextDue"]}
    assert api.post("/simulation", later)["header"]["state"] == "completed"


def test_a_draft_with_errors_answers_with_the_list_of_problems(api: Api) -> None:
    refused = api.post("/simulation", {"bpmn": diagrams.BROKEN}, 400)
    assert refused["type"] == "ParseException"
    assert refused["problems"]


def test_a_deployed_definition_is_simulated_by_its_id(api: Api) -> None:
    (id_,) = api.deploy("work")["deployedProcessDefinitions"]
    found = api.post("/simulation", {"processDefinitionId": id_, "command": {"type": "start"}})
    assert found["header"]["definitionId"] == id_


def test_wrong_requests_are_refused(api: Api) -> None:
    api.post("/simulation", {}, 400)
    api.post("/simulation", {"bpmn": diagrams.WORK, "processDefinitionId": "x"}, 400)
    api.post("/simulation", {"bpmn": diagrams.WORK, "command": {"type": "dance"}}, 400)
    api.post("/simulation", {"bpmn": diagrams.WORK, "command": {"type": "complete"}}, 409)
    api.post("/simulation", {"bpmn": diagrams.WORK, "state": "x"}, 400)
    api.post("/simulation", {"processDefinitionId": "x:1:y"}, 404)
