"""Tokens that are made up, changed, swapped or over; and whose address counts."""

from __future__ import annotations

import string
from base64 import b64encode
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.model.errors import BadRequest, NotSignedIn
from baton.model.identity import Role, User
from baton.service import KEY_PREFIX, Engine, Settings, assemble
from baton.service.identity.sign_in import MOST_SESSIONS
from baton.service.identity.tokens import digest_token
from baton.web import WebSettings, create_app

PASSWORD = "correct horse battery"
FUZZED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
LETTERS = string.ascii_letters + string.digits + "-_"
"""Of the random part of a token, which has 43 of them."""
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=200)


@pytest.fixture
def moment() -> list[int]:
    return [1_800_000_000_000]


@pytest.fixture
def engine(valkey: str, moment: list[int]) -> Iterator[Engine]:
    engine = assemble(Settings(redis_url=valkey, partitions=4, clock=lambda: moment[0]))
    engine.accounts.create_user(User(id="anna", roles=(Role.VIEWER,)), PASSWORD)
    yield engine
    engine.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required", behind_proxy=True))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def ask(client: FlaskClient, **headers: str) -> int:
    return client.get("/engine-rest/me", headers=headers).status_code


@FUZZED
@given(HEADER)
def test_whatever_stands_in_the_headers_of_a_stranger_nobody_is_let_in_by_it(client: FlaskClient, text: str) -> None:
    encoded = b64encode(f"anna:{KEY_PREFIX}{text}".encode()).decode()
    for headers in (
        {"Authorization": text},
        {"Authorization": f"Bearer {text}"},
        {"Authorization": f"Bearer {KEY_PREFIX}{text}"},
        {"Authorization": f"Basic {encoded}"},
        {"Cookie": text},
        {"Cookie": f"baton_session={text}"},
    ):
        assert ask(client, **headers) == 401


@FUZZED
@given(place=st.integers(1, 43), shift=st.integers(1, 63))
def test_a_token_that_was_changed_in_one_place_is_refused(
    client: FlaskClient, engine: Engine, place: int, shift: int
) -> None:
    key = engine.accounts.create_key("k", [Role.VIEWER])[0]
    token = engine.sign_in.begin_session(engine.accounts.get_user("anna"))
    for good, header, form in ((key, "Authorization", "Bearer {}"), (token, "Cookie", "baton_session={}")):
        at = len(good) - place
        other = LETTERS[(LETTERS.index(good[at]) + shift) % len(LETTERS)]
        assert ask(client, **{header: form.format(good)}) == 200
        assert ask(client, **{header: form.format(good[:at] + other + good[at + 1 :])}) == 401
        assert ask(client, **{header: form.format(good[:-1])}) == 401


def test_a_token_is_good_for_its_own_use_only(client: FlaskClient, engine: Engine) -> None:
    key, _ = engine.accounts.create_key("k", [Role.VIEWER])
    token = engine.sign_in.begin_session(engine.accounts.get_user("anna"))
    assert ask(client, Cookie=f"baton_session={key}") == 401
    assert ask(client, Authorization=f"Bearer {token}") == 401
    assert ask(client, Cookie=f"baton_session={digest_token(token)}") == 401, "what is stored proves nothing"
    assert ask(client, Authorization=f"Bearer {digest_token(key)}") == 401


def test_a_session_is_that_of_the_person_who_began_it(client: FlaskClient, engine: Engine) -> None:
    engine.accounts.create_user(User(id="boss", roles=(Role.ADMINISTRATOR,)), PASSWORD)
    tokens = {name: engine.sign_in.begin_session(engine.accounts.get_user(name)) for name in ("anna", "boss")}
    for name, token in tokens.items():
        answer = client.get("/engine-rest/me", headers={"Cookie": f"baton_session={token}"})
        assert f'"id":"{name}"' in answer.text
    assert ask(client, Cookie=f"baton_session={tokens['anna']}") == 200
    engine.accounts.end_sessions("anna")
    assert ask(client, Cookie=f"baton_session={tokens['anna']}") == 401
    assert ask(client, Cookie=f"baton_session={tokens['boss']}") == 200


def test_signing_in_makes_a_new_session_whatever_cookie_was_there(client: FlaskClient) -> None:
    body = {"id": "anna", "password": PASSWORD}
    chosen = {"Cookie": "baton_session=chosen-by-somebody-else"}
    answer = client.post("/engine-rest/sign-in", json=body, headers=chosen)
    assert "chosen-by-somebody-else" not in answer.headers["Set-Cookie"]
    assert ask(client, **chosen) == 401


def test_a_session_that_is_only_looked_at_ends_for_being_idle(engine: Engine, moment: list[int]) -> None:
    token = engine.sign_in.begin_session(engine.accounts.get_user("anna"))
    moment[0] += 50 * 60_000
    assert engine.sign_in.find_by_session(token, renew=False).name == "anna"
    moment[0] += 15 * 60_000
    with pytest.raises(NotSignedIn):
        engine.sign_in.find_by_session(token)


def test_what_a_page_asks_by_itself_does_not_keep_a_session_going(
    client: FlaskClient, engine: Engine, moment: list[int]
) -> None:
    cookie = f"baton_session={engine.sign_in.begin_session(engine.accounts.get_user('anna'))}"
    unattended = {"Cookie": cookie, "X-Baton-Unattended": "true"}
    for _ in range(5):
        moment[0] += 11 * 60_000
        assert ask(client, **unattended) == 200
    moment[0] += 6 * 60_000
    assert ask(client, **unattended) == 401


def test_behind_a_proxy_attempts_count_for_the_address_that_the_proxy_has_seen(client: FlaskClient) -> None:
    def attempt(forwarded: str, password: str = "wrong wrong wrong") -> int:
        body = {"id": "anna", "password": password}
        return client.post("/engine-rest/sign-in", json=body, headers={"X-Forwarded-For": forwarded}).status_code

    assert [attempt(f"10.0.0.{number}, 6.6.6.6") for number in range(10)] == [401] * 10, "what comes first is made up"
    assert attempt("10.0.0.99, 6.6.6.6", PASSWORD) == 429
    assert attempt("6.6.6.6, 7.7.7.7", PASSWORD) == 200


def test_a_person_has_so_many_sessions_and_a_further_one_ends_that_longest_unused(
    engine: Engine, client: FlaskClient, moment: list[int]
) -> None:
    anna, tokens = engine.accounts.get_user("anna"), list[str]()
    for _ in range(MOST_SESSIONS + 2):
        moment[0] += 1
        tokens.append(engine.sign_in.begin_session(anna))

    states = [ask(client, Cookie=f"baton_session={token}") for token in (*tokens[:3], tokens[-1])]
    assert states == [401, 401, 200, 200]


def test_there_are_so_many_api_keys_and_not_one_more(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baton.service.identity.accounts.MOST_KEYS", 3)
    for number in range(3):
        engine.accounts.create_key(f"key {number}", [Role.VIEWER])
    with pytest.raises(BadRequest, match="at most 3 API keys"):
        engine.accounts.create_key("one more", [Role.VIEWER])
    assert len(engine.accounts.list_keys()) == 3
