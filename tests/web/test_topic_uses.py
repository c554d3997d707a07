"""Operators of topics say which definitions may use them."""

from __future__ import annotations

from tests.web.conftest import Api

DEFINITIONS = "/external-task/topic/work/definitions"


def allow(api: Api, *keys: str) -> None:
    api.put(DEFINITIONS, {"processDefinitionKeys": list(keys)}, 204)


def test_a_definition_that_may_not_use_a_topic_is_refused_with_its_element(api: Api) -> None:
    allow(api, "other")

    refused = api.deploy("work", expect=400)

    assert "a topic that process 'work' may use, but 'work' is for other" in str(refused)
    assert "Do" in str(refused)
    assert api.get("/process-definition/count")["count"] == 0


def test_one_that_may_is_deployed_and_so_is_one_of_another_topic(api: Api) -> None:
    allow(api, "work")
    assert api.deploy("work", "person")["deployedProcessDefinitions"]
    assert len(api.fetch() or [api.start("work")]) == 1


def test_a_task_is_not_made_where_the_right_was_taken_away_and_a_retry_makes_it_once_it_is_back(api: Api) -> None:
    api.deploy("work")
    allow(api, "other")

    instance = api.start("work")

    [incident] = api.get("/incident", processInstanceId=instance)
    assert "'work' is for others" in incident["incidentMessage"]
    assert api.fetch() == []
    api.delete(DEFINITIONS, 204)
    api.put(f"/job/{incident['configuration']}/retries", {"retries": 1}, 204)
    assert [task["processInstanceId"] for task in api.fetch()] == [instance]


def test_what_is_said_is_listed_and_taken_back(api: Api) -> None:
    allow(api, "a", "b", "a")
    assert api.get("/external-task/topic/definitions") == [{"topicName": "work", "processDefinitionKeys": ["a", "b"]}]
    assert "found none" in api.put(DEFINITIONS, {"processDefinitionKeys": []}, 400)["message"]
    api.delete(DEFINITIONS, 204)
    assert api.get("/external-task/topic/definitions") == []
