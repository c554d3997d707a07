"""The caller: keys, names with passwords, sessions; and who may not come in."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from baton.model.identity import Role, User
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app

PASSWORD = "correct horse battery"


@pytest.fixture
def moment() -> list[int]:
    """Now, which a test moves."""
    return [1_800_000_000_000]


@pytest.fixture
def engine(valkey: str, moment: list[int]) -> Any:
    engine = assemble(Settings(redis_url=valkey, partitions=4, clock=lambda: moment[0]))
    yield engine
    engine.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def anna(engine: Engine) -> User:
    return engine.accounts.create_user(User(id="anna", first_name="Anna", roles=(Role.OPERATOR,)), PASSWORD)


def sign_in(client: FlaskClient, name: str = "anna", password: str = PASSWORD) -> Any:
    return client.post("/engine-rest/sign-in", json={"id": name, "password": password})


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def ask(client: FlaskClient, path: str = "/process-instance", **more: Any) -> Any:
    return client.get(f"/engine-rest{path}", **more)


# -- nobody


def test_who_has_not_said_who_asks_is_told_how_to(client: FlaskClient) -> None:
    answer = ask(client)

    assert answer.status_code == 401
    assert answer.json["type"] == "AuthenticationException"
    assert answer.headers.getlist("WWW-Authenticate") == ["Bearer", 'Basic realm="Baton", charset="UTF-8"']


def test_a_browser_is_not_asked_to_open_a_window_of_its_own(client: FlaskClient) -> None:
    answer = ask(client, headers={"Sec-Fetch-Mode": "cors"})
    assert answer.headers.getlist("WWW-Authenticate") == ["Bearer"]


@pytest.mark.parametrize("given", ["Bearer nonsense", "Basic !!!", "Basic bm9jb2xvbg==", "Digest x", "Bearer \udcff"])
def test_what_proves_nothing_is_refused(client: FlaskClient, given: str) -> None:
    assert ask(client, headers={"Authorization": given}).status_code == 401


@pytest.mark.parametrize("given", ["baton_session=nonsense", "baton_session=", "\x00=;;", "baton_session"])
def test_a_cookie_that_is_none_of_ours_is_refused(client: FlaskClient, given: str) -> None:
    assert ask(client, headers={"Cookie": given}).status_code == 401


# -- programs


def test_a_key_works_by_itself_and_as_a_password(client: FlaskClient, engine: Engine) -> None:
    key, kept = engine.accounts.create_key("billing", [Role.VIEWER])

    assert ask(client, headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert ask(client, headers=basic("anything", key)).status_code == 200
    assert key not in str(kept)
    assert ask(client, "/me", headers={"Authorization": f"Bearer {key}"}).json["id"] == "billing"


def test_a_key_that_has_ended_or_was_deleted_is_refused(client: FlaskClient, engine: Engine, moment: list[int]) -> None:
    key, _ = engine.accounts.create_key("short", [Role.VIEWER], ends_at=moment[0] + 60_000)
    other, kept = engine.accounts.create_key("deleted", [Role.VIEWER])
    headers = {"Authorization": f"Bearer {key}"}
    assert ask(client, headers=headers).status_code == 200
    assert ask(client, headers={"Authorization": f"Bearer {other}"}).status_code == 200

    moment[0] += 70_000
    engine.accounts.remove_key(kept.id)

    assert "has ended" in ask(client, headers=headers).json["message"]
    assert ask(client, headers={"Authorization": f"Bearer {other}"}).status_code == 401


def test_a_refusal_names_the_roles_that_would_do(client: FlaskClient, engine: Engine) -> None:
    key, _ = engine.accounts.create_key("starter", [Role.STARTER])

    answer = ask(client, "/incident", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 403
    assert answer.json["message"] == (
        "Expected a role that may 'incident:read' (viewer, operator, modeler, administrator), "
        "but the API key 'starter' has starter"
    )


def test_a_workers_key_fetches_its_topics_only(client: FlaskClient, engine: Engine) -> None:
    key, _ = engine.accounts.create_key("payments", [Role.WORKER], topics=["charge"])
    headers = {"Authorization": f"Bearer {key}"}

    def fetch(topic: str) -> Any:
        body = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": topic, "lockDuration": 1000}]}
        return client.post("/engine-rest/external-task/fetchAndLock", json=body, headers=headers)

    assert fetch("charge").status_code == 200
    refused = fetch("ship")
    assert refused.status_code == 403
    assert "topics that the API key 'payments' is for (charge), but found ship" in refused.json["message"]


# -- people


@pytest.mark.usefixtures("anna")
def test_somebody_signs_in_asks_and_signs_out(client: FlaskClient) -> None:
    signed_in = sign_in(client)
    assert signed_in.json["roles"] == ["operator"]
    cookie = signed_in.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie

    assert ask(client, "/me").json["id"] == "anna"
    assert ask(client).status_code == 200

    assert client.post("/engine-rest/sign-out").json == {"continueAt": None}
    assert ask(client).status_code == 401


@pytest.mark.usefixtures("anna")
def test_a_session_ends_when_it_is_idle_and_in_any_case(client: FlaskClient, moment: list[int]) -> None:
    sign_in(client)
    for _ in range(13):
        moment[0] += 50 * 60_000
        assert ask(client).status_code == 200, "used within the hour"
    moment[0] += 75 * 60_000
    assert ask(client).status_code == 401

    sign_in(client)
    statuses: list[int] = []
    for _ in range(30):
        moment[0] += 30 * 60_000
        statuses.append(ask(client).status_code)
    assert statuses == [200] * 23 + [401] * 7, "twelve hours are over"


@pytest.mark.usefixtures("anna")
def test_the_cookie_is_for_tls_only_where_the_proxy_has_it(engine: Engine) -> None:
    app = create_app(engine, WebSettings(hosts=None, sign_in="required", behind_proxy=True))
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "6.6.6.6, 10.0.0.1"}
    body = {"id": "anna", "password": PASSWORD}
    answer = app.test_client().post("/engine-rest/sign-in", json=body, headers=headers)
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.usefixtures("anna")
def test_name_and_password_with_each_request_are_verified_once_a_minute(
    client: FlaskClient, engine: Engine, moment: list[int], verifications: list[str]
) -> None:
    for _ in range(5):
        assert ask(client, headers=basic("anna", PASSWORD)).status_code == 200
        moment[0] += 10_000
    assert len(verifications) == 1

    engine.accounts.set_password("anna", "another good password")
    assert ask(client, headers=basic("anna", PASSWORD)).status_code == 401


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was verified by argon2."""
    from argon2 import PasswordHasher

    seen: list[str] = []
    verify = PasswordHasher.verify

    def count(self: PasswordHasher, kept: str, password: str) -> Any:
        seen.append(password)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", count)
    return seen


