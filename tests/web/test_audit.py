"""What requests leave in the audit, and who may read it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from baton.model.identity import Role, User
from baton.service import Engine
from baton.web import WebSettings, create_app
from tests.web.conftest import Api

PASSWORD = "correct horse battery"


@pytest.fixture
def guarded(engine: Engine) -> Flask:
    engine.accounts.create_user(User(id="root", roles=(Role.ADMINISTRATOR,)), PASSWORD)
    return create_app(engine, WebSettings(hosts=None, sign_in="required"))


@pytest.fixture
def root(guarded: Flask) -> FlaskClient:
    client = guarded.test_client()
    assert client.post("/engine-rest/sign-in", json={"id": "root", "password": PASSWORD}).status_code == 200
    return client


def read(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/engine-rest/audit", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[return-value]


def test_a_change_of_permissions_is_there_with_who_and_before_and_after(root: FlaskClient, engine: Engine) -> None:
    engine.accounts.create_user(User(id="ben", roles=(Role.VIEWER,)), PASSWORD)
    root.put("/engine-rest/user/ben/roles", json={"roles": ["operator"]}, environ_base={"REMOTE_ADDR": "10.1.2.3"})

    (entry,) = read(root, action="put_user_id_roles")

    assert (entry["actorKind"], entry["actor"], entry["address"]) == ("person", "root", "10.1.2.3")
    assert (entry["target"], entry["outcome"]) == ("/user/ben/roles", "ordered")
    assert entry["before"]["roles"] == ["viewer"]
    assert entry["after"] == {"body": {"roles": ["operator"]}}


def test_signing_in_is_there_and_so_is_a_wrong_password(root: FlaskClient, guarded: Flask) -> None:
    guarded.test_client().post("/engine-rest/sign-in", json={"id": "root", "password": "something else"})

    refused, ordered = read(root, action="post_sign_in")

    assert (ordered["actor"], ordered["outcome"]) == ("root", "ordered")
    assert (refused["actor"], refused["outcome"]) == ("root", "refused")
    assert "something else" not in json.dumps(refused)


def test_passwords_are_in_no_entry(root: FlaskClient) -> None:
    body = {"profile": {"id": "ben"}, "credentials": {"password": "a secret of ben"}}
    assert root.post("/engine-rest/user/create", json=body).status_code == 204

    (entry,) = read(root, action="post_user_create")

    assert entry["after"]["body"]["profile"] == {"id": "ben"}
    assert "a secret of ben" not in json.dumps(entry)


def test_what_somebody_may_not_do_is_there(root: FlaskClient, guarded: Flask, engine: Engine) -> None:
    key, _ = engine.accounts.create_key("billing", [Role.VIEWER])
    headers = {"Authorization": f"Bearer {key}"}
    assert guarded.test_client().delete("/engine-rest/user/root", headers=headers).status_code == 403
    assert guarded.test_client().get("/engine-rest/audit", headers=headers).status_code == 403

    reading, deleting = read(root, actor="billing")

    assert (deleting["actorKind"], deleting["action"], deleting["outcome"]) == ("key", "delete_user_id", "refused")
    assert "identity:update" in deleting["reason"]
    assert reading["action"] == "get_audit"


def test_what_came_to_nothing_is_there_twice_and_the_second_names_the_first(root: FlaskClient) -> None:
    assert root.delete("/engine-rest/user/nobody").status_code == 404

    refused, ordered = read(root, target="/user/nobody")

    assert ordered["outcome"] == "ordered"
    assert (refused["outcome"], refused["follows"]) == ("refused", ordered["id"])
    assert "nobody" in refused["reason"]


def test_the_entry_is_there_before_the_change_is_made(
    api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise SystemExit("the process dies")

    api.deploy("work")
    instance_id = api.start("work")
    monkeypatch.setattr(engine.mailbox, "submit", die)
    with pytest.raises(SystemExit):
        api.delete(f"/process-instance/{instance_id}")

    (entry,) = api.get("/audit", processInstanceId=instance_id)
    assert (entry["action"], entry["before"]["state"]) == ("delete_process_instance_id", "active")


def test_workers_and_starts_of_programs_are_told_by_the_history(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    api.complete(task)

    assert [entry["action"] for entry in api.get("/audit")] == ["post_deployment_create"]


def test_a_start_by_a_person_is_there(root: FlaskClient, guarded: Flask, api: Api) -> None:
    api.deploy("work")
    assert root.post("/engine-rest/process-definition/key/work/start", json={"businessKey": "o-7"}).status_code == 200

    (entry,) = read(root, actor="root", action="post_process_definition_key_key_start")
    assert entry["after"] == {"body": {"businessKey": "o-7"}}


def test_what_is_the_id_of_no_instance_has_no_entries(api: Api) -> None:
    assert api.get("/audit", processInstanceId="no-such-instance") == []


def test_pages_of_the_audit_follow_each_other(root: FlaskClient) -> None:
    for number in range(5):
        root.post("/engine-rest/group/create", json={"id": f"g{number}"})

    pages = [read(root, action="post_group_create", firstResult=first, maxResults=2) for first in (0, 2, 4)]

    ids = [entry["after"]["body"]["id"] for page in pages for entry in page]
    assert sorted(ids, reverse=True) == ["g4", "g3", "g2", "g1", "g0"]
    assert [len(page) for page in pages] == [2, 2, 1]


def test_the_export_has_an_entry_in_each_line(root: FlaskClient) -> None:
    root.post("/engine-rest/group/create", json={"id": "night"})
    answer = root.get("/engine-rest/audit/export")

    assert answer.mimetype == "application/x-ndjson"
    assert {"post_group_create", "post_sign_in"} == {json.loads(line)["action"] for line in answer.text.splitlines()}


def test_the_evidence_of_an_instance_has_history_ledger_audit_and_proof(api: Api) -> None:
    api.deploy("work")
    instance_id = api.start("work")
    api.put(f"/process-instance/{instance_id}/hold", {"reason": "a dispute"}, 204)
    api.put(f"/process-instance/{instance_id}/suspended", {"suspended": True}, 204)

    evidence = api.get(f"/process-instance/{instance_id}/evidence")

    assert evidence["header"]["id"] == instance_id
    assert [event["type"] for event in evidence["history"]][-1] == "InstanceSuspended"
    assert [entry["action"] for entry in evidence["audit"]] == [
        "put_process_instance_id_hold",
        "put_process_instance_id_suspended",
    ]
    assert evidence["ledger"] == []
    assert evidence["hold"]["reason"] == "a dispute"
    assert evidence["proof"]["whole"] is True


def test_an_instance_under_hold_is_not_deleted_until_it_is_released(api: Api) -> None:
    api.deploy("work")
    instance_id = api.start("work")
    api.put(f"/process-instance/{instance_id}/hold", {}, 204)
    api.delete(f"/process-instance/{instance_id}", 204)

    assert "legal hold" in api.delete(f"/history/process-instance/{instance_id}", 409)["message"]
    assert [hold["processInstanceId"] for hold in api.get("/hold")] == [instance_id]
    api.delete(f"/process-instance/{instance_id}/hold", 204)
    api.delete(f"/history/process-instance/{instance_id}", 204)
    api.delete(f"/process-instance/{instance_id}/hold", 409)


def list_causes(api: Api, instance_id: str) -> dict[str, str]:
    """Types of events -> who has caused them."""
    events = api.get(f"/process-instance/{instance_id}/history")
    return {event["type"]: event["data"]["by"] for event in events if "by" in event["data"]}


def test_the_history_names_the_key_of_a_worker_and_the_person_who_cancels(
    root: FlaskClient, guarded: Flask, engine: Engine, api: Api
) -> None:
    api.deploy("work")
    instance_id = api.start("work")
    secret, _ = engine.accounts.create_key("charger", [Role.WORKER])
    worker = guarded.test_client()
    headers = {"Authorization": f"Bearer {secret}"}
    (task,) = api.fetch()

    done = worker.post(
        f"/engine-rest/external-task/{task['id']}/failure",
        json={"workerId": "w1", "errorMessage": "no", "retries": 0},
        headers=headers,
    )
    assert done.status_code == 204, done.text
    assert root.delete(f"/engine-rest/process-instance/{instance_id}").status_code == 204

    causes = list_causes(api, instance_id)
    assert (causes["ExternalTaskFailed"], causes["InstanceEnded"]) == ("charger", "root")


def test_each_of_many_completions_in_one_request_names_its_key(guarded: Flask, engine: Engine, api: Api) -> None:
    api.deploy("work")
    instance_id = api.start("work")
    secret, _ = engine.accounts.create_key("charger", [Role.WORKER])
    (task,) = api.fetch()

    done = guarded.test_client().post(
        "/engine-rest/external-task/complete",
        json={"workerId": "w1", "tasks": [{"id": task["id"], "variables": {"paid": {"value": True}}}]},
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert done.status_code == 200, done.text
    causes = list_causes(api, instance_id)
    assert [causes[event] for event in ("ExternalTaskCompleted", "VariablesChanged")] == ["charger"] * 2


def test_nobody_is_named_where_nobody_has_to_sign_in(engine: Engine, api: Api) -> None:
    open_api = Api(create_app(engine, WebSettings(hosts=None)).test_client())
    open_api.deploy("work")
    instance_id = open_api.start("work")
    (task,) = open_api.fetch()
    open_api.complete(task)

    assert list_causes(open_api, instance_id) == {}
