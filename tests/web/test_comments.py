"""Comments on tasks: written, read, changed and deleted; whose they are, and what becomes of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from baton.model.identity import Role
from baton.service import Engine, StoredComment
from baton.store.comments import TooManyComments
from baton.web import WebSettings, create_app
from tests.web.conftest import Api
from tests.web.signed import Signed, use_key, use_person


@pytest.fixture
def task(api: Api) -> dict[str, Any]:
    api.deploy("person")
    api.start("person", "A-1")
    return api.get("/task")[0]


@pytest.fixture
def guarded(engine: Engine, task: dict[str, Any]) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required"))


def write(api: Api, task: dict[str, Any], text: str) -> dict[str, Any]:
    return api.post(f"/task/{task['id']}/comment/create", {"message": text}, 200)


def test_a_comment_is_read_alone_with_its_task_and_with_its_instance(api: Api, task: dict[str, Any]) -> None:
    first, instance = write(api, task, "Call her"), task["processInstanceId"]
    second = write(api, task, "Called: ünterwegs")

    assert first["message"] == "Call her"
    assert (first["taskId"], first["processInstanceId"], first["rootProcessInstanceId"]) == (
        task["id"],
        instance,
        instance,
    )
    assert api.get(f"/task/{task['id']}/comment/{first['id']}") == first
    for path in (f"/task/{task['id']}/comment", f"/process-instance/{instance}/comment"):
        assert sorted(item["id"] for item in api.get(path)) == sorted([first["id"], second["id"]])


def test_a_comment_is_changed_and_deleted_by_its_task_and_by_its_instance(api: Api, task: dict[str, Any]) -> None:
    comment, other = write(api, task, "Call her"), write(api, task, "Other")
    by_task, by_instance = f"/task/{task['id']}/comment", f"/process-instance/{task['processInstanceId']}/comment"

    api.put(by_task, {**comment, "message": "Write to her"}, 204)
    assert api.get(f"{by_task}/{comment['id']}")["message"] == "Write to her"
    api.put(by_instance, {"id": comment["id"], "message": "Visit her"}, 204)
    assert api.get(f"{by_task}/{comment['id']}") == {**comment, "message": "Visit her"}

    api.delete(f"{by_instance}/{comment['id']}", 204)
    api.get(f"{by_task}/{comment['id']}", 404)
    api.delete(f"{by_task}/{other['id']}", 204)
    assert api.get(by_instance) == []
    for path in (by_task, by_instance):
        write(api, task, "Again")
        api.delete(path, 204)
        assert api.get(by_task) == []


def test_comments_stay_when_the_task_is_done_and_can_still_be_written(api: Api, task: dict[str, Any]) -> None:
    api.post(f"/task/{task['id']}/complete", {}, 204)
    assert api.get(f"/task/{task['id']}/comment") == []
    comment = write(api, task, "Too late")
    assert api.get(f"/task/{task['id']}/comment") == [comment]


@pytest.mark.parametrize("message", [None, "", "  ", "x" * 4_001])
def test_a_comment_without_a_text_or_with_one_too_long_is_refused(
    api: Api, task: dict[str, Any], message: str | None
) -> None:
    api.post(f"/task/{task['id']}/comment/create", {"message": message}, 400)
    comment = write(api, task, "x" * 4_000)
    api.put(f"/task/{task['id']}/comment", {"id": comment["id"], "message": message}, 400)
    assert api.get(f"/task/{task['id']}/comment") == [comment]


def test_what_is_not_there_is_said(api: Api, task: dict[str, Any]) -> None:
    never = task["processInstanceId"] + ".999"
    for missing in ("nothing", "0000000000000000-00.4", never, task["processInstanceId"]):
        api.get(f"/task/{missing}/comment", 404)
        api.get(f"/task/{missing}/comment/x", 404)
        api.post(f"/task/{missing}/comment/create", {"message": "a"}, 400)
        api.delete(f"/task/{missing}/comment", 400)
        api.put(f"/task/{missing}/comment", {"id": "x", "message": "a"}, 400)
    api.get("/process-instance/nothing/comment", 404)
    api.delete("/process-instance/nothing/comment", 400)
    api.put(f"/task/{task['id']}/comment", {"id": "x", "message": "a"}, 400)
    api.delete(f"/task/{task['id']}/comment/x", 400)
    api.post(f"/task/{task['id']}/comment/create", {"message": "a", "processInstanceId": "other"}, 400)


def test_a_repeated_request_writes_one_comment(api: Api, task: dict[str, Any]) -> None:
    path, body = f"/task/{task['id']}/comment/create", {"message": "Once"}
    answers = [api.post(path, body, 200, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0] == answers[1]
    assert api.get(f"/task/{task['id']}/comment") == answers[:1]


def make_comment(task: dict[str, Any], number: int) -> StoredComment:
    return StoredComment(
        id=f"c{number}", instance_id=task["processInstanceId"], task_id=task["id"], at=number, text="a"
    )


def try_to_write(engine: Engine, comment: StoredComment) -> bool:
    try:
        return engine.store.comments.add(comment, 1_000)
    except TooManyComments:
        return False


def test_an_instance_has_at_most_a_thousand_comments_however_many_write_at_once(
    api: Api, task: dict[str, Any], engine: Engine
) -> None:
    for number in range(990):
        assert engine.store.comments.add(make_comment(task, number), 1_000)

    written = Barrier(8)

    def write_many(writer: int) -> int:
        written.wait()
        return sum(try_to_write(engine, make_comment(task, 1_000 + 10 * writer + number)) for number in range(5))

    with ThreadPoolExecutor(8) as writers:
        assert sum(writers.map(write_many, range(8))) == 10

    assert len(api.get(f"/task/{task['id']}/comment")) == 1_000
    api.post(f"/task/{task['id']}/comment/create", {"message": "one more"}, 400)


def test_nothing_is_left_of_comments_when_their_instance_is_removed(
    api: Api, task: dict[str, Any], engine: Engine
) -> None:
    write(api, task, "Call her")
    api.delete(f"/process-instance/{task['processInstanceId']}", 204)
    api.delete(f"/history/process-instance/{task['processInstanceId']}", 204)
    assert engine.store.comments.list(task["processInstanceId"]) == []
    api.get(f"/task/{task['id']}/comment", 404)


def test_people_change_what_they_have_written_and_others_only_if_they_may(
    engine: Engine, guarded: Flask, task: dict[str, Any]
) -> None:
    anna, bert = (use_person(guarded, engine, name, Role.TASK_USER) for name in ("anna", "bert"))
    root = use_key(guarded, engine, Role.ADMINISTRATOR)
    path = f"/task/{task['id']}/comment"

    def say(who: Signed) -> dict[str, Any]:
        return who.ask("POST", f"{path}/create", {"message": "mine"}).json

    comment = say(anna)
    assert comment["userId"] == "anna"
    assert [item["userId"] for item in bert.ask("GET", path).json] == ["anna"]
    changed = {"id": comment["id"], "message": "his"}
    assert bert.ask("PUT", path, changed).status_code == 403
    assert bert.ask("DELETE", f"{path}/{comment['id']}").status_code == 403
    assert bert.ask("DELETE", path).status_code == 403
    assert anna.ask("PUT", path, {"id": comment["id"], "message": "still mine"}).status_code == 204
    assert root.ask("PUT", path, changed).status_code == 204
    assert bert.ask("GET", path).json == [{**comment, "message": "his"}]
    assert anna.ask("DELETE", f"{path}/{comment['id']}").status_code == 204
    say(bert)
    assert root.ask("DELETE", path).status_code == 204


def test_who_may_only_look_writes_no_comments(engine: Engine, guarded: Flask, task: dict[str, Any]) -> None:
    viewer = use_key(guarded, engine, Role.VIEWER)
    path = f"/task/{task['id']}/comment"
    assert viewer.ask("GET", path).status_code == 200
    assert viewer.ask("POST", f"{path}/create", {"message": "a"}).status_code == 403
    assert viewer.ask("DELETE", f"/process-instance/{task['processInstanceId']}/comment").status_code == 403
