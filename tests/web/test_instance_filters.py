"""Filters of process instances that Camunda 7 has too: each finds some and leaves out others, as the counts do."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baton.service import Engine
from tests.web import diagrams
from tests.web.conftest import Api

HISTORY = "/history/process-instance"


def make(key: str, inner: str, element: str, attributes: str) -> str:
    body = f'<bpmn:startEvent id="S"/>{inner}<bpmn:endEvent id="E"/>'
    return diagrams.process(key, body + diagrams.flow(1, "S", element) + diagrams.flow(2, element, "E"), "", attributes)


RETRIED = (
    '<bpmn:scriptTask id="Try" scriptFormat="python"><bpmn:extensionElements>'
    "<camunda:failedJobRetryTimeCycle>R3/PT1H</camunda:failedJobRetryTimeCycle></bpmn:extensionElements>"
    "<bpmn:script>x = 1 / 0</bpmn:script></bpmn:scriptTask>"
)
FILES = {
    "ask": make("ask", '<bpmn:userTask id="Ask"/>', "Ask", 'name="Ask somebody"'),
    "caller": make("caller", '<bpmn:callActivity id="Call" calledElement="trying"/>', "Call", 'name="Call 1"'),
    "trying": make("trying", RETRIED, "Try", 'name="Called"'),
}


@pytest.fixture
def ids(api: Api, engine: Engine) -> dict[str, str]:
    """By letter: an instance that has ended, one that waits for a person, a caller, and what it has called, whose job
    has failed and is to be tried again.
    """
    data = {f"{name}.bpmn": (io.BytesIO(text.encode()), f"{name}.bpmn") for name, text in FILES.items()}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    found = {"E": api.start("ask", "e", amount=1)}
    api.post(f"/task/{api.get('/task')[0]['id']}/complete", {}, 204)
    found |= {"W": api.start("ask", "w", amount=2), "C": api.start("caller", "c", amount=3)}
    while not (jobs := api.get("/job", withException="true")):
        engine.run_due()
    assert [job["retries"] > 0 for job in jobs] == [True]
    (called,) = api.get("/process-instance", processDefinitionKey="trying")
    return {**found, "T": called["id"]}


def show(ids: dict[str, str], found: list[dict[str, Any]]) -> str:
    letters = {id: letter for letter, id in ids.items()}
    return "".join(sorted(letters[item["id"]] for item in found))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"processInstanceIdNotIn": "WT"}, "CE"),
        ({"processInstanceIdNotIn": "E", "processDefinitionKey": "ask"}, "W"),
        ({"processDefinitionName": "Ask somebody"}, "EW"),
        ({"processDefinitionName": "Called"}, "T"),
        ({"processDefinitionName": "nothing"}, ""),
        ({"processDefinitionNameLike": "Call%"}, "CT"),
        ({"processDefinitionNameLike": "Call%", "processDefinitionName": "Call 1"}, "C"),
        ({"activityIdIn": ["Ask"]}, "W"),
        ({"activityIdIn": ["Ask", "Try"], "activeActivityIdIn": ["Try", "E"]}, "CT"),
        ({"withJobsRetrying": True}, "T"),
        ({"withJobsRetrying": True, "finished": True}, ""),
        ({"withJobsRetrying": False}, "CETW"),
    ],
)
def test_a_filter_of_the_history_finds_what_it_says(
    api: Api, ids: dict[str, str], query: dict[str, Any], expected: str
) -> None:
    if left := query.get("processInstanceIdNotIn"):
        query = {**query, "processInstanceIdNotIn": [ids[letter] for letter in left]}
    asked: dict[str, Any] = {
        name: ",".join(value) if isinstance(value, list) else value for name, value in query.items()
    }
    asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in asked.items()}

    assert show(ids, api.get(HISTORY, **asked)) == expected
    assert show(ids, api.post(HISTORY, query)) == expected
    assert api.get(f"{HISTORY}/count", **asked)["count"] == len(expected)
    assert api.post(f"{HISTORY}/count", query)["count"] == len(expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"orQueries": [{"finished": True, "processDefinitionName": "Call 1"}]}, "CE"),
        ({"orQueries": [{"finished": True, "processDefinitionKey": "ask"}], "unfinished": True}, "W"),
        ({"orQueries": [{"withJobsRetrying": True, "activityIdIn": ["Ask"]}]}, "TW"),
        ({"orQueries": [{"finished": True}, {"unfinished": True}]}, ""),
        (
            {
                "orQueries": [
                    {
                        "variables": [
                            {"name": "AMOUNT", "operator": "eq", "value": 1},
                            {"name": "amount", "operator": "eq", "value": 2},
                        ],
                        "variableNamesIgnoreCase": True,
                    }
                ]
            },
            "EW",
        ),
        ({"orQueries": [{}]}, "CETW"),
        ({"orQueries": []}, "CETW"),
    ],
)
def test_of_an_or_query_of_the_history_one_filter_is_enough(
    api: Api, ids: dict[str, str], query: dict[str, Any], expected: str
) -> None:
    assert show(ids, api.post(HISTORY, query)) == expected
    assert api.post(f"{HISTORY}/count", query)["count"] == len(expected)


def test_filters_beside_those_about_callers_are_tested_or_refused(api: Api, ids: dict[str, str]) -> None:
    called = {"superProcessInstanceId": ids["C"]}

    assert show(ids, api.post(HISTORY, {**called, "processInstanceIdNotIn": [ids["W"]]})) == "T"
    assert api.post(HISTORY, {**called, "processInstanceIdNotIn": [ids["T"]]}) == []
    api.post(HISTORY, {**called, "withJobsRetrying": True}, 400)
    api.post(HISTORY, {**called, "orQueries": [{"finished": True}]}, 400)
    api.post(HISTORY, {"orQueries": [called]}, 400)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"leafProcessInstances": True}, "TW"),
        ({"leafProcessInstances": True, "rootProcessInstances": True}, "W"),
        ({"processDefinitionWithoutTenantId": True}, "CTW"),
        ({"processDefinitionWithoutTenantId": True, "processDefinitionKey": "ask"}, "W"),
        ({"orQueries": [{"leafProcessInstances": True, "processDefinitionKey": "caller"}]}, "CTW"),
    ],
)
def test_a_filter_of_running_instances_finds_what_it_says(
    api: Api, ids: dict[str, str], query: dict[str, Any], expected: str
) -> None:
    assert show(ids, api.post("/process-instance", query)) == expected
    assert api.post("/process-instance/count", query)["count"] == len(expected)
    if "orQueries" not in query:
        asked: dict[str, Any] = {name: str(value).lower() if value is True else value for name, value in query.items()}
        assert show(ids, api.get("/process-instance", **asked)) == expected


def test_instances_of_definitions_with_a_tenant_are_left_out(api: Api, ids: dict[str, str]) -> None:
    # given
    api.deploy("work", form={"tenant-id": "north"})
    api.post("/process-definition/key/work/tenant-id/north/start", {})

    # when
    found = api.get("/process-instance", processDefinitionWithoutTenantId="true")

    # then
    assert show(ids, found) == "CTW"
    assert api.get("/process-instance/count")["count"] == 4


# -- a query of the history that chooses what is changed

ASK = {"historicProcessInstanceQuery": {"processDefinitionKey": "ask"}}


def test_of_what_the_history_finds_that_which_runs_is_suspended(api: Api, ids: dict[str, str]) -> None:
    api.put("/process-instance/suspended", {**ASK, "suspended": True}, 204)
    assert show(ids, api.get("/process-instance", suspended="true")) == "W"

    api.run_batch("/process-instance/suspended-async", {**ASK, "suspended": False})
    assert api.get("/process-instance/count", suspended="true")["count"] == 0


@pytest.mark.parametrize(
    ("whose", "suspended"),
    [({"processDefinitionTenantId": "north"}, {"north"}), ({"processDefinitionWithoutTenantId": True}, {None})],
)
def test_instances_of_one_of_several_definitions_of_a_key_are_suspended(
    api: Api, whose: dict[str, Any], suspended: set[str | None]
) -> None:
    # given
    api.deploy("work")
    api.deploy("work", form={"tenant-id": "north"})
    api.start("work")
    api.post("/process-definition/key/work/tenant-id/north/start", {})

    # when
    api.put("/process-instance/suspended", {"processDefinitionKey": "work", **whose, "suspended": True}, 204)

    # then
    assert {item["tenantId"] for item in api.get("/process-instance", suspended="true")} == suspended
    assert api.get("/process-instance/count", active="true")["count"] == 1
    api.put("/process-instance/suspended", {**whose, "suspended": True}, 400)


def test_of_what_the_history_finds_that_which_runs_is_changed_and_cancelled(api: Api, ids: dict[str, str]) -> None:
    variables = {**ASK, "variables": {"said": {"value": "yes"}}}
    assert api.run_batch("/process-instance/variables-async", variables)["totalJobs"] == 1
    assert api.get(f"/process-instance/{ids['W']}/variables/said")["value"] == "yes"

    step = {"type": "startBeforeActivity", "activityId": "Ask"}
    api.post("/modification/execute", {**ASK, "instructions": [step]}, 204)
    assert api.run_batch("/modification/executeAsync", {**ASK, "instructions": [step]})["totalJobs"] == 1
    assert api.get("/task/count", processInstanceId=ids["W"])["count"] == 3

    assert api.run_batch("/process-instance/delete", ASK)["totalJobs"] == 1
    assert show(ids, api.get("/process-instance")) == "CT"


def test_the_retries_of_jobs_are_set_where_the_history_finds_their_instances(api: Api, ids: dict[str, str]) -> None:
    query = {"processDefinitionKeyIn": ["caller", "ask"], "orQueries": [{"active": True, "finished": True}]}

    batch = api.run_batch("/process-instance/job-retries", {"historicProcessInstanceQuery": query, "retries": 9})

    assert batch["totalJobs"] == 1
    assert [job["retries"] for job in api.get("/job", withException="true")] == [9]
    api.post("/process-instance/job-retries", {"retries": 9}, 400)


def test_the_retries_of_external_tasks_are_set_where_the_history_finds_their_instances(api: Api) -> None:
    # given
    api.deploy("work")
    api.start("work", "a")
    api.start("work", "b")

    # when
    chosen = {"historicProcessInstanceQuery": {"processInstanceBusinessKey": "b"}, "retries": 7}
    api.put("/external-task/retries", chosen, 204)

    # then
    assert sorted(task["retries"] or 0 for task in api.get("/external-task")) == [0, 7]
