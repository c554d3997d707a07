"""``/task`` as a list for people: what is due first, by text and by group."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baton.store.lists import Lists
from tests.service.processes import bpmn, line
from tests.web.conftest import Api


@pytest.fixture
def tasks(api: Api) -> dict[str, str]:
    """Three tasks by business key; they differ in due date and priority."""
    api.deploy("person")
    dates: dict[str, dict[str, Any]] = {
        "no-date": {},
        "late": {"due": "2026-11-20T10:00:00.000+0000"},
        "soon": {"due": "2026-11-30T10:00:00.000+0000", "priority": 10},
        "urgent": {"priority": 90},
    }
    found: dict[str, str] = {}
    for key, changes in dates.items():
        instance = api.start("person", key)
        (task,) = api.get("/task", processInstanceId=instance)
        api.put(f"/task/{task['id']}", {"name": f"Look at {key}", **changes}, 204)
        found[key] = task["id"]
    return found


def test_what_is_due_comes_first_and_then_what_has_the_higher_priority(api: Api, tasks: dict[str, str]) -> None:
    listed = api.get("/task", sortBy="urgency", sortOrder="asc")
    assert [item["id"] for item in listed] == [tasks[key] for key in ("late", "soon", "urgent", "no-date")]
    page = api.get("/task", sortBy="urgency", sortOrder="asc", firstResult=1, maxResults=1)
    assert [item["id"] for item in page] == [tasks["soon"]]


@pytest.mark.parametrize("text", ["look at LATE", "lAt", "late"])
def test_a_text_is_found_in_names_and_business_keys_in_any_case(api: Api, tasks: dict[str, str], text: str) -> None:
    assert [item["id"] for item in api.get("/task", text=text)] == [tasks["late"]]
    assert api.get("/task/count", text=text)["count"] == 1
    assert api.post("/task/count", {"text": text})["count"] == 1


def test_a_text_that_is_nowhere_finds_nothing_and_an_empty_one_everything(api: Api, tasks: dict[str, str]) -> None:
    assert api.get("/task", text="nothing like this") == []
    assert len(api.get("/task", text="")) == len(tasks)


def test_each_candidate_group_says_how_many_tasks_it_has(api: Api, tasks: dict[str, str]) -> None:
    api.post(f"/task/{tasks['late']}/identity-links/delete", {"groupId": "sales", "type": "candidate"}, 204)
    api.post(f"/task/{tasks['late']}/identity-links/delete", {"groupId": "support", "type": "candidate"}, 204)
    assert api.get("/task/report/candidate-group-count") == [
        {"groupName": None, "taskCount": 1},
        {"groupName": "sales", "taskCount": 3},
        {"groupName": "support", "taskCount": 3},
    ]


def test_all_tasks_are_counted_and_those_of_one_person_listed_without_reading_the_others(
    api: Api, tasks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    api.post(f"/task/{tasks['soon']}/claim", {"userId": "ann"}, 204)
    read: list[str] = []
    get_records = Lists.get_records

    def note(lists: Lists, kind: Any, ids: Any) -> Any:
        read.extend(ids)
        return get_records(lists, kind, ids)

    monkeypatch.setattr(Lists, "get_records", note)
    assert api.get("/task/count")["count"] == len(tasks)
    assert read == []
    assert [item["id"] for item in api.get("/task", assignee="ann")] == [tasks["soon"]]
    assert read == [tasks["soon"]]


def test_tasks_are_found_by_the_name_of_their_process(api: Api, tasks: dict[str, str]) -> None:
    # given: beside tasks of a process without a name
    model = bpmn(line('<userTask id="sign"/>'), key="contracts", attributes='name="Contracts of sale"')
    api.call(
        "POST",
        "/deployment/create",
        data={"contracts": (io.BytesIO(model), "contracts.bpmn")},
        content_type="multipart/form-data",
    )
    instance = api.start("contracts")
    # then
    assert [item["processInstanceId"] for item in api.get("/task", processDefinitionName="Contracts of sale")] == [
        instance
    ]
    assert [item["processInstanceId"] for item in api.get("/task", processDefinitionNameLike="%tracts%")] == [instance]
    assert api.post("/task/count", {"processDefinitionNameLike": "%tracts%"})["count"] == 1
    assert api.get("/task", processDefinitionName="Contracts") == []
