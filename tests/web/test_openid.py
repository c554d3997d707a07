"""Signing in by an OpenID provider: what a token, and a way back from the provider, must be to count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt

from baton.model.identity import Role, User, UserGroup
from baton.service import Engine, Settings, assemble
from baton.settings import WrongSetting
from baton.web import OpenIdSettings, WebSettings, create_app
from tests.web.openid_provider import CLIENT, SECRET, Provider, make_key, serve_provider

NOW = 1_800_000_000
BEGIN, BACK = "/engine-rest/sign-in/openid", "/engine-rest/sign-in/openid/callback"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serve_provider() as provider:
        yield provider


@pytest.fixture
def moment() -> list[int]:
    return [NOW * 1000]


@pytest.fixture
def engine(valkey: str, moment: list[int]) -> Iterator[Engine]:
    engine = assemble(Settings(redis_url=valkey, partitions=4, clock=lambda: moment[0]))
    yield engine
    engine.close()


@pytest.fixture
def app(engine: Engine, provider: Provider) -> Flask:
    openid = OpenIdSettings(
        openid_issuer=provider.issuer, openid_client_id=CLIENT, openid_client_secret=SECRET, openid_label="Acme"
    )
    return create_app(engine, WebSettings(hosts=None, sign_in="required"), openid)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def begin(client: FlaskClient, page: str = "/tasks") -> dict[str, str]:
    """What the provider is asked."""
    answer = client.get(BEGIN, query_string={"returnTo": page})
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def make_claims(provider: Provider, asked: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "iss": provider.issuer,
        "sub": "0815",
        "aud": CLIENT,
        "iat": NOW,
        "exp": NOW + 300,
        "nonce": asked["nonce"],
        "preferred_username": "anna",
        "given_name": "Anna",
        "groups": ["ops", "/night", "/deep/administrators", 7],
        **more,
    }


def come_back(client: FlaskClient, state: str, **more: str) -> str:
    """Where the browser is sent at the end."""
    answer = client.get(BACK, query_string={"state": state, "code": "the code", "session_state": "more", **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def sign_in(client: FlaskClient, provider: Provider, **claims: Any) -> str:
    asked = begin(client)
    provider.claims = make_claims(provider, asked, **claims)
    return come_back(client, asked["state"])


def get(client: FlaskClient, path: str) -> Any:
    return client.get(f"/engine-rest{path}").json


def post_sign_out(client: FlaskClient) -> Any:
    return client.post("/engine-rest/sign-out").json


def get_me(client: FlaskClient) -> Any:
    answer = client.get("/engine-rest/me")
    return answer.json if answer.status_code == 200 else answer.status_code


# -- that it works


def test_somebody_signs_in_and_has_the_roles_of_their_groups(
    client: FlaskClient, engine: Engine, provider: Provider
) -> None:
    engine.accounts.create_group(UserGroup(id="ops", roles=(Role.OPERATOR,)))

    assert get(client, "/sign-in")["provider"] == {"label": "Acme", "href": BEGIN}
    assert sign_in(client, provider) == "/tasks"

    me = get_me(client)
    assert (me["id"], me["roles"], me["groups"]) == ("anna", ["operator"], ["ops", "night"])
    assert engine.accounts.get_user("anna").password is None


def test_the_provider_is_asked_with_pkce_state_and_nonce_and_gets_the_verifier(
    client: FlaskClient, provider: Provider
) -> None:
    asked = begin(client)
    provider.claims = make_claims(provider, asked)
    come_back(client, asked["state"])

    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == "http://localhost" + BACK
    assert min(len(asked[name]) for name in ("state", "nonce")) >= 43
    (form,) = provider.asked
    assert create_s256_code_challenge(form["code_verifier"]) == asked["code_challenge"]
    assert form["redirect_uri"] == asked["redirect_uri"]


def test_names_and_groups_may_come_from_the_userinfo_endpoint(client: FlaskClient, provider: Provider) -> None:
    provider.userinfo = {"sub": "0815", "preferred_username": "berta", "groups": "night"}
    asked = begin(client)
    claims = make_claims(provider, asked)
    provider.claims = {name: claims[name] for name in ("iss", "sub", "aud", "iat", "exp", "nonce")}
    come_back(client, asked["state"])
    assert (get_me(client)["id"], get_me(client)["groups"]) == ("berta", ["night"])


def test_an_account_is_found_again_by_its_subject_and_gets_the_groups_of_the_day(
    client: FlaskClient, engine: Engine, provider: Provider
) -> None:
    sign_in(client, provider)
    engine.accounts.change_user("anna", roles=(Role.VIEWER,))
    sign_in(client, provider, preferred_username="anna.married", groups=[], family_name="Smith")
    assert [user.id for user in engine.accounts.list_users()] == ["anna"]
    anna = engine.accounts.get_user("anna")
    assert (anna.groups, anna.roles, anna.last_name) == ((), (Role.VIEWER,), "Smith")


def test_signing_out_goes_on_to_the_provider(client: FlaskClient, provider: Provider) -> None:
    sign_in(client, provider)
    left = post_sign_out(client)["continueAt"]
    assert left.startswith(f"{provider.issuer}/end?")
    assert parse_qs(urlsplit(left).query) == {
        "client_id": [CLIENT],
        "post_logout_redirect_uri": ["http://localhost/"],
    }
    assert get_me(client) == 401


def test_keys_that_the_provider_has_changed_are_fetched_again(
    client: FlaskClient, provider: Provider, moment: list[int]
) -> None:
    sign_in(client, provider)
    provider.key = make_key("second")
    assert sign_in(client, provider) == "/?sign-in=untrusted", "asked a moment ago"
    moment[0] += 61_000
    assert sign_in(client, provider) == "/tasks"


# -- tokens that do not hold


def _sign_with_another_key(provider: Provider) -> dict[str, Any]:
    other = make_key("first", 1)
    provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, other)
    return {}


def _sign_with(algorithm: str) -> Callable[[Provider], dict[str, Any]]:
    def wreck(provider: Provider) -> dict[str, Any]:
        provider.sign_with(algorithm)
        return {}

    return wreck


WRONG: dict[str, Callable[[Provider], dict[str, Any]]] = {
    "nonce of another sign-in": lambda _: {"nonce": "another"},
    "no nonce": lambda _: {"nonce": None},
    "expired": lambda _: {"exp": NOW - 61},
    "never expires": lambda _: {"exp": None},
    "from the future": lambda _: {"iat": NOW + 3600, "nbf": NOW + 3600},
    "another audience": lambda _: {"aud": "somebody else"},
    "two audiences, for another party": lambda _: {"aud": [CLIENT, "other"], "azp": "other"},
    "another issuer": lambda _: {"iss": "https://evil.example"},
    "no subject": lambda _: {"sub": None},
    "hash of another access token": lambda _: {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "signed by another key": _sign_with_another_key,
    "alg none": _sign_with("none"),
    "signed with the secret of the client": _sign_with("HS256"),
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("what", WRONG)
def test_a_token_that_does_not_hold_is_refused(
    client: FlaskClient, engine: Engine, provider: Provider, what: str
) -> None:
    asked = begin(client)
    changes = WRONG[what](provider)
    claims = {name: value for name, value in make_claims(provider, asked, **changes).items() if value is not None}
    provider.claims = claims

    assert come_back(client, asked["state"]) == "/?sign-in=untrusted"
    assert get_me(client) == 401
    assert engine.accounts.list_users() == []


def test_what_is_no_token_is_refused(client: FlaskClient, provider: Provider) -> None:
    for text in ("", "a.b.c", "e30.e30.e30"):
        provider.sign = lambda _claims, text=text: text
        assert sign_in(client, provider) == "/?sign-in=untrusted"


def test_userinfo_of_somebody_else_is_refused(client: FlaskClient, provider: Provider) -> None:
    provider.userinfo = {"sub": "4711", "preferred_username": "boss"}
    assert sign_in(client, provider, preferred_username=None) == "/?sign-in=untrusted"


# -- ways back that do not hold


def test_a_state_is_good_once_in_the_browser_that_has_begun_and_for_ten_minutes(
    app: Flask, client: FlaskClient, provider: Provider
) -> None:
    asked = begin(client)
    provider.claims = make_claims(provider, asked)
    victim = app.test_client()
    assert come_back(victim, asked["state"]) == "/?sign-in=expired", "a link of somebody else's signs nobody in"
    assert come_back(client, "guessed") == "/?sign-in=expired"

    asked = begin(client)
    provider.claims = make_claims(provider, asked)
    cookie = client.get_cookie("baton_sign_in", path=BEGIN)
    assert cookie is not None
    assert cookie.http_only
    assert come_back(client, asked["state"]) == "/tasks"
    client.set_cookie("baton_sign_in", asked["state"], path=BEGIN)
    client.delete_cookie("baton_session")
    assert come_back(client, asked["state"]) == "/?sign-in=expired"
    assert get_me(client) == 401
    assert len(provider.asked) == 1, "the provider was not even asked"


def test_an_answer_of_another_provider_and_an_error_of_this_one_are_refused(
    client: FlaskClient, provider: Provider
) -> None:
    state = begin(client)["state"]
    assert come_back(client, state, iss="https://evil.example") == "/?sign-in=untrusted"
    state = begin(client)["state"]
    assert come_back(client, state, error="access_denied") == "/?sign-in=refused"
    provider.refuses = True
    assert sign_in(client, provider) == "/?sign-in=refused"


@pytest.mark.parametrize(
    "page", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y", "tasks"]
)
def test_a_link_leads_to_pages_of_this_site_only(client: FlaskClient, provider: Provider, page: str) -> None:
    asked = begin(client, page)
    provider.claims = make_claims(provider, asked)
    assert come_back(client, asked["state"]) == "/"


# -- accounts


def test_nobody_takes_over_an_account_of_the_same_name(client: FlaskClient, engine: Engine, provider: Provider) -> None:
    engine.accounts.create_user(User(id="anna", roles=(Role.ADMINISTRATOR,)), "correct horse battery")
    assert sign_in(client, provider) == "/?sign-in=account"
    assert get_me(client) == 401
    assert engine.accounts.get_user("anna").external_id is None


def test_who_is_disabled_or_has_no_name_comes_in_no_more(
    client: FlaskClient, engine: Engine, provider: Provider
) -> None:
    sign_in(client, provider)
    engine.accounts.change_user("anna", disabled=True)
    assert sign_in(client, provider) == "/?sign-in=account"
    assert sign_in(client, provider, sub="1", preferred_username="a b") == "/?sign-in=account"
    provider.userinfo = {"sub": "2"}
    assert sign_in(client, provider, sub="2", preferred_username=None) == "/?sign-in=account"
    assert [user.id for user in engine.accounts.list_users()] == ["anna"]


# -- the provider and the settings


@pytest.mark.parametrize("wrong", [{"issuer": "https://evil.example"}, {"jwks_uri": None}, {"token_endpoint": 7}])
def test_a_provider_that_describes_another_is_not_used(
    client: FlaskClient, provider: Provider, wrong: dict[str, Any]
) -> None:
    provider.description = wrong
    assert client.get(BEGIN).headers["Location"] == "/?sign-in=unavailable"


def test_a_provider_that_does_not_answer_is_said_to_be_away(engine: Engine) -> None:
    with serve_provider() as provider:
        issuer = provider.issuer
    openid = OpenIdSettings(openid_issuer=issuer, openid_client_id=CLIENT)
    client = create_app(engine, WebSettings(hosts=None, sign_in="required"), openid).test_client()
    assert client.get(BEGIN).headers["Location"] == "/?sign-in=unavailable"


def test_visits_of_one_address_are_limited(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baton.service.identity.sign_in.MOST_VISITS", 2)
    assert [client.get(BEGIN).status_code for _ in range(3)] == [303, 303, 429]


def test_without_a_provider_there_is_none(engine: Engine) -> None:
    client = create_app(engine, WebSettings(hosts=None, sign_in="required")).test_client()
    assert client.get("/engine-rest/sign-in").json == {"required": True, "provider": None}
    assert client.get(BEGIN).status_code == 404
    assert client.get(BACK).status_code == 404


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"BATON_OPENID_ISSUER": "http://login.example.com", "BATON_OPENID_CLIENT_ID": "b"}, "an address with https"),
        ({"BATON_OPENID_ISSUER": "https://login.example.com"}, "both, but one is not set"),
        ({"BATON_OPENID_ROLES": "viewer,boss"}, "Expected roles among"),
    ],
)
def test_settings_that_do_not_fit_are_refused(variables: dict[str, str], expected: str) -> None:
    with pytest.raises(WrongSetting, match=expected):
        OpenIdSettings.from_environment(variables)
