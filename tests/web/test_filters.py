"""Saved filters of user tasks, queries of which one part is enough, and sorting by variables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from baton.model.errors import Conflict
from baton.model.identity import Role, UserGroup
from baton.service import Engine
from baton.service.tasks import filters
from baton.web import WebSettings, create_app
from tests.web.conftest import Api
from tests.web.signed import use_key, use_person


@pytest.fixture
def tasks(api: Api) -> dict[str, str]:
    """Task ids by business key; each instance has variables of its own."""
    api.deploy("person")
    found: dict[str, str] = {}
    for key, amount, person in (("A", 3, "ann"), ("B", 20, "bob"), ("C", None, None)):
        instance = api.start("person", key, **({} if amount is None else {"amount": amount, "text": f"t{amount}"}))
        (task,) = api.get("/task", processInstanceId=instance)
        api.post(f"/task/{task['id']}/assignee", {"userId": person}, 204)
        found[key] = task["id"]
    return found


def list_keys(tasks: dict[str, str], found: list[dict[str, Any]]) -> str:
    names = {id_: key for key, id_ in tasks.items()}
    return "".join(names[item["id"]] for item in found)


def save(api: Api, query: dict[str, Any], **more: Any) -> str:
    body = {"resourceType": "Task", "name": "mine", "query": query, **more}
    return api.post("/filter/create", body, 200)["id"]


# -- orQueries


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"orQueries": [{"assignee": "ann", "processInstanceBusinessKey": "B"}]}, "AB"),
        ({"orQueries": [{"assigneeIn": ["ann", "bob"], "unassigned": True}]}, "ABC"),
        ({"assigned": True, "orQueries": [{"assignee": "ann", "unassigned": True}]}, "A"),
        ({"orQueries": [{"assignee": "ann"}, {"assignee": "bob"}]}, ""),
        ({"orQueries": [{"assignee": "ann", "name": "no"}, {"assignee": "bob", "assigned": True}]}, "A"),
        ({"orQueries": [{}]}, "ABC"),
        ({"orQueries": []}, "ABC"),
        ({"orQueries": [{"priority": 50, "assignee": "nobody"}]}, "ABC"),
        ({"orQueries": [{"minPriority": 60, "maxPriority": 40}]}, ""),
        (
            {
                "orQueries": [
                    {
                        "processVariables": [
                            {"name": "amount", "operator": "gt", "value": 10},
                            {"name": "TEXT", "operator": "eq", "value": "T3"},
                        ],
                        "variableNamesIgnoreCase": True,
                        "variableValuesIgnoreCase": True,
                    }
                ]
            },
            "AB",
        ),
    ],
)
def test_of_an_or_query_one_filter_is_enough(
    api: Api, tasks: dict[str, str], query: dict[str, Any], expected: str
) -> None:
    assert list_keys(tasks, api.post("/task", query)) == expected
    assert api.post("/task/count", query)["count"] == len(expected)


@pytest.mark.parametrize("part", [{"sorting": [{"sortBy": "name", "sortOrder": "asc"}]}, {"orQueries": [{}]}])
@pytest.mark.parametrize("path", ["/task", "/process-instance"])
def test_an_or_query_neither_sorts_nor_has_or_queries_itself(api: Api, path: str, part: dict[str, Any]) -> None:
    refused = api.post(path, {"orQueries": [part]}, 400)
    assert "inside orQueries" in refused["message"]
    assert api.post(path, {"orQueries": [{"nonsense": 1}]}, 400)["message"].endswith("'nonsense'")
    api.get(path, 400, orQueries="x")


def test_candidates_of_an_or_query_are_of_open_tasks_unless_it_says_more(api: Api, tasks: dict[str, str]) -> None:
    for key in "AC":
        api.post(f"/task/{tasks[key]}/identity-links", {"groupId": "clerks", "type": "candidate"}, 204)
    part = {"candidateGroup": "clerks", "assignee": "bob"}
    assert list_keys(tasks, api.post("/task", {"orQueries": [part]})) == "BC"
    assert list_keys(tasks, api.post("/task", {"orQueries": [{**part, "includeAssignedTasks": True}]})) == "ABC"
    assert list_keys(tasks, api.post("/task", {"candidateGroupLike": "cl%"})) == "C"


def test_process_instances_have_or_queries_too(api: Api, tasks: dict[str, str]) -> None:
    def ask(query: dict[str, Any]) -> str:
        found = sorted(item["businessKey"] for item in api.post("/process-instance", query))
        assert api.post("/process-instance/count", query)["count"] == len(found)
        return "".join(found)

    is_large = {"name": "amount", "operator": "gt", "value": 10}
    assert ask({"orQueries": [{"businessKey": "A", "variables": [is_large]}]}) == "AB"
    assert ask({"active": True, "orQueries": [{"businessKey": "A", "suspended": True}]}) == "A"
    assert ask({"businessKeyLike": "A%", "orQueries": [{"variables": [is_large]}]}) == ""
    either = {"orQueries": [{"businessKey": "A", "variables": [is_large]}]}
    api.run_batch("/process-instance/delete", {"processInstanceQuery": either})
    assert ask({}) == "C"


# -- sorting by variables


@pytest.mark.parametrize(
    ("variable", "kind", "order", "expected"),
    [
        ("amount", "Integer", "asc", "CAB"),
        ("amount", "Long", "desc", "BAC"),
        ("text", "String", "desc", "ABC"),
        ("text", "Integer", "asc", "ABC"),
    ],
)
def test_tasks_are_sorted_by_variables(
    api: Api, tasks: dict[str, str], variable: str, kind: str, order: str, expected: str
) -> None:
    sorting = {"sortBy": "processVariable", "sortOrder": order, "parameters": {"variable": variable, "type": kind}}
    assert list_keys(tasks, api.post("/task", {"sorting": [sorting]})) == expected
    second = api.post("/task?firstResult=1&maxResults=1", {"sorting": [sorting]})
    assert list_keys(tasks, second) == expected[1]


def test_tasks_are_sorted_and_found_by_variables_of_their_own(api: Api, tasks: dict[str, str]) -> None:
    for key, value in (("A", 2), ("B", 1)):
        api.put(f"/task/{tasks[key]}/localVariables/rank", {"value": value, "type": "Integer"}, 204)
    by = {"sortBy": "taskVariable", "sortOrder": "asc", "parameters": {"variable": "rank", "type": "Integer"}}
    assert list_keys(tasks, api.post("/task", {"sorting": [by]})) == "CBA"
    wanted = [{"name": "rank", "operator": "eq", "value": 1}]
    assert list_keys(tasks, api.post("/task", {"taskVariables": wanted})) == "B"
    assert list_keys(tasks, api.post("/task", {"processVariables": wanted})) == ""


def test_sorting_by_variables_says_which(api: Api, tasks: dict[str, str]) -> None:
    api.post("/task", {"sorting": [{"sortBy": "processVariable", "sortOrder": "asc"}]}, 400)
    parameters = {"variable": "a", "type": "String"}
    api.post("/task", {"sorting": [{"sortBy": "name", "sortOrder": "asc", "parameters": parameters}]}, 400)
    api.get("/task", 400, sortBy="processVariable", sortOrder="asc")


# -- saved filters


def test_a_filter_is_saved_listed_changed_and_deleted(api: Api) -> None:
    query, properties = {"assignee": "ann", "sorting": [{"sortBy": "name", "sortOrder": "asc"}]}, {"color": "#fff"}
    made = api.post(
        "/filter/create", {"resourceType": "Task", "name": "b", "query": query, "properties": properties}, 200
    )
    other = save(api, {}, name="a", owner="ann")

    assert (made["query"], made["properties"], made["resourceType"]) == (query, properties, "Task")
    assert api.get(f"/filter/{made['id']}") == made
    assert [item["name"] for item in api.get("/filter", sortBy="name", sortOrder="desc")] == ["b", "a"]
    assert [item["id"] for item in api.get("/filter", owner="ann", nameLike="a%", resourceType="Task")] == [other]
    assert api.get("/filter/count")["count"] == 2
    assert api.get("/filter", resourceType="Other") == []

    api.put(f"/filter/{other}", {**api.get(f"/filter/{other}"), "name": "c", "query": {"owner": "ann"}}, 204)
    changed = api.get(f"/filter/{other}")
    assert (changed["name"], changed["query"], changed["owner"]) == ("c", {"owner": "ann"}, "ann")
    api.delete(f"/filter/{other}", 204)
    for path in (f"/filter/{other}", f"/filter/{other}/list", f"/filter/{other}/count"):
        api.get(path, 404)
    api.delete(f"/filter/{other}", 404)
    api.put(f"/filter/{other}", {"name": "x"}, 404)


@pytest.mark.parametrize(
    "body",
    [
        {"name": None},
        {"name": " "},
        {"name": "x" * 256},
        {"resourceType": None},
        {"resourceType": "Variable"},
        {"query": {"nonsense": 1}},
        {"query": {"priority": "high"}},
        {"query": {"assigneeExpression": "${system.exit()}"}},
        {"query": {"assigneeExpression": 3}},
        {"query": {"orQueries": ["x"]}},
        {"properties": {"long": "x" * 70_000}},
    ],
)
def test_a_filter_that_could_not_be_asked_is_refused(api: Api, body: dict[str, Any]) -> None:
    api.post("/filter/create", {"resourceType": "Task", "name": "n", **body}, 400)
    id_ = save(api, {})
    if "resourceType" not in body or body["resourceType"]:
        api.put(f"/filter/{id_}", {"name": "n", **body}, 400)
    assert api.get("/filter/count")["count"] == 1


def test_a_filter_finds_tasks(api: Api, tasks: dict[str, str]) -> None:
    id_ = save(api, {"assigned": True, "sorting": [{"sortBy": "assignee", "sortOrder": "desc"}]})
    assert list_keys(tasks, api.get(f"/filter/{id_}/list")) == "BA"
    assert list_keys(tasks, api.get(f"/filter/{id_}/list", firstResult=1, maxResults=1)) == "A"
    assert api.get(f"/filter/{id_}/count")["count"] == 2
    assert api.get(f"/filter/{id_}", itemCount=True)["itemCount"] == 2
    assert api.get("/filter", itemCount=True)[0]["itemCount"] == 2
    assert "at most one task" in api.get(f"/filter/{id_}/singleResult", 400)["message"]
    assert api.get(f"/filter/{save(api, {'assignee': 'ann'})}/singleResult")["id"] == tasks["A"]
    api.get(f"/filter/{save(api, {'assignee': 'nobody'})}/singleResult", 204)


def test_a_filter_is_extended_by_a_query(api: Api, tasks: dict[str, str]) -> None:
    id_ = save(api, {"assigned": True, "processVariables": [{"name": "amount", "operator": "gt", "value": 2}]})
    large = {"processVariables": [{"name": "amount", "operator": "gt", "value": 10}]}
    assert list_keys(tasks, api.post(f"/filter/{id_}/list", large)) == "B"
    assert list_keys(tasks, api.post(f"/filter/{id_}/list", {"assigned": False})) == "AB"
    assert list_keys(tasks, api.post(f"/filter/{id_}/list", {"orQueries": [{"assignee": "ann"}]})) == "A"
    assert api.post(f"/filter/{id_}/count", large)["count"] == 1
    assert api.post(f"/filter/{id_}/singleResult", large)["id"] == tasks["B"]
    api.post(f"/filter/{id_}/singleResult", {**large, "assignee": "ann"}, 204)
    api.post(f"/filter/{id_}/list", {"nonsense": 1}, 400)


def test_expressions_of_a_filter_are_those_of_its_reader(engine: Engine, api: Api, tasks: dict[str, str]) -> None:
    api.put(f"/task/{tasks['A']}", {"assignee": "ann", "due": "2126-01-01T00:00:00.000+0000"}, 204)
    api.post(f"/task/{tasks['C']}/identity-links", {"groupId": "clerks", "type": "candidate"}, 204)
    mine = save(api, {"assigneeExpression": "${currentUser()}"})
    ours = save(api, {"candidateGroupsExpression": "${ currentUserGroups() }"})
    due = save(api, {"orQueries": [{"dueAfterExpression": "${now().plusDays(3).minusHours(1)}", "assignee": "bob"}]})
    guarded = create_app(engine, WebSettings(hosts=None, sign_in="required"))
    engine.accounts.create_group(UserGroup(id="clerks"))
    ann = use_person(guarded, engine, "ann", Role.TASK_USER)
    eve = use_person(guarded, engine, "eve", Role.TASK_USER, groups=("clerks",))
    root = use_key(guarded, engine, Role.ADMINISTRATOR)

    assert list_keys(tasks, ann.ask("GET", f"/filter/{mine}/list").json) == "A"
    assert root.ask("GET", f"/filter/{mine}/list").json == []
    assert ann.ask("GET", f"/filter/{ours}/list").json == []
    assert list_keys(tasks, eve.ask("GET", f"/filter/{ours}/list").json) == "C"
    assert list_keys(tasks, api.get(f"/filter/{due}/list")) == "AB"


def test_people_change_their_own_filters_and_see_only_tasks_of_theirs(
    engine: Engine, api: Api, tasks: dict[str, str]
) -> None:
    guarded = create_app(engine, WebSettings(hosts=None, sign_in="required"))
    ann, bob = (use_person(guarded, engine, name, Role.TASK_USER) for name in ("ann", "bob"))
    root, viewer = use_key(guarded, engine, Role.ADMINISTRATOR), use_key(guarded, engine, Role.VIEWER)
    body = {"resourceType": "Task", "name": "all", "query": {}}

    made = ann.ask("POST", "/filter/create", body).json
    path = f"/filter/{made['id']}"
    assert made["owner"] == "ann"
    assert list_keys(tasks, bob.ask("GET", f"{path}/list").json) == "B"
    assert bob.ask("PUT", path, body).status_code == 403
    assert bob.ask("DELETE", path).status_code == 403
    assert ann.ask("POST", "/filter/create", {**body, "owner": "bob"}).status_code == 403
    assert viewer.ask("POST", "/filter/create", body).status_code == 403
    assert viewer.ask("GET", f"{path}/count").json["count"] == 3
    assert ann.ask("PUT", path, {**body, "name": "still mine"}).status_code == 204
    assert root.ask("PUT", path, {**body, "owner": "bob"}).status_code == 204
    assert bob.ask("DELETE", path).status_code == 204


def test_a_repeated_request_saves_one_filter(api: Api) -> None:
    body = {"resourceType": "Task", "name": "n"}
    answers = [api.post("/filter/create", body, 200, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0] == answers[1]
    assert api.get("/filter/count")["count"] == 1


def test_there_are_not_more_filters_than_allowed(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "MOST_FILTERS", 1)
    save(api, {})
    assert "delete some first" in api.post("/filter/create", {"resourceType": "Task", "name": "n"}, 409)["message"]


def test_who_is_forgotten_is_named_in_no_filter_unnoticed(engine: Engine, api: Api) -> None:
    save(api, {"processInstanceBusinessKey": "person-4711"}, name="about her")
    save(api, {}, name="all")
    assert engine.forgetting.forget("person-4711").filters == ("about her",)


def test_tenants_have_filters_of_their_own(engine: Engine, api: Api) -> None:
    guarded = create_app(engine, WebSettings(hosts=None, sign_in="required"))
    shared = save(api, {}, name="for all")
    acme, globex = (use_key(guarded, engine, Role.OPERATOR, tenants=[tenant]) for tenant in ("acme", "globex"))
    made = acme.ask("POST", "/filter/create", {"resourceType": "Task", "name": "acme's", "query": {}}).json
    assert [item["name"] for item in acme.ask("GET", "/filter").json] == ["acme's", "for all"]
    assert [item["name"] for item in globex.ask("GET", "/filter").json] == ["for all"]
    for method, path in (("GET", ""), ("GET", "/list"), ("PUT", ""), ("DELETE", ""), ("POST", "/count")):
        body = {"name": "x"} if method == "PUT" else {}
        assert globex.ask(method, f"/filter/{made['id']}{path}", body).status_code == 404
    assert globex.ask("DELETE", f"/filter/{shared}").status_code == 403


def test_there_are_no_more_filters_than_may_be_however_many_are_saved_at_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "MOST_FILTERS", 5)

    def save(number: int) -> bool:
        try:
            engine.filters.create(f"f{number}", "Task", None, {}, {})
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(save, range(30))) == 5
    assert len(engine.filters.find()) == 5
