"""``forget``: nothing of a person is left in the store, and the audit's chain is whole."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from baton.model.commands import SetVariables
from baton.model.identity import Role, User
from baton.service import Engine, Settings, assemble
from baton.store import codec, keys
from baton.web import WebSettings, create_app
from tests.web import diagrams
from tests.web.conftest import Api

KEY, CANARY = "person-müller", "canary-anna"
PASSWORD = "correct horse battery"


@pytest.fixture
def guarded(engine: Engine) -> Flask:
    engine.accounts.create_user(User(id="root", roles=(Role.ADMINISTRATOR,)), PASSWORD)
    return create_app(engine, WebSettings(hosts=None, sign_in="required"))


@pytest.fixture
def root(guarded: Flask) -> FlaskClient:
    client = guarded.test_client()
    assert client.post("/engine-rest/sign-in", json={"id": "root", "password": PASSWORD}).status_code == 200
    data = {"deployment-name": "d", "work.bpmn": (io.BytesIO(diagrams.BY_NAME["work"].encode()), "work.bpmn")}
    assert client.post("/engine-rest/deployment/create", data=data).status_code == 200
    return client


def start(client: FlaskClient) -> str:
    body = {"businessKey": KEY, "variables": {"customer": {"value": CANARY}}, "withVariablesInReturn": True}
    answer = client.post(
        "/engine-rest/process-definition/key/work/start", json=body, headers={"Idempotency-Key": "the-first"}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json["id"])  # type: ignore[index]


def end(client: FlaskClient, instance_id: str) -> None:
    assert client.delete(f"/engine-rest/process-instance/{instance_id}").status_code == 204


def find_in_store(engine: Engine, word: str) -> list[str]:
    """The names of keys that hold the word, in whatever form."""
    forms = (word, json.dumps(word)[1:-1], repr(word.encode())[2:-1])
    return sorted({name for name, blob in read_store(engine) if any(form in name + show(blob) for form in forms)})


def show(blob: bytes) -> str:
    try:
        return str(codec.decode(blob))
    except codec.Damaged:
        return blob.decode(errors="replace")


def read_store(engine: Engine) -> Iterator[tuple[str, bytes]]:
    backend = engine.store.backend
    ((_, names),) = backend.read([("SCAN", "0", "COUNT", 100_000)])
    for name in names:
        (kind,) = backend.read([("TYPE", name)])
        reading: dict[bytes, tuple[Any, ...]] = {
            b"string": ("GET", name),
            b"hash": ("HGETALL", name),
            b"list": ("LRANGE", name, 0, -1),
            b"zset": ("ZRANGE", name, 0, -1),
            b"set": ("SMEMBERS", name),
            b"stream": ("XRANGE", name, "-", "+"),
        }
        yield from ((name.decode(), blob) for blob in flatten(backend.read([reading[kind]])))


def flatten(found: Any) -> Iterator[bytes]:
    if isinstance(found, (list, tuple)):
        for item in found:
            yield from flatten(item)
    elif isinstance(found, bytes):
        yield found


def test_nothing_of_the_person_is_left_and_the_audit_is_whole(root: FlaskClient, engine: Engine) -> None:
    instance_id = start(root)
    message = {"messageName": "Paid", "businessKey": KEY, "timeToLive": 3_600_000}
    message["processVariables"] = {"customer": {"value": CANARY}}
    assert root.post("/engine-rest/message", json=message).status_code in (200, 204)
    body = {"modifications": {"street": {"value": CANARY}}}
    assert root.post(f"/engine-rest/process-instance/{instance_id}/variables", json=body).status_code == 204
    end(root, instance_id)
    assert len(find_in_store(engine, CANARY)) > 4

    answer: Any = root.post("/engine-rest/forget", json={"businessKey": KEY})

    assert answer.status_code == 200, answer.text
    assert answer.json["processInstanceIds"] == [instance_id]
    assert answer.json["messages"] == 1
    assert answer.json["answers"] >= 1
    assert find_in_store(engine, CANARY) == []
    assert find_in_store(engine, KEY) == []
    assert engine.verify_audit().damages == ()
    orders: Any = root.get("/engine-rest/audit", query_string={"processInstanceId": instance_id}).json
    assert [(order["actor"], order["after"], order["erased"]) for order in orders] == [("root", None, True)] * 2


def test_a_running_instance_and_one_under_hold_are_refused_and_nothing_is_erased(
    root: FlaskClient, engine: Engine
) -> None:
    instance_id = start(root)
    running: Any = root.post("/engine-rest/forget", json={"businessKey": KEY})
    end(root, instance_id)
    root.put(f"/engine-rest/process-instance/{instance_id}/hold", json={"reason": "a dispute"})
    held: Any = root.post("/engine-rest/forget", json={"businessKey": KEY})

    assert (running.status_code, held.status_code) == (409, 409)
    assert "end them first" in running.json["message"]
    assert "legal hold" in held.json["message"]
    assert engine.instances.get(instance_id).business_key == KEY


def test_drafts_that_hold_the_key_are_named_for_somebody_to_look_at(root: FlaskClient, api: Api) -> None:
    draft = {
        "name": "Test with real data",
        "bpmn": diagrams.BY_NAME["work"] + f"<!-- {KEY} -->",
    }
    api.post("/draft", draft)

    answer: Any = root.post("/engine-rest/forget", json={"businessKey": KEY})

    assert answer.json["drafts"] == ["Test with real data"]


@pytest.fixture
def sealed(valkey: str, tmp_path: Path) -> Iterator[Engine]:
    """With encryption keys, and a sink that wants everything and takes nothing."""
    (tmp_path / "sinks.toml").write_text(
        '[[sink]]\nname = "bus"\nkind = "valkey"\nurl = "redis://127.0.0.1:1/0"\nlife_cycle = true\n'
    )
    engine = assemble(
        Settings(
            redis_url=valkey,
            partitions=2,
            encryption_keys="1:" + b64encode(b"k" * 32).decode(),
            sinks_file=tmp_path / "sinks.toml",
        )
    )
    yield engine
    engine.close()


def test_dead_letters_what_sinks_do_not_have_and_sealed_answers_go_too(sealed: Engine) -> None:
    api = Api(create_app(sealed, WebSettings(hosts=None)).test_client())
    api.deploy("work", "waiting")
    mine = api.start("work", KEY)
    other = api.start("work", "another")
    sealed.mailbox.submit(mine, SetVariables(set={"customer": CANARY}), command_id="c1")
    about = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "Paid", "data": {"customer": KEY}}
    sealed.dead_letters.add("out", "bus", about, "no")
    sealed.dead_letters.add("in", "shop", {**about, "id": "e2", "data": {}}, f"no instance {mine}")
    kept = sealed.dead_letters.add("in", "shop", {**about, "id": "e3", "data": {}}, "no")
    api.delete(f"/process-instance/{mine}", 204)
    captured = sealed.store.captured.count()

    found = api.post("/forget", {"businessKey": KEY})

    assert (found["deadLetters"], found["answers"] >= 1) == (2, True)
    assert found["unsent"] == captured - sealed.store.captured.count() > 0
    assert [letter["id"] for letter in api.get("/dead-letter")] == [kept]
    turns = sealed.store.captured.wait({}, 1)
    assert {turn.header.id for turn in turns} == {other}
    names = sealed.store.backend.read([("KEYS", "*:a:*")])[0]
    assert keys.name_answer(mine, "c1").encode() not in names
