"""Rollback, skip and mark-undone take effect when a second person has approved them, where that is asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from baton.model.identity import Role, User
from baton.service import Engine, Settings, assemble
from baton.settings import WrongSetting
from baton.web import WebSettings, create_app
from tests.web.conftest import Api
from tests.web.diagrams import HEAD, flow

PASSWORD = "correct horse battery"
STEPS = (
    """<bpmn:startEvent id="Start"/>
    <bpmn:serviceTask id="Book" camunda:type="external" camunda:topic="book"/>
    <bpmn:boundaryEvent id="Undo" attachedToRef="Book"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>
    <bpmn:serviceTask id="Free" isForCompensation="true" camunda:type="external" camunda:topic="free"/>
    <bpmn:association id="a" associationDirection="One" sourceRef="Undo" targetRef="Free"/>
    <bpmn:serviceTask id="Pay" camunda:type="external" camunda:topic="pay"/><bpmn:endEvent id="End"/>"""
    + flow(1, "Start", "Book")
    + flow(2, "Book", "Pay")
    + flow(3, "Pay", "End")
)
Client = Callable[[str], FlaskClient]


def make_process(key: str, asks: str = "") -> str:
    mark = (
        f'<bpmn:extensionElements><camunda:properties><camunda:property name="baton:secondPerson" value="{asks}"/>'
        "</camunda:properties></bpmn:extensionElements>"
    )
    opening = f'<bpmn:process id="{key}" isExecutable="true" camunda:historyTimeToLive="30">'
    return f"{HEAD}{opening}{mark if asks else ''}{STEPS}</bpmn:process></bpmn:definitions>"


@pytest.fixture
def engine(valkey: str) -> Iterator[Engine]:
    engine = assemble(Settings(redis_url=valkey, partitions=1, second_person="rollback"))
    yield engine
    engine.close()


@pytest.fixture
def guarded(engine: Engine) -> Flask:
    for name in ("anna", "ben"):
        engine.accounts.create_user(User(id=name, roles=(Role.OPERATOR,)), PASSWORD)
    engine.accounts.create_user(User(id="root", roles=(Role.ADMINISTRATOR,)), PASSWORD)
    return create_app(engine, WebSettings(hosts=None, sign_in="required"))


@pytest.fixture
def sign_in(guarded: Flask) -> Client:
    def sign_in(name: str) -> FlaskClient:
        client = guarded.test_client()
        assert client.post("/engine-rest/sign-in", json={"id": name, "password": PASSWORD}).status_code == 200
        return client

    return sign_in


def start(api: Api, key: str = "booking", asks: str = "") -> str:
    """An instance that has booked, and waits for the payment."""
    data = {"deployment-name": key, "b.bpmn": (io.BytesIO(make_process(key, asks).encode()), "b.bpmn")}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    instance_id = api.start(key)
    (task,) = api.fetch("book")
    api.complete(task)
    return instance_id


def post(client: FlaskClient, instance_id: str, path: str, **body: Any) -> Any:
    return client.post(f"/engine-rest/process-instance/{instance_id}/{path}", json=body)


def list_types(api: Api, instance_id: str) -> list[str]:
    return [event["type"] for event in api.get(f"/process-instance/{instance_id}/history")]


def test_a_rollback_waits_for_another_person_and_is_done_in_the_names_of_both(
    sign_in: Client, engine: Engine, api: Api
) -> None:
    instance_id, anna, ben = start(api), sign_in("anna"), sign_in("ben")

    asked = post(anna, instance_id, "rollback", to="Book")
    assert (asked.status_code, asked.json["by"], asked.json["order"]) == (202, "anna", {"to": "Book"})
    assert "CompensationStarted" not in list_types(api, instance_id)
    (waiting,) = ben.get("/engine-rest/approval").json  # type: ignore[union-attr]
    assert (waiting["processInstanceId"], waiting["own"], asked.json["own"]) == (instance_id, False, True)
    assert waiting["processDefinitionId"].startswith("booking:")

    assert post(ben, instance_id, "approval/approve").status_code == 204
    events = api.get(f"/process-instance/{instance_id}/history")
    assert next(it for it in events if it["type"] == "CompensationStarted")["data"]["by"] == "ben"
    assert ben.get("/engine-rest/approval").json == []
    actions = [entry.entry.event.action for entry in engine.audit.list_of_instance(instance_id)]
    assert actions[-2:] == ["post_process_instance_id_rollback", "post_process_instance_id_approval_approve"]


def test_who_has_asked_cannot_approve_also_not_by_a_key(
    guarded: Flask, sign_in: Client, engine: Engine, api: Api
) -> None:
    instance_id, root = start(api), sign_in("root")
    made = root.post("/engine-rest/api-key/create", json={"name": "mine", "roles": ["operator"]})
    key = guarded.test_client()
    key.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {made.json['key']}"  # type: ignore[index]
    assert post(root, instance_id, "rollback", to="Book").status_code == 202

    for client in (root, key):
        (waiting,) = client.get("/engine-rest/approval").json  # type: ignore[union-attr]
        assert waiting["own"], "a key stands for the person who has made it"
        refused = post(client, instance_id, "approval/approve")
        assert refused.status_code == 403
        assert "another person than 'root'" in refused.json["message"]
    assert "CompensationStarted" not in list_types(api, instance_id)


def test_a_list_of_many_requests_reads_the_store_as_often_as_one_of_one(
    sign_in: Client, engine: Engine, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, read, reads = sign_in("anna"), engine.store.backend.read, list[int]()

    def count_reads() -> int:
        reads.clear()
        with monkeypatch.context() as patched:
            patched.setattr(engine.store.backend, "read", lambda commands: (reads.append(1), read(commands))[1])
            anna.get("/engine-rest/approval")
        return len(reads)

    first = start(api)
    post(anna, first, "rollback", to="Book")
    count_reads()
    one = count_reads()
    for number in range(4):
        post(anna, start(api, f"booking-{number}"), "rollback", to="Book")
    count_reads()

    assert count_reads() == one
    assert len(anna.get("/engine-rest/approval").json) == 5  # type: ignore[arg-type]


def test_what_waits_is_counted_and_read_page_by_page_the_oldest_first(sign_in: Client, api: Api) -> None:
    anna = sign_in("anna")
    asked = [start(api, f"booking-{number}") for number in range(5)]
    for instance_id in asked:
        post(anna, instance_id, "rollback", to="Book")

    assert anna.get("/engine-rest/approval/count").json == {"count": 5}
    pages = [anna.get(f"/engine-rest/approval?firstResult={first}&maxResults=2").json for first in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]  # type: ignore[arg-type]
    assert [it["processInstanceId"] for page in pages for it in page] == asked  # type: ignore[union-attr]
    assert anna.get("/engine-rest/approval?maxResults=-1").status_code == 400


def test_a_page_of_what_waits_has_a_largest_size(engine: Engine, sign_in: Client, api: Api) -> None:
    anna = sign_in("anna")
    for number in range(3):
        post(anna, start(api, f"booking-{number}"), "rollback", to="Book")

    small = create_app(engine, WebSettings(hosts=None, max_results=2)).test_client()

    assert len(small.get("/engine-rest/approval?maxResults=1000").json) == 2  # type: ignore[arg-type]


def test_what_is_refused_is_not_done(sign_in: Client, api: Api) -> None:
    instance_id, anna, ben = start(api), sign_in("anna"), sign_in("ben")
    post(anna, instance_id, "rollback", to="Book")

    assert post(ben, instance_id, "approval/refuse").status_code == 204

    assert post(ben, instance_id, "approval/approve").status_code == 404
    assert "CompensationStarted" not in list_types(api, instance_id)


def test_one_thing_at_a_time_waits_for_an_instance(sign_in: Client, api: Api) -> None:
    instance_id, anna = start(api), sign_in("anna")
    post(anna, instance_id, "rollback", to="Book")

    assert post(anna, instance_id, "rollback", to="Book").status_code == 409


def test_a_rollback_that_cannot_be_is_refused_before_somebody_is_asked(sign_in: Client, api: Api) -> None:
    instance_id, anna = start(api), sign_in("anna")

    assert post(anna, instance_id, "rollback", to="Nowhere").status_code == 400
    assert anna.get("/engine-rest/approval").json == []


@pytest.mark.parametrize(("action", "state"), [("skip", "skipped"), ("mark-undone", "undone")])
def test_a_process_can_ask_for_more(sign_in: Client, api: Api, action: str, state: str) -> None:
    instance_id = start(api, "careful", "skip, mark-undone")
    anna, ben = sign_in("anna"), sign_in("ben")
    api.post(f"/process-instance/{instance_id}/cancel", {"compensate": True}, 204)
    (task,) = api.fetch("free")
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": "no", "retries": 0}, 204)

    assert post(anna, instance_id, f"ledger/1/{action}").status_code == 202
    assert post(ben, instance_id, "approval/approve").status_code == 204

    (entry,) = api.get(f"/process-instance/{instance_id}/ledger")
    assert (entry["state"], entry["undoneBy"]) == (state, "anna, approved by ben")


def test_skipping_an_incident_waits_with_its_results(sign_in: Client, api: Api) -> None:
    instance_id = start(api, "careful", "skip")
    anna, ben = sign_in("anna"), sign_in("ben")
    (task,) = api.fetch("pay")
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": "no", "retries": 0}, 204)
    (incident,) = api.get("/incident", processInstanceId=instance_id)

    asked = anna.post(
        f"/engine-rest/incident/{incident['id']}/skip", json={"variables": {"paid": {"value": True, "type": "Boolean"}}}
    )
    assert (asked.status_code, asked.json["action"]) == (202, "skipIncident")  # type: ignore[index]
    assert post(ben, instance_id, "approval/approve").status_code == 204
    assert api.get(f"/history/process-instance/{instance_id}")["state"] == "COMPLETED"


def test_who_may_not_change_the_instance_can_neither_approve_nor_see(sign_in: Client, engine: Engine, api: Api) -> None:
    engine.accounts.create_user(User(id="eve", roles=(Role.STARTER,)), PASSWORD)
    instance_id, anna, eve = start(api), sign_in("anna"), sign_in("eve")
    post(anna, instance_id, "rollback", to="Book")

    assert post(eve, instance_id, "approval/approve").status_code == 403
    assert eve.get("/engine-rest/approval").status_code == 403


def test_what_waits_goes_with_the_instance(sign_in: Client, engine: Engine, api: Api) -> None:
    instance_id, anna = start(api), sign_in("anna")
    post(anna, instance_id, "rollback", to="Book")
    api.delete(f"/process-instance/{instance_id}")
    api.delete(f"/history/process-instance/{instance_id}")

    assert engine.store.approvals.get(instance_id) is None


def test_where_nobody_signs_in_there_is_no_second_person(engine: Engine) -> None:
    open_api = Api(create_app(engine, WebSettings(hosts=None)).test_client())
    instance_id = start(open_api)

    open_api.post(f"/process-instance/{instance_id}/rollback", {"to": "Book"}, 204)

    assert "CompensationStarted" in list_types(open_api, instance_id)


def test_a_name_that_nothing_has_is_refused() -> None:
    with pytest.raises(WrongSetting, match="names among mark-undone, rollback, skip, not cancel"):
        Settings.from_environment({"BATON_SECOND_PERSON": "rollback,cancel"})
