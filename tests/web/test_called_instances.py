"""Called processes are process instances of their own in the lists."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baton.service import Engine
from tests.web import diagrams
from tests.web.conftest import Api

CALL = (
    '<bpmn:callActivity id="Call" calledElement="{}"><bpmn:extensionElements>'
    '<camunda:in businessKey="#{{execution.processBusinessKey}}-{}"/><camunda:in variables="all"/>'
    "</bpmn:extensionElements></bpmn:callActivity>"
)


@pytest.fixture
def outer(api: Api) -> str:
    """An instance that has called a process, which has called another."""
    files = {
        "inner": diagrams.line("inner", '<bpmn:userTask id="Ask"/>', "Ask"),
        "middle": diagrams.line("middle", CALL.format("inner", "i"), "Call"),
        "outer": diagrams.line("outer", CALL.format("middle", "m"), "Call"),
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


def test_a_query_inside_a_request_that_changes_finds_callers_only(api: Api, outer: str) -> None:
    """Filters about callers are refused: otherwise it would change every instance."""
    for name in ("superProcessInstance", "subProcessInstance", "rootProcessInstanceId"):
        api.post("/process-instance/delete", {"processInstanceQuery": {name: outer}}, 400)

    api.put("/process-instance/suspended", {"suspended": True, "processDefinitionKey": "middle"}, 204)
    assert api.get("/process-instance/count", suspended="true")["count"] == 0
    api.put(
        "/process-instance/suspended", {"suspended": True, "processInstanceQuery": {"processDefinitionKey": "outer"}}
    )
    assert api.get("/process-instance/count", suspended="true")["count"] == 3
    assert api.get("/process-instance/overview/count")["count"] == 1


def test_a_called_process_counts_and_lists_like_any_other(api: Api, outer: str) -> None:
    [middle] = api.get("/process-instance", processDefinitionKey="middle")
    [inner] = api.get("/process-instance", processDefinitionId=api.get("/process-instance")[-1]["definitionId"])

    def list_ids(**filters: Any) -> list[str]:
        found = [item["id"] for item in api.get("/process-instance", **filters)]
        body = {name: value == "true" or value for name, value in filters.items()}
        posted = [item["id"] for item in api.post("/process-instance", body)]
        counts = [
            api.get("/process-instance/count", **filters)["count"],
            api.post("/process-instance/count", body)["count"],
        ]
        assert (posted, counts) == (found, [len(found)] * 2)
        return found

    assert list_ids() == [outer, middle["id"], inner["id"]]
    assert (middle["definitionKey"], inner["definitionKey"]) == ("middle", "inner")
    assert (list_ids(businessKey="K-m"), list_ids(businessKey="K-n")) == ([middle["id"]], [])
    assert list_ids(businessKeyLike="K%") == [outer, middle["id"], inner["id"]]
    assert list_ids(rootProcessInstances="true") == [outer]
    assert list_ids(rootProcessInstanceId=outer) == [outer, middle["id"], inner["id"]]
    assert list_ids(rootProcessInstanceId=middle["id"]) == list_ids(rootProcessInstanceId="none") == []
    assert list_ids(rootProcessInstanceId=outer, processDefinitionKey="inner") == [inner["id"]]
    ordered = api.get("/process-instance", sortBy="definitionKey", sortOrder="asc", firstResult=1, maxResults=1)
    assert [item["id"] for item in ordered] == [middle["id"]]
    either = {"orQueries": [{"processDefinitionKey": "inner", "rootProcessInstances": True}]}
    assert [item["id"] for item in api.post("/process-instance", either)] == [outer, inner["id"]]


def test_the_overview_tells_what_runs_inside_other_instances(api: Api, outer: str) -> None:
    path = "/process-instance/overview"
    found = api.get(path, called="true", sortBy="startedAt", sortOrder="desc")

    assert {item["id"].partition(".")[0] for item in found} == {outer}
    assert sorted(item["businessKey"] for item in found) == ["K-i", "K-m"]
    assert api.get(path, called="true", processDefinitionKey="outer") == []
    assert api.get(f"{path}/count", called="true", processDefinitionKey="inner")["count"] == 1
    assert [item["id"] for item in api.get(path)] == [outer]
    body = {"overviewQuery": {"called": True}, "suspended": True}
    assert "in lists only" in api.put("/process-instance/suspended", body, 400)["message"]

    api.delete(f"/process-instance/{outer}", 204)
    assert api.get(path, called="true") == []
    assert api.get(f"{path}/count", called="true")["count"] == 0


def test_filters_look_into_the_called_process(api: Api, outer: str) -> None:
    [inner] = api.get("/process-instance", processDefinitionKey="inner")
    api.put(f"/process-instance/{inner['id']}/variables/own", {"value": 7}, 204)
    incident = {"incidentType": "recall", "configuration": "look"}
    api.post(f"/execution/{inner['id']}/create-incident", incident, 200)

    def list_keys(**filters: Any) -> list[str]:
        return sorted(item["definitionKey"] for item in api.get("/process-instance", **filters))

    assert list_keys(variables="own_eq_7") == ["inner"]
    assert list_keys(variables="amount_eq_5") == ["inner", "middle", "outer"]
    assert list_keys(withIncident="true") == list_keys(incidentType="recall") == ["inner", "middle", "outer"]
    assert list_keys(incidentType="other") == []
    assert list_keys(incidentType="recall", processDefinitionKey="middle") == ["middle"]


def test_an_activity_is_found_in_the_called_process_and_its_callers(api: Api, outer: str) -> None:
    found = api.get("/process-instance", activityIdIn="Ask")

    assert {item["definitionKey"] for item in found} == {"inner", "outer"}


def test_statistics_count_called_processes(api: Api, outer: str) -> None:
    counts = {row["definition"]["key"]: row["instances"] for row in api.get("/process-definition/statistics")}

    assert counts == {"outer": 1, "middle": 1, "inner": 1}
    assert api.get("/process-definition/key/inner/statistics") == []
    assert [row["id"] for row in api.get("/process-definition/key/outer/statistics")] == ["Ask"]


def test_history_lists_have_called_processes(api: Api, outer: str) -> None:
    path = "/history/process-instance"
    [inner] = api.get(path, processDefinitionKey="inner")
    [middle] = api.get(path, processInstanceBusinessKey="K-m")
    assert inner == api.get(f"{path}/{inner['id']}")
    assert (inner["superProcessInstanceId"], inner["rootProcessInstanceId"]) == (middle["id"], outer)
    assert (middle["superProcessInstanceId"], middle["state"]) == (outer, "ACTIVE")
    assert [item["id"] for item in api.get(path, sortBy="startTime", sortOrder="asc", unfinished="true")] == [
        outer,
        middle["id"],
        inner["id"],
    ]
    assert api.get(f"{path}/count")["count"] == 3
    assert [item["id"] for item in api.get(path, rootProcessInstances="true")] == [outer]
    [task] = api.get("/task")
    api.post(f"/task/{task['id']}/complete", {}, 204)

    ended = api.get(path, sortBy="endTime", sortOrder="asc")
    assert {item["id"] for item in ended} == {outer, middle["id"], inner["id"]}
    assert {item["state"] for item in ended} == {"COMPLETED"}
    [found] = api.get(path, processDefinitionKey="inner", finished="true")
    assert found == api.get(f"{path}/{inner['id']}") == api.get(path, superProcessInstanceId=middle["id"])[0]
    assert (found["superProcessInstanceId"], found["businessKey"]) == (middle["id"], "K-i")
    assert found["removalTime"] == api.get(f"{path}/{outer}")["removalTime"]


def complete(api: Api) -> None:
    [task] = api.get("/task")
    api.post(f"/task/{task['id']}/complete", {}, 204)


def test_history_filters_hold_for_what_was_called_and_has_ended(api: Api, outer: str) -> None:
    path = "/history/process-instance"
    complete(api)

    def list_keys(**filters: Any) -> list[str]:
        found = api.get(path, **filters)
        body = {name: value == "true" or value for name, value in filters.items()}
        body |= {name: [value] for name, value in filters.items() if name.endswith("NotIn")}
        body |= {"variables": [{"name": "amount", "operator": "eq", "value": 5}]} if "variables" in filters else {}
        assert api.post(path, body) == found
        counts = [api.get(f"{path}/count", **filters)["count"], api.post(f"{path}/count", body)["count"]]
        assert counts == [len(found)] * 2
        return sorted(item["processDefinitionKey"] for item in found)

    whole = ["inner", "middle", "outer"]
    assert list_keys() == list_keys(finished="true") == list_keys(completed="true") == whole
    assert list_keys(unfinished="true") == list_keys(active="true") == list_keys(externallyTerminated="true") == []
    assert list_keys(processDefinitionKeyNotIn="outer") == ["inner", "middle"]
    assert list_keys(processInstanceBusinessKey="K-m") == list_keys(processInstanceBusinessKeyLike="%-m") == ["middle"]
    assert list_keys(startedAfter="2020-01-01T00:00:00.000+0000", processDefinitionKey="inner") == ["inner"]
    assert list_keys(finishedBefore="2020-01-01T00:00:00.000+0000") == []
    assert list_keys(rootProcessInstances="true") == ["outer"]
    assert list_keys(variables="amount_eq_5") == whole


def test_history_filters_by_variables_find_what_was_called_and_has_ended(api: Api, outer: str) -> None:
    # given
    path = "/history/process-instance"
    [middle] = api.get("/process-instance", processDefinitionKey="middle")
    [inner] = api.get("/process-instance", processDefinitionKey="inner")
    [task] = api.get("/task")
    api.post(f"/task/{task['id']}/complete", {"variables": {"said": {"value": "Yes"}}}, 204)

    def list_keys(name: str, operator: str, value: Any, **filters: Any) -> list[str]:
        body = {"variables": [{"name": name, "operator": operator, "value": value}], **filters}
        found = api.post(path, body)
        asked: dict[str, Any] = {each: "true" if given is True else given for each, given in filters.items()}
        asked["variables"] = f"{name}_{operator}_{value}"
        assert api.get(path, **asked) == found
        counts = [api.get(f"{path}/count", **asked)["count"], api.post(f"{path}/count", body)["count"]]
        assert counts == [len(found)] * 2
        return sorted(item["processDefinitionKey"] for item in found)

    # then
    assert list_keys("said", "eq", "Yes") == list_keys("said", "like", "Y%") == ["inner"]
    assert list_keys("said", "neq", "Yes") == list_keys("SAID", "eq", "Yes") == []
    assert list_keys("SAID", "eq", "Yes", variableNamesIgnoreCase=True) == ["inner"]
    assert list_keys("said", "eq", "yes", variableValuesIgnoreCase=True) == ["inner"]
    assert list_keys("amount", "gt", 4, finished=True) == ["inner", "middle", "outer"]
    assert list_keys("amount", "gt", 4, unfinished=True) == list_keys("amount", "gt", 5) == []
    assert list_keys("amount", "eq", 5, superProcessInstanceId=middle["id"]) == ["inner"]
    assert list_keys("amount", "eq", 5, subProcessInstanceId=middle["id"]) == ["outer"]
    assert list_keys("SAID", "eq", "Yes", processInstanceId=inner["id"], variableNamesIgnoreCase=True) == ["inner"]
    assert list_keys("said", "eq", "Yes", processInstanceId=middle["id"]) == []

    # when
    api.delete(f"/history/variable-instance/{inner['id']}:said", 204)

    # then
    assert list_keys("said", "eq", "Yes") == []
    assert list_keys("amount", "eq", 5) == ["inner", "middle", "outer"]


def test_a_called_process_that_was_cancelled_is_listed_as_terminated(api: Api, outer: str) -> None:
    api.delete(f"/process-instance/{outer}", 204)

    found = api.get("/history/process-instance", sortBy="definitionKey", sortOrder="asc")

    states = {item["processDefinitionKey"]: item["state"] for item in found}
    called = "INTERNALLY_TERMINATED"
    assert states == {"inner": called, "middle": called, "outer": "EXTERNALLY_TERMINATED"}
    terminated = api.get("/history/process-instance/count", internallyTerminated="true")
    assert terminated["count"] == 2


def test_reports_count_what_was_called_and_say_what_is_removed_by_itself(api: Api, engine: Engine, outer: str) -> None:
    complete(api)
    path = "/history/process-definition/cleanable-process-instance-report"
    for definition in api.get("/process-definition"):
        api.put(f"/process-definition/{definition['id']}/history-time-to-live", {"historyTimeToLive": 0}, 204)

    report = {row["processDefinitionKey"]: row for row in api.get(path)}

    finished = {key: row["finishedProcessInstanceCount"] for key, row in report.items()}
    assert finished == {"inner": 1, "middle": 1, "outer": 1}
    assert {report[key]["cleanableProcessInstanceCount"] for key in ("inner", "middle")} == {0}
    durations = "/history/process-instance/report"
    assert api.get(durations, reportType="duration", periodUnit="month", processDefinitionKeyIn="inner") != []


def test_a_query_inside_a_request_that_deletes_history_finds_callers_only(api: Api, outer: str) -> None:
    complete(api)
    query = {"historicProcessInstanceQuery": {"processDefinitionKey": "inner"}}

    api.post("/history/process-instance/delete", query, 400)

    assert api.get("/history/process-instance/count")["count"] == 3
    api.delete(f"/history/process-instance/{outer}", 204)
    assert api.get("/history/process-instance/count")["count"] == 0


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