@pytest.mark.usefixtures("anna")
def test_a_wrong_name_costs_as_much_as_a_wrong_password(client: FlaskClient, verifications: list[str]) -> None:
    answers = [sign_in(client, "anna", "wrong wrong wrong"), sign_in(client, "nobody", "wrong wrong wrong")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json == answers[1].json
    assert len(verifications) == 2


@pytest.mark.usefixtures("anna")
def test_attempts_in_vain_are_counted_and_forgotten(client: FlaskClient) -> None:
    for _ in range(10):
        assert sign_in(client, password="wrong wrong wrong").status_code == 401

    refused = sign_in(client)

    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    other = client.post(
        "/engine-rest/sign-in", json={"id": "anna", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    )
    assert other.status_code == 200, "from another address she comes in"


@pytest.mark.usefixtures("anna")
def test_an_administrator_lets_somebody_try_again_after_too_many_attempts(client: FlaskClient, engine: Engine) -> None:
    for _ in range(10):
        sign_in(client, password="wrong wrong wrong")
    assert sign_in(client).status_code == 429
    key, _ = engine.accounts.create_key("admin", [Role.ADMINISTRATOR])
    headers = {"Authorization": f"Bearer {key}"}

    assert client.post("/engine-rest/user/nobody/unlock", json={}, headers=headers).status_code == 404
    assert client.post("/engine-rest/user/anna/unlock", json={}, headers=headers).status_code == 204
    assert sign_in(client).status_code == 200


@pytest.mark.usefixtures("anna")
def test_who_is_disabled_is_signed_out_and_comes_in_no_more(client: FlaskClient, engine: Engine) -> None:
    sign_in(client)
    engine.accounts.change_user("anna", disabled=True)

    assert ask(client).status_code == 401
    assert sign_in(client).status_code == 401
    assert ask(client, headers=basic("anna", PASSWORD)).status_code == 401


@pytest.mark.usefixtures("anna")
def test_somebody_changes_the_own_password_with_the_old_one(client: FlaskClient) -> None:
    sign_in(client)
    path, new = "/engine-rest/me/password", "a new good password"

    assert client.put(path, json={"current": "wrong wrong", "password": new}).status_code == 401
    assert client.put(path, json={"current": PASSWORD, "password": "short"}).status_code == 400
    assert client.put(path, json={"current": PASSWORD, "password": new}).status_code == 204
    assert sign_in(client, password=new).status_code == 200


@pytest.mark.usefixtures("anna")
def test_signing_out_everywhere_ends_all_sessions(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    assert here.post("/engine-rest/sign-out-everywhere").status_code == 204
    assert (ask(here).status_code, ask(there).status_code) == (401, 401)


def test_roles_of_groups_count(client: FlaskClient, engine: Engine, anna: User) -> None:
    from baton.model.identity import UserGroup

    engine.accounts.create_group(UserGroup(id="ops", roles=(Role.MODELER,)))
    engine.accounts.change_user(anna.id, groups=("ops",))
    sign_in(client)
    assert ask(client, "/me").json["roles"] == ["modeler", "operator"]


# -- the first administrator


def test_the_first_administrator_is_made_by_a_link_that_is_good_once(client: FlaskClient, engine: Engine) -> None:
    token = engine.accounts.invite_first_administrator()
    body = {"token": token, "id": "boss", "password": PASSWORD}

    def make(**changes: Any) -> Any:
        return client.post("/engine-rest/first-administrator", json={**body, **changes})

    assert make(token="guessed").status_code == 403
    assert make(password="short").status_code == 400
    assert make().json["roles"] == ["administrator"]
    assert ask(client, "/user").json[0]["id"] == "boss"
    assert make(id="second").status_code == 403
    assert engine.accounts.invite_first_administrator() is None


def test_of_several_batons_on_one_store_the_link_of_each_is_good_until_there_is_an_administrator(
    client: FlaskClient, engine: Engine
) -> None:
    links = [engine.accounts.invite_first_administrator() for _ in range(3)]

    def make(token: str | None, name: str) -> int:
        body = {"token": token, "id": name, "password": PASSWORD}
        return client.post("/engine-rest/first-administrator", json=body).status_code

    assert [make(links[0], "boss"), make(links[1], "second"), make(links[0], "third")] == [200, 403, 403]


def test_nobody_takes_the_last_administrator_away(engine: Engine) -> None:
    from baton.model.errors import Conflict

    engine.accounts.create_user(User(id="boss", roles=(Role.ADMINISTRATOR,)), PASSWORD)
    for change in ({"roles": ()}, {"disabled": True}):
        with pytest.raises(Conflict, match="the only one"):
            engine.accounts.change_user("boss", **change)
    with pytest.raises(Conflict):
        engine.accounts.remove_user("boss")


# -- an open server


def test_where_everybody_may_come_in_nobody_is_asked(engine: Engine) -> None:
    client = create_app(engine, WebSettings(hosts=None)).test_client()
    assert ask(client).status_code == 200
    assert ask(client, "/me").json == {
        "kind": "anybody",
        "id": "anybody",
        "groups": [],
        "roles": ["administrator"],
        "permissions": ["*"],
        "areas": [],
    }


@pytest.mark.parametrize(
    ("bind", "required"), [("127.0.0.1:1", False), ("unix:/x", False), ("0.0.0.0:1", True), ("10.0.0.1:1", True)]
)
def test_beyond_loopback_people_must_sign_in(bind: str, required: bool) -> None:
    assert WebSettings(bind=bind).requires_sign_in is required
    assert WebSettings(bind=bind, sign_in="open").requires_sign_in is False
    assert WebSettings(bind=bind, sign_in="required").requires_sign_in is True


# -- answers that are kept


def test_an_idempotency_key_of_one_caller_does_not_give_anothers_answer(client: FlaskClient, engine: Engine) -> None:
    keys = [engine.accounts.create_key(name, [Role.ADMINISTRATOR])[0] for name in ("a", "b")]
    answers = [
        client.post(
            "/engine-rest/signal",
            json={"name": "S"},
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "k"},
        )
        for key in (*keys, keys[0])
    ]
    assert ["Idempotent-Replayed" in answer.headers for answer in answers] == [False, False, True]
