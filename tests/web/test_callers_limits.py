"""How much one caller may ask for, and that what is open ends with the right to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from baton.model.errors import TooManyRequests
from baton.model.identity import Grant, GrantKind, HolderKind, Role, User
from baton.service import Engine, RateLimiter, Settings, assemble
from baton.service.identity import rates
from baton.web import WebSettings, create_app, open_requests
from tests.running import until
from tests.web.conftest import Api
from tests.web.sse import messages

PASSWORD = "correct horse battery"


@pytest.fixture
def moment() -> list[int]:
    return [1_800_000_000_000]


@pytest.fixture
def engine(valkey: str, moment: list[int]) -> Iterator[Engine]:
    engine = assemble(Settings(redis_url=valkey, partitions=4, clock=lambda: moment[0]))
    yield engine
    engine.close()


def make_client(engine: Engine, **limits: Any) -> FlaskClient:
    return _make_app(engine, **limits).test_client()


def _make_app(engine: Engine, **limits: Any) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required", **limits))


def make_headers(engine: Engine, name: str, *roles: Role) -> dict[str, str]:
    return {"Authorization": f"Bearer {engine.accounts.create_key(name, roles or [Role.ADMINISTRATOR])[0]}"}


def test_a_caller_who_asks_too_often_is_told_when_to_ask_again(engine: Engine, moment: list[int]) -> None:
    client = make_client(engine, requests_per_minute=10)
    mine, other = make_headers(engine, "mine"), make_headers(engine, "other")
    moment[0] += 20_000

    answers = [client.get("/engine-rest/me", headers=mine) for _ in range(12)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "40"
    assert "at most 10 requests a minute from the API key 'mine'" in answers[-1].text
    assert client.get("/engine-rest/me", headers=other).status_code == 200
    moment[0] += 40_000
    assert client.get("/engine-rest/me", headers=mine).status_code == 200


def test_starts_have_a_limit_of_their_own(engine: Engine) -> None:
    client = make_client(engine, starts_per_minute=2)
    headers = make_headers(engine, "shop")
    path = "/engine-rest/process-definition/key/nothing/start"
    statuses = [client.post(path, json={}, headers=headers).status_code for _ in range(4)]
    assert statuses == [404, 404, 429, 429]
    assert client.get("/engine-rest/me", headers=headers).status_code == 200


def test_the_limit_holds_over_all_processes_and_costs_few_round_trips(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    count = engine.store.identities.count_use

    def note(name: str, more: int, lasts_ms: int) -> int:
        asked.append(more)
        return count(name, more, lasts_ms)

    monkeypatch.setattr(engine.store.identities, "count_use", note)
    processes = [RateLimiter(engine.store, engine.clock) for _ in range(3)]
    let_in = 0
    for turn in range(3_000):
        try:
            processes[turn % 3].count("anna", "requests", 1_000)
            let_in += 1
        except TooManyRequests:
            continue
    assert let_in == 1_000
    assert sum(1 for more in asked[:50] if more == 20) == 50


def test_the_memory_of_the_limits_is_bounded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST", 20)
    limiter = RateLimiter(engine.store, engine.clock)
    for number in range(100):
        limiter.count(f"caller {number}", "requests", 1_000)
    assert len(limiter._left) == 20


def test_on_loopback_there_are_no_limits_unless_somebody_says_so() -> None:
    assert WebSettings(bind="127.0.0.1:1").get_limit("requests_per_minute") is None
    assert WebSettings(bind="127.0.0.1:1", requests_per_minute=5).get_limit("requests_per_minute") == 5
    assert WebSettings(bind="0.0.0.0:1").get_limit("streams_per_caller") == 100
    assert WebSettings(bind="0.0.0.0:1", streams_per_caller=0).get_limit("streams_per_caller") is None


def test_streams_of_one_caller_are_limited_and_given_back(engine: Engine) -> None:
    app = _make_app(engine, streams_per_caller=2)
    mine, other = make_headers(engine, "mine"), make_headers(engine, "other")

    def open_stream(headers: dict[str, str]) -> Any:
        return app.test_client().get("/engine-rest/stream", headers=headers)

    held = [open_stream(mine), open_stream(mine)]
    refused = open_stream(mine)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "5"
    held.append(open_stream(other))
    assert [answer.status_code for answer in held] == [200] * 3
    held.pop(0).close()
    held.append(open_stream(mine))
    assert held[-1].status_code == 200
    for answer in held:
        answer.close()
    assert len(app.extensions["baton"].open_requests.streams_of) == 0


def test_a_stream_ends_when_the_key_is_deleted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_requests, "LOOK_AGAIN_S", 0.05)
    client = make_client(engine, heartbeat_seconds=0.1)
    key, kept = engine.accounts.create_key("mine", [Role.VIEWER])
    answer = client.get("/engine-rest/stream", headers={"Authorization": f"Bearer {key}"})
    frames = iter(answer.response)
    next(frames)
    engine.accounts.remove_key(kept.id)
    for _ in frames:
        pass  # it ends, where it would go on without an end
    answer.close()


def test_a_stream_ends_when_its_caller_may_see_less_and_the_next_shows_nothing_of_the_rest(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_requests, "LOOK_AGAIN_S", 0.05)
    app = _make_app(engine, heartbeat_seconds=0.1)
    admin = Api(app.test_client(), engine)
    admin.client.environ_base["HTTP_AUTHORIZATION"] = make_headers(engine, "admin")["Authorization"]
    admin.deploy("work", "person")
    key, kept = engine.accounts.create_key("mine", [Role.VIEWER])
    headers = {"Authorization": f"Bearer {key}"}
    before = app.test_client().get("/engine-rest/stream", headers=headers)
    frames = messages(before.iter_encoded())
    assert next(frames).event == "snapshot"

    engine.grants.create(
        Grant(
            id="",
            kind=GrantKind.REVOKE,
            holder_kind=HolderKind.KEY,
            holder=kept.id,
            roles=(Role.VIEWER,),
            definitions=("work",),
        )
    )
    rest = [message.event for message in frames]
    after = app.test_client().get("/engine-rest/stream", headers=headers)
    seen = messages(after.iter_encoded())
    assert next(seen).event == "snapshot"
    admin.start("work")
    shown = admin.start("person")

    assert rest == [], "it ended"
    assert [item["id"] for item in next(seen).data["instances"]] == [shown]
    before.close()
    after.close()


def test_a_long_poll_ends_when_the_session_does(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_requests, "LOOK_AGAIN_S", 0.05)
    engine.accounts.create_user(User(id="anna", roles=(Role.ADMINISTRATOR,)), PASSWORD)
    app = _make_app(engine)
    client = app.test_client()
    client.post("/engine-rest/sign-in", json={"id": "anna", "password": PASSWORD})
    topic = {"topicName": "t", "lockDuration": 1_000}
    body = {"workerId": "w", "maxTasks": 1, "asyncResponseTimeout": 100_000, "topics": [topic]}
    answers: list[Any] = []
    poll = threading.Thread(
        target=lambda: answers.append(client.post("/engine-rest/external-task/fetchAndLock", json=body))
    )
    poll.start()
    until(lambda: app.extensions["baton"].open_requests.polls.used or None, 30)
    engine.accounts.end_sessions("anna")
    poll.join(30)
    assert not poll.is_alive()
    assert answers[0].json == []
