"""``lastUpdated`` and ``taskState`` of tasks: set by each change of a task, also of what is kept beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from baton.service import Engine
from baton.store import keys, task_keys
from baton.store.operations import apply_ops
from tests.service.conftest import Clock
from tests.web.conftest import Api


@pytest.fixture
def task(api: Api) -> str:
    api.deploy("person")
    api.start("person", "A-1")
    return str(api.get("/task")[0]["id"])


def attach(api: Api, task: str) -> None:
    form = {"attachment-name": "Contract", "url": "https://example.org/a"}
    path = f"/task/{task}/attachment/create"
    api.call("POST", path, data=form, content_type="multipart/form-data")


def test_a_task_says_when_it_was_last_changed_and_its_state(clock: Clock, api: Api, task: str) -> None:
    created = api.get(f"/task/{task}")
    assert (created["lastUpdated"], created["taskState"]) == (None, "Created")

    clock.forward(60_000)
    api.post(f"/task/{task}/claim", {"userId": "ann"}, 204)

    claimed = api.get(f"/task/{task}")
    assert claimed["taskState"] == "Updated"
    assert claimed["lastUpdated"] > claimed["created"] == created["created"]
    assert api.get("/task") == [claimed]

    # Nothing is different afterwards.
    clock.forward(60_000)
    api.post(f"/task/{task}/claim", {"userId": "ann"}, 204)
    instance = claimed["processInstanceId"]
    api.put(f"/process-instance/{instance}/suspended", {"suspended": True}, 204)
    api.put(f"/process-instance/{instance}/suspended", {"suspended": False}, 204)
    api.put(f"/task/{task}/variables/outer", {"value": 1}, 204)
    assert api.get(f"/task/{task}") == claimed


CHANGES: dict[str, Callable[[Api, str], object]] = {
    "a field": lambda api, task: api.put(f"/task/{task}", {"name": "New"}, 204),
    "a due date": lambda api, task: api.put(f"/task/{task}", {"due": "2030-01-01T00:00:00.000+0000"}, 204),
    "a person": lambda api, task: api.post(f"/task/{task}/assignee", {"userId": "ann"}, 204),
    "a candidate": lambda api, task: api.post(
        f"/task/{task}/identity-links", {"userId": "ann", "type": "candidate"}, 204
    ),
    "a variable of its own": lambda api, task: api.put(f"/task/{task}/localVariables/n", {"value": 1}, 204),
    "a variable that is gone": lambda api, task: api.delete(f"/task/{task}/localVariables/there", 204),
    "a variable of its own that is seen": lambda api, task: api.put(f"/task/{task}/variables/there", {"value": 2}, 204),
    "a comment": lambda api, task: api.post(f"/task/{task}/comment/create", {"message": "I am at it"}),
    "a comment that is gone": lambda api, task: api.delete(
        f"/task/{task}/comment/{api.get(f'/task/{task}/comment')[0]['id']}", 204
    ),
    "an attachment": attach,
    "an attachment that is gone": lambda api, task: api.delete(
        f"/task/{task}/attachment/{api.get(f'/task/{task}/attachment')[0]['id']}", 204
    ),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("standalone", [False, True])
def test_each_change_of_a_task_is_its_last(clock: Clock, api: Api, task: str, what: str, standalone: bool) -> None:
    if standalone:
        task = "by-hand"
        api.post("/task/create", {"id": task, "name": "Old"}, 204)
    api.put(f"/task/{task}/localVariables/there", {"value": 1}, 204)
    api.post(f"/task/{task}/comment/create", {"message": "first"})
    attach(api, task)
    before = api.get(f"/task/{task}")["lastUpdated"]

    clock.forward(60_000)
    CHANGES[what](api, task)

    assert api.get(f"/task/{task}")["lastUpdated"] > before


def test_tasks_are_found_and_sorted_by_their_last_change(clock: Clock, api: Api, task: str) -> None:
    clock.forward(60_000)
    newer = str(api.get("/task", processInstanceId=api.start("person", "A-2"))[0]["id"])

    def list_by_change() -> list[str]:
        return [item["id"] for item in api.get("/task", sortBy="lastUpdated", sortOrder="asc")]

    assert list_by_change() == [task, newer]
    between = api.get(f"/task/{task}")["created"]

    assert [item["id"] for item in api.get("/task", updatedAfter=between)] == [newer]

    clock.forward(60_000)
    api.post(f"/task/{task}/assignee", {"userId": "ann"}, 204)
    assert list_by_change() == [newer, task]
    assert api.get("/task/count", updatedAfter=between)["count"] == 2
    assert api.get("/task/count", updatedAfter=between, assignee="ann")["count"] == 1
    assert api.post("/task/count", {"updatedAfter": api.get(f"/task/{newer}")["created"]})["count"] == 1
    assert api.post("/task", {"orQueries": [{"updatedAfter": between, "name": "?"}]}) == api.get("/task")


@pytest.mark.parametrize("end", ["complete", "cancel", "earlier release"])
def test_nothing_is_left_of_a_task_that_has_ended(engine: Engine, api: Api, task: str, end: str) -> None:
    api.post(f"/task/{task}/claim", {"userId": "ann"}, 204)
    changes = engine.store.task_changes
    assert list(changes.read([task])) == [task]

    if end == "cancel":
        api.delete(f"/process-instance/{task.partition('.')[0]}", 204)
    else:
        api.post(f"/task/{task}/complete", {}, 204)
    if end == "earlier release":
        name = task_keys.name_changed_tasks(keys.find_tag(task))
        apply_ops(engine.store.backend, name, [["ZADD", name, "1", task]])
        assert api.get("/task", updatedAfter="2000-01-01T00:00:00.000+0000") == []
        assert changes.remove_strays() == 1

    assert changes.read([task]) == {}
    assert changes.remove_strays() == 0
