"""Called processes are process instances of their own in the lists."""

from __future__ import annotations

import io

import pytest

from tests.web import diagrams
from tests.web.conftest import Api

CALL = (
    '<bpmn:callActivity id="Call" calledElement="{}"><bpmn:extensionElements>'
    '<camunda:in businessKey="#{{execution.processBusinessKey}}-{}"/><camunda:in variables="all"/>'
    "</bpmn:extensionElements></bpmn:callActivity>"
)


def make(key: str, inner: str, element: str) -> str:
    body = f'<bpmn:startEvent id="S"/>{inner}<bpmn:endEvent id="E"/>'
    return diagrams.process(key, body + diagrams.flow(1, "S", element) + diagrams.flow(2, element, "E"))


@pytest.fixture
def outer(api: Api) -> str:
    """An instance that has called a process, which has called another."""
    files = {
        "inner": make("inner", '<bpmn:userTask id="Ask"/>', "Ask"),
        "middle": make("middle", CALL.format("inner", "i"), "Call"),
        "outer": make("outer", CALL.format("middle", "m"), "Call"),
    }
    data = {f"{name}.bpmn": (io.BytesIO(text.encode()), f"{name}.bpmn") for name, text in files.items()}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    return api.start("outer", "K", amount=5)


def test_what_an_instance_has_called_is_found_by_it(api: Api, outer: str) -> None:
    [middle] = api.get("/process-instance", superProcessInstance=outer)
    [inner] = api.get("/process-instance", superProcessInstance=middle["id"])

    assert (middle["definitionKey"], middle["businessKey"]) == ("middle", "K-m")
    assert (inner["definitionKey"], inner["ended"]) == ("inner", False)
    assert api.get("/process-instance", superProcessInstance=inner["id"]) == []
    assert api.get("/process-instance/count", superProcessInstance=outer)["count"] == 1


def test_a_called_process_leads_to_its_caller(api: Api, outer: str) -> None:
    [middle] = api.get("/process-instance", superProcessInstance=outer)
    [inner] = api.get("/process-instance", superProcessInstance=middle["id"])

    assert [item["id"] for item in api.get("/process-instance", subProcessInstance=inner["id"])] == [middle["id"]]
    assert [item["id"] for item in api.get("/process-instance", subProcessInstance=middle["id"])] == [outer]
    assert api.get("/process-instance", subProcessInstance=outer) == []
    assert api.post("/process-instance", {"subProcessInstance": middle["id"]})[0]["id"] == outer


def test_a_called_process_is_found_by_its_id_with_its_variables(api: Api, outer: str) -> None:
    [middle] = api.get("/process-instance", superProcessInstance=outer)

    assert api.get(f"/process-instance/{middle['id']}") == middle
    assert api.get(f"/process-instance/{middle['id']}/variables")["amount"]["value"] == 5


def test_a_called_process_has_a_tree_tasks_and_variables_of_its_own(api: Api, outer: str) -> None:
    # given
    [middle] = [it["id"] for it in api.get("/process-instance", superProcessInstance=outer)]
    [inner] = [it["id"] for it in api.get("/process-instance", superProcessInstance=middle)]

    # when
    tree = api.get(f"/process-instance/{middle}/activity-instances")
    api.put(f"/process-instance/{inner}/variables/own", {"value": 1}, 204)

    # then
    assert (tree["id"], tree["activityType"], tree["processInstanceId"]) == (middle, "processDefinition", middle)
    assert tree["activityId"].startswith("middle:")
    assert [(it["activityId"], it["processInstanceId"]) for it in tree["childActivityInstances"]] == [("Call", middle)]
    named = api.get(
        "/process-instance", processInstanceIds=f"{outer},{middle}", sortBy="definitionKey", sortOrder="asc"
    )
    assert [item["id"] for item in named] == [middle, outer]
    assert api.get("/process-instance/count", processInstanceIds=f"{middle},{middle}9")["count"] == 1
    assert [len(api.get("/task", processInstanceId=id)) for id in (outer, middle, inner)] == [1, 0, 1]
    assert api.get("/task/count", processInstanceIdIn=f"{middle},{inner}")["count"] == 1
    variables = api.get("/variable-instance", processInstanceIdIn=inner)
    assert {row["name"] for row in variables} >= {"amount"}
    assert {row["processInstanceId"] for row in variables} == {inner}


