"""``/task``: work for people."""

from __future__ import annotations

import pytest

from tests.web.conftest import Api


@pytest.fixture
def task(api: Api) -> str:
    api.deploy("person")
    api.start("person", "A-1", amount=12)
    return str(api.get("/task")[0]["id"])


def test_a_task_shows_what_task_lists_need(api: Api, task: str) -> None:
    shown = api.get(f"/task/{task}")
    assert (shown["name"], shown["taskDefinitionKey"], shown["assignee"], shown["priority"]) == (
        "Look at it",
        "Look",
        None,
        50,
    )
    assert shown["created"].endswith("+0000")
    assert (shown["formKey"], shown["suspended"], shown["delegationState"]) == ("look", False, None)
    assert api.get(f"/task/{task}/form")["key"] == "look"


def test_tasks_are_found_by_group_and_by_what_the_instance_holds(api: Api, task: str) -> None:
    assert [item["id"] for item in api.get("/task", candidateGroup="sales")] == [task]
    assert api.get("/task/count", candidateGroup="nobody")["count"] == 0
    assert api.get("/task/count", processInstanceBusinessKey="A-1", unassigned="true")["count"] == 1
    assert api.post("/task", {"processVariables": [{"name": "amount", "operator": "gt", "value": 10}]})[0]["id"] == task
    assert api.get("/task", nameLike="Look%", sortBy="created", sortOrder="desc", maxResults=5)[0]["id"] == task


def test_a_task_is_claimed_by_one_only(api: Api, task: str) -> None:
    api.post(f"/task/{task}/claim", {"userId": "ann"}, 204)
    assert api.get("/task", assignee="ann")[0]["id"] == task
    response = api.client.post(f"/engine-rest/task/{task}/claim", json={"userId": "bob"})
    assert response.status_code >= 400
    api.post(f"/task/{task}/unclaim", {}, 204)
    api.post(f"/task/{task}/claim", {"userId": "bob"}, 204)
    assert api.get(f"/task/{task}")["assignee"] == "bob"


def test_completing_moves_on_and_gives_variables_back_if_asked(api: Api, task: str) -> None:
    body = {"variables": {"ok": {"value": True}}, "withVariablesInReturn": True}
    returned = api.post(f"/task/{task}/complete", body, 200)
    assert {name: value["value"] for name, value in returned.items()} == {"amount": 12, "ok": True}
    api.get(f"/task/{task}", 404)
    (row,) = api.get("/history/task", finished="true")
    assert (row["id"], row["deleteReason"], row["name"]) == (task, "completed", "Look at it")


def test_a_delegated_task_comes_back_before_it_can_be_completed(api: Api, task: str) -> None:
    api.post(f"/task/{task}/assignee", {"userId": "ann"}, 204)
    api.post(f"/task/{task}/delegate", {"userId": "bob"}, 204)
    shown = api.get(f"/task/{task}")
    assert (shown["owner"], shown["assignee"], shown["delegationState"]) == ("ann", "bob", "PENDING")
    api.post(f"/task/{task}/complete", {}, 500)
    api.post(f"/task/{task}/resolve", {"variables": {"seen": {"value": 1}}}, 204)
    shown = api.get(f"/task/{task}")
    assert (shown["assignee"], shown["delegationState"]) == ("ann", "RESOLVED")
    api.post(f"/task/{task}/complete", {}, 204)


def test_people_and_groups_are_added_and_removed(api: Api, task: str) -> None:
    api.post(f"/task/{task}/identity-links", {"userId": "ann", "type": "candidate"}, 204)
    api.post(f"/task/{task}/identity-links/delete", {"groupId": "sales", "type": "candidate"}, 204)
    links = api.get(f"/task/{task}/identity-links")
    assert {"userId": "ann", "groupId": None, "type": "candidate"} in links
    assert {"userId": None, "groupId": "sales", "type": "candidate"} not in links
    assert api.get("/task/count", candidateUser="ann")["count"] == 1


def test_a_task_sees_the_variables_of_its_instance(api: Api, task: str) -> None:
    assert api.get(f"/task/{task}/variables")["amount"]["value"] == 12
    api.put(f"/task/{task}/localVariables/mine", {"value": "x"}, 204)
    assert set(api.get(f"/task/{task}/localVariables")) == {"mine"}
    assert set(api.get(f"/task/{task}/variables")) == {"amount", "mine"}
    assert set(api.get(f"/task/{task}/form-variables", variableNames="amount")) == {"amount"}


def test_fields_of_a_task_are_changed(api: Api, task: str) -> None:
    api.put(f"/task/{task}", {"name": "New", "priority": 80, "due": "2030-01-01T00:00:00.000+0000"}, 204)
    shown = api.get(f"/task/{task}")
    assert (shown["name"], shown["priority"], shown["due"]) == ("New", 80, "2030-01-01T00:00:00.000+0000")


def test_the_history_says_whether_a_task_was_changed_and_how_it_has_ended(api: Api, task: str) -> None:
    cancelled = api.start("person", "A-2")
    assert [row["taskState"] for row in api.get("/history/task")] == ["Created", "Created"]

    api.post(f"/task/{task}/claim", {"userId": "ann"}, 204)
    assert {row["id"] == task: row["taskState"] for row in api.get("/history/task")} == {
        True: "Updated",
        False: "Created",
    }

    api.post(f"/task/{task}/complete", {}, 204)
    api.delete(f"/process-instance/{cancelled}", 204)

    found = {row["id"] == task: row["taskState"] for row in api.get("/history/task")}
    assert found == {True: "Completed", False: "Deleted"}
