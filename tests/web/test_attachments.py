"""Attachments of tasks: files and addresses; whose they are, and what becomes of them."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from baton.model.identity import Role
from baton.service import Engine, Settings, StoredAttachment, assemble
from baton.store import task_keys
from baton.store.attachments import TooManyAttachments
from baton.web import WebSettings, create_app
from tests.service.fixtures.record import KEY
from tests.web.conftest import Api
from tests.web.signed import use_key, use_person

NAMES: dict[str, Any] = {"attachment-name": "Contract", "attachment-description": "signed", "attachment-type": "pdf"}
CONTENT = b"%PDF\x00\xff"


@pytest.fixture
def task(api: Api) -> dict[str, Any]:
    api.deploy("person")
    api.start("person")
    return api.get("/task")[0]


@pytest.fixture
def guarded(engine: Engine) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required"))


def attach(api: Api, task: dict[str, Any], expect: int = 200, **parts: Any) -> Any:
    path = f"/task/{task['id']}/attachment/create"
    return api.call("POST", path, expect, data=parts, content_type="multipart/form-data")


def make_file(content: bytes = CONTENT, name: str = "contract.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def read(api: Api, task: dict[str, Any], attachment: dict[str, Any]) -> Any:
    return api.client.get(f"/engine-rest/task/{task['id']}/attachment/{attachment['id']}/data")


def test_a_file_is_attached_listed_read_and_deleted(api: Api, task: dict[str, Any]) -> None:
    made = attach(api, task, content=make_file(), **NAMES)
    path = f"/task/{task['id']}/attachment"
    assert (made["name"], made["description"], made["type"], made["url"]) == ("Contract", "signed", "pdf", None)
    assert (made["taskId"], made["rootProcessInstanceId"], made["size"]) == (task["id"], task["processInstanceId"], 6)
    assert made["links"][0]["href"].endswith(f"{path}/{made['id']}")
    assert api.get(f"{path}/{made['id']}") == made
    other = attach(api, task, content=make_file(b"", "empty.txt"))
    assert sorted(item["name"] for item in api.get(path)) == ["Contract", "empty.txt"]

    answer = read(api, task, made)
    assert answer.data == CONTENT
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert read(api, task, other).data == b""

    api.delete(f"{path}/{made['id']}", 204)
    api.get(f"{path}/{made['id']}", 404)
    assert read(api, task, made).status_code == 404
    api.delete(f"{path}/{made['id']}", 404)


def test_an_address_is_attached_and_has_no_content(api: Api, task: dict[str, Any]) -> None:
    made = attach(api, task, url="https://example.org/contract", **NAMES)
    assert (made["url"], made["size"]) == ("https://example.org/contract", None)
    assert read(api, task, made).status_code == 404


def test_attachments_stay_when_the_task_is_done(api: Api, task: dict[str, Any]) -> None:
    api.post(f"/task/{task['id']}/complete", {}, 204)
    assert api.get(f"/task/{task['id']}/attachment") == []
    made = attach(api, task, content=make_file())
    assert api.get(f"/task/{task['id']}/attachment") == [made]


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"attachment-name": "n"},
        {"url": "javascript:alert(1)"},
        {"url": "data:text/html,x"},
        {"url": "https://example.org/" + "x" * 4_000},
        {"url": "https://example.org", "attachment-name": "x" * 4_001},
    ],
)
def test_what_cannot_be_attached_is_refused(api: Api, task: dict[str, Any], parts: dict[str, str]) -> None:
    attach(api, task, 400, **parts)
    attach(api, task, 400, url="https://example.org", content=make_file())
    assert api.get(f"/task/{task['id']}/attachment") == []


def test_what_is_not_there_is_said(api: Api, task: dict[str, Any]) -> None:
    for missing in ("nothing", "0000000000000000-00.4", task["processInstanceId"] + ".999"):
        api.get(f"/task/{missing}/attachment", 404)
        api.get(f"/task/{missing}/attachment/x", 404)
        api.get(f"/task/{missing}/attachment/x/data", 404)
        api.delete(f"/task/{missing}/attachment/x", 404)
        attach(api, {"id": missing}, 400, content=make_file())


def test_files_have_a_largest_size(valkey: str) -> None:
    engine = assemble(Settings(redis_url=valkey, partitions=4, max_attachment_bytes=5))
    api = Api(create_app(engine, WebSettings(hosts=None)).test_client(), engine)
    api.deploy("person")
    api.start("person")
    task = api.get("/task")[0]
    assert "BATON_MAX_ATTACHMENT_BYTES" in attach(api, task, 400, content=make_file())["message"]
    attach(api, task, content=make_file(CONTENT[:5]))
    engine.close()


def test_nothing_is_attached_when_the_store_is_full(valkey: str) -> None:
    engine = assemble(Settings(redis_url=valkey, partitions=4))
    api = Api(create_app(engine, WebSettings(hosts=None)).test_client(), engine)
    api.deploy("person")
    api.start("person")
    task = api.get("/task")[0]
    engine.close()

    full = assemble(Settings(redis_url=valkey, partitions=4, max_memory_share=1e-9))
    api = Api(create_app(full, WebSettings(hosts=None)).test_client(), full)
    assert "BATON_MAX_MEMORY_SHARE" in attach(api, task, 503, content=make_file())["message"]
    assert api.get(f"/task/{task['id']}/attachment") == []
    full.close()


def test_an_instance_has_at_most_a_hundred_attachments_however_many_attach_at_once(
    api: Api, task: dict[str, Any], engine: Engine
) -> None:
    instance = task["processInstanceId"]

    def add(number: int) -> bool:
        made = StoredAttachment(id=f"a{number}", instance_id=instance, task_id=task["id"], at=number, url="https://a")
        try:
            return engine.store.attachments.add(made, None, 100)
        except TooManyAttachments:
            return False

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(add, range(130))) == 100
    assert len(api.get(f"/task/{task['id']}/attachment")) == 100
    attach(api, task, 400, url="https://example.org")


def test_a_repeated_request_attaches_once(api: Api, task: dict[str, Any]) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="url"\r\n\r\nhttps://example.org\r\n--b--\r\n'
    headers = {"Idempotency-Key": "k", "Content-Type": "multipart/form-data; boundary=b"}
    path = f"/task/{task['id']}/attachment"
    answers = [api.call("POST", f"{path}/create", 200, data=part, headers=headers) for _ in range(2)]
    assert answers[0] == answers[1]
    assert api.get(path) == answers[:1]


def test_nothing_is_left_when_the_instance_is_removed(api: Api, task: dict[str, Any], engine: Engine) -> None:
    attach(api, task, content=make_file())
    instance = task["processInstanceId"]
    api.delete(f"/process-instance/{instance}", 204)
    api.delete(f"/history/process-instance/{instance}", 204)
    names = [task_keys.name_attachments(instance), task_keys.name_attachment_contents(instance)]
    assert engine.store.backend.read([("EXISTS", name) for name in names]) == [0, 0]
    api.get(f"/task/{task['id']}/attachment", 404)


def test_files_are_sealed(valkey: str) -> None:
    engine = assemble(Settings(redis_url=valkey, partitions=4, encryption_keys=KEY))
    api = Api(create_app(engine, WebSettings(hosts=None)).test_client(), engine)
    api.deploy("person")
    api.start("person")
    task = api.get("/task")[0]
    made = attach(api, task, content=make_file(b"very secret", "secret name"))
    assert read(api, task, made).data == b"very secret"
    instance = task["processInstanceId"]
    for name in (task_keys.name_attachments(instance), task_keys.name_attachment_contents(instance)):
        (stored,) = engine.store.backend.read([("HGET", name, made["id"])])
        assert b"secret" not in stored
    engine.close()


def test_people_delete_what_they_have_attached_and_that_of_others_only_if_they_may(
    engine: Engine,
    api: Api,
    guarded: Flask,
    task: dict[str, Any],
) -> None:
    anna, bert = (use_person(guarded, engine, name, Role.TASK_USER) for name in ("anna", "bert"))
    root, viewer = use_key(guarded, engine, Role.ADMINISTRATOR), use_key(guarded, engine, Role.VIEWER)
    made = [attach(api, task, url="https://example.org")]
    path = f"/task/{task['id']}/attachment"
    stored = StoredAttachment(
        id="annas", instance_id=task["processInstanceId"], task_id=task["id"], at=1, url="https://a", by="anna"
    )
    assert engine.store.attachments.add(stored, None, 100)

    assert viewer.ask("GET", path).status_code == 200
    assert viewer.ask("DELETE", f"{path}/annas").status_code == 403
    assert bert.ask("DELETE", f"{path}/annas").status_code == 403
    assert anna.ask("DELETE", f"{path}/{made[0]['id']}").status_code == 403
    assert anna.ask("DELETE", f"{path}/annas").status_code == 204
    assert root.ask("DELETE", f"{path}/{made[0]['id']}").status_code == 204