def test_a_called_process_has_a_history_of_its_own(api: Api, outer: str) -> None:
    # given
    [middle] = [it["id"] for it in api.get("/process-instance", superProcessInstance=outer)]
    [inner] = [it["id"] for it in api.get("/process-instance", superProcessInstance=middle)]
    [task] = api.get("/task")
    api.post(f"/task/{task['id']}/complete", {"variables": {"said": {"value": "yes"}}}, 204)

    def list_own(path: str, id: str, field: str) -> list[str]:
        rows = api.get(f"/history/{path}", processInstanceId=id)
        assert {row["processInstanceId"] for row in rows} <= {id}
        return sorted(row[field] for row in rows)

    # then
    assert list_own("activity-instance", middle, "activityId") == ["Call", "E", "S"]
    assert list_own("activity-instance", inner, "activityId") == ["Ask", "E", "S"]
    assert list_own("task", middle, "id") == []
    assert list_own("task", inner, "id") == [task["id"]]
    assert list_own("variable-instance", inner, "name") == ["amount", "said"]
    assert list_own("variable-instance", middle, "name") == ["amount"]
    one = api.get(f"/history/process-instance/{inner}")
    assert (one["id"], one["processDefinitionKey"], one["superProcessInstanceId"], one["state"]) == (
        inner,
        "inner",
        middle,
        "COMPLETED",
    )
    assert api.get("/history/process-instance", processInstanceId=inner) == [one]
    both = api.get("/history/process-instance", processInstanceIds=f"{outer},{inner}")
    assert [item["id"] for item in both] == [outer, inner]
    assert "its caller" in api.delete(f"/history/process-instance/{inner}", 400)["message"]
    assert api.get(f"/history/process-instance/{outer}")["id"] == outer


def test_a_called_process_is_cancelled_with_its_call_and_suspended_with_its_callers(api: Api, outer: str) -> None:
    # given
    [middle] = [it["id"] for it in api.get("/process-instance", superProcessInstance=outer)]
    [inner] = [it["id"] for it in api.get("/process-instance", superProcessInstance=middle)]

    # when
    api.put(f"/process-instance/{middle}/suspended", {"suspended": True}, 204)
    suspended = [api.get(f"/process-instance/{id}")["suspended"] for id in (outer, middle, inner)]
    api.put(f"/process-instance/{middle}/suspended", {"suspended": False}, 204)
    api.delete(f"/process-instance/{inner}", 204)

    # then
    assert suspended == [True, True, True]
    assert api.get("/task") == []
    assert api.get(f"/history/process-instance/{inner}")["endTime"] is not None
    assert api.get("/process-instance") == []
    api.delete(f"/process-instance/{inner}", 404)


def test_filters_and_order_hold_for_what_was_called(api: Api, outer: str) -> None:
    found = api.get("/process-instance", superProcessInstance=outer, sortBy="definitionKey", sortOrder="asc")

    assert len(found) == 1
    assert api.get("/process-instance", superProcessInstance=outer, processDefinitionKey="other") == []
    assert len(api.get("/process-instance", superProcessInstance=outer, businessKey="K-m", active="true")) == 1
    assert api.get("/process-instance", superProcessInstance="nothing") == []
    assert api.get("/process-instance", superProcessInstance=outer, activityIdIn="Ask") == []


def test_a_query_inside_a_request_that_changes_refuses_them(api: Api, outer: str) -> None:
    """Otherwise it would change every instance."""
    query = {"processInstanceQuery": {"superProcessInstance": outer}}

    api.post("/process-instance/delete", query, 400)
    assert api.get("/process-instance/count", rootProcessInstances="true")["count"] == 1


def test_the_history_has_called_processes_that_have_ended(api: Api, outer: str) -> None:
    path = "/history/process-instance"
    [middle] = api.get(path, superProcessInstanceId=outer)
    [inner] = api.get(path, superProcessInstanceId=middle["id"])
    assert (middle["processDefinitionKey"], middle["state"], middle["superProcessInstanceId"]) == (
        "middle",
        "ACTIVE",
        outer,
    )
    [task] = api.get("/task", processInstanceId=outer)
    api.post(f"/task/{task['id']}/complete", {}, 204)

    [ended] = api.get(path, superProcessInstanceId=middle["id"])

    assert (ended["id"], ended["state"], ended["rootProcessInstanceId"]) == (inner["id"], "COMPLETED", outer)
    assert ended["endTime"] is not None
    assert [item["id"] for item in api.get(path, subProcessInstanceId=inner["id"])] == [middle["id"]]
    assert [item["id"] for item in api.get(path, subProcessInstanceId=middle["id"])] == [outer]
    assert api.post(path, {"subProcessInstanceId": middle["id"]})[0]["id"] == outer
    assert api.get(path, subProcessInstanceId=outer) == []
    assert api.get(path, superProcessInstanceId=inner["id"]) == []
    assert api.get(path, superProcessInstanceId="none") == []
    assert api.get(f"{path}/count", superProcessInstanceId=outer)["count"] == 1
    assert api.get(f"{path}/count", superProcessInstanceId=outer, unfinished="true")["count"] == 0
    assert api.get(f"{path}/count", superProcessInstanceId=outer, processDefinitionKey="other")["count"] == 0
    api.get(path, 400, superProcessInstanceId=outer, startedBy="mary")
    body = {"historicProcessInstanceQuery": {"superProcessInstanceId": outer}}
    api.post("/history/process-instance/delete", body, 400)
