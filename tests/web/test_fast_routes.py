"""Plain requests of workers are answered without Flask, and as Flask answers them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from baton.web.resources import GROUPS
from tests.web.conftest import Api

START = "/process-definition/key/work/start"
FETCH = "/external-task/fetchAndLock"
BULK = "/external-task/complete"
NO_TASK = "/external-task/0123456789abcdef-07.3/complete"
TOPICS = [{"topicName": "work", "lockDuration": 60_000}]
JSON = "application/json"
ANSWERED_ALIKE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a start": (START, '{"variables": {"amount": {"value": 12}}}', {}),
    "a start that gives its variables back": (
        START,
        '{"variables": {"a": {"value": 1}}, "withVariablesInReturn": true}',
        {},
    ),
    "a start of a tenant's": ("/process-definition/key/work/tenant-id/acme/start", "{}", {}),
    "a start of what is not there": ("/process-definition/nothing/start", "{}", {}),
    "a name that does not exist": (START, '{"variable": {}}', {}),
    "a value of another type": (START, '{"variables": {"a": {"value": "x", "type": "Integer"}}}', {}),
    "no JSON": (START, "{", {}),
    "a list": (START, "[]", {}),
    "an empty body": (START, "", {}),
    "a body of spaces": (START, "  ", {}),
    "a query": (f"{START}?x=1", "{}", {}),
    "another media type": (START, "{}", {"content_type": "text/plain"}),
    "a media type of its own": (START, "{}", {"content_type": "application/vnd.acme+json"}),
    "a media type in capitals": (START, "{}", {"content_type": "Application/JSON"}),
    "a charset": (START, "{}", {"content_type": "application/json;charset=UTF-8"}),
    "a body that is too large": (START, '{"businessKey": "' + "x" * 5_000 + '"}', {}),
    "another address of the same": ("/engine/default" + START, "{}", {}),
    "a slash at the end": (f"{START}/", "{}", {}),
    "a key in other letters": ("/process-definition/key/wörk/start", "{}", {}),
    "a correlation id": (START, "{}", {"headers": {"X-Correlation-Id": "order-17"}}),
    "another site": (START, "{}", {"headers": {"Origin": "https://elsewhere.example"}}),
    "another name": (START, "{}", {"headers": {"Host": "shop.example:8080"}}),
    "a name with the usual port": (START, "{}", {"headers": {"Host": "shop.example:80"}}),
    "nobody": (START, "{}", {"headers": {"Authorization": ""}}),
    "a key that is wrong": (START, "{}", {"headers": {"Authorization": "Bearer wrong"}}),
    "a key that may not": (START, "{}", {"role": Role.VIEWER}),
    "an Idempotency-Key": (START, "{}", {"headers": {"Idempotency-Key": "k1"}}),
    "an Idempotency-Key that is empty": (START, "{}", {"headers": {"Idempotency-Key": ""}}),
    "a fetch of nothing": (FETCH, '{"workerId": "w", "maxTasks": 1, "topics": []}', {}),
    "a fetch without a worker": (FETCH, '{"maxTasks": 1}', {}),
    "a task that is not there": (NO_TASK, '{"workerId": "w"}', {}),
    "a task by no id": ("/external-task/nothing/complete", '{"workerId": "w"}', {}),
    "tasks that are not there": (BULK, '{"workerId": "w", "tasks": [{"id": "0123456789abcdef-07.3"}]}', {}),
    "tasks of nobody": (BULK, '{"tasks": [{"id": "0123456789abcdef-07.3"}]}', {}),
    "reading instead": (FETCH, "", {"method": "GET"}),
    "asking for the methods": (FETCH, "", {"method": "OPTIONS"}),
}


FLASKS = 418
"""The status of what reaches Flask, where a test has put itself in its place."""


@pytest.fixture
def engine(valkey: str) -> Iterator[Engine]:
    engine = assemble(Settings(redis_url=valkey, partitions=4, clock=lambda: 1_800_000_000_000))
    yield engine
    engine.close()


@pytest.fixture
def make_client(engine: Engine) -> Callable[..., FlaskClient]:
    key, _ = engine.accounts.create_key("tests", [Role.ADMINISTRATOR])

    def make(**settings: Any) -> FlaskClient:
        settings = {"hosts": None, "sign_in": "required", "max_body_bytes": 4_096, **settings}
        client = create_app(engine, WebSettings(**settings)).test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        return client

    return make


def send(client: FlaskClient, path: str, body: str, **more: Any) -> Any:
    return client.open(f"/engine-rest{path}", **{"method": "POST", "data": body, "content_type": JSON, **more})


def list_fields(answer: Any) -> tuple[str, list[tuple[str, str]], str]:
    """Status, headers and body; without the ids, which are others each time."""
    return answer.status, sorted(answer.headers.items()), re.sub(r"[0-9a-z]{16}(-[0-9a-z]+)?\b", "ID", answer.text)


def test_each_request_is_answered_with_and_without_flask_alike(
    engine: Engine, make_client: Callable[..., FlaskClient]
) -> None:
    fast, usual = make_client(), make_client(fast_routes=False)
    Api(usual).deploy("work")
    keys = {role: engine.accounts.create_key(role, [role])[0] for role in (Role.VIEWER,)}
    different: dict[str, Any] = {}

    for name, (path, body, given) in ANSWERED_ALIKE.items():
        more = dict(given)
        if role := more.pop("role", None):
            more["headers"] = {"Authorization": f"Bearer {keys[role]}"}
        first, second = (list_fields(send(client, path, body, **more)) for client in (fast, usual))
        if "Idempotency-Key" in given.get("headers", {}):
            second = (second[0], [item for item in second[1] if item[0] != "Idempotent-Replayed"], second[2])
        if first != second:
            different[name] = (first, second)

    assert different == {}


@pytest.mark.parametrize("fast_routes", [True, False])
def test_work_is_started_fetched_and_completed_by_one_and_in_bulk(
    make_client: Callable[..., FlaskClient], fast_routes: bool
) -> None:
    client = make_client(fast_routes=fast_routes)
    api = Api(client)
    api.deploy("work")
    started = [api.start("work", amount=number) for number in range(3)]
    tasks = {task["processInstanceId"]: task for task in api.fetch()}

    api.complete(tasks[started[0]], paid=True)
    outcomes = api.post(BULK, {"workerId": "w1", "tasks": [{"id": tasks[id]["id"]} for id in started[1:]]})
    unknown = api.post(BULK, {"workerId": "w1", "tasks": [{"id": "0123456789abcdef-07.3"}]})

    assert [tasks[id]["variables"]["amount"]["value"] for id in started] == [0, 1, 2]
    assert [outcome["status"] for outcome in outcomes] == [204, 204]
    assert unknown[0]["completed"] is False
    assert api.get("/process-instance/count") == {"count": 0}
    counted = client.get("/metrics").text
    for route, count in ((FETCH, 1), ("/external-task/<id>/complete", 1), (BULK, 2)):
        assert f'method="POST",route="/engine-rest{route}",status="{204 if "<id>" in route else 200}"}} {count}.0' in (
            counted
        )


def test_a_repeated_key_gets_the_first_answer_whichever_way_it_went(make_client: Callable[..., FlaskClient]) -> None:
    fast, usual = make_client(), make_client(fast_routes=False)
    Api(fast).deploy("work")
    headers = {"Idempotency-Key": "once"}

    answers = [send(client, START, "{}", headers=headers) for client in (fast, usual, fast)]

    assert len({answer.text for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true", "true"]
    assert Api(fast).get("/process-instance/count") == {"count": 1}


def test_who_asks_too_often_is_refused(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client(starts_per_minute=2)
    Api(client).deploy("work")

    answers = [send(client, START, "{}") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Retry-After" in answers[-1].headers


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (START, {}),
        (FETCH, {}),
        (NO_TASK, {}),
        (BULK, {}),
        ("/process-definition/work:1:abc/start", {}),
        (START, {"Idempotency-Key": "k"}),
        (START, {"X-Correlation-Id": "c"}),
    ],
)
def test_a_plain_request_does_not_reach_flask(
    make_client: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch, path: str, headers: dict[str, str]
) -> None:
    client = make_client()
    monkeypatch.setattr(client.application, "full_dispatch_request", lambda *_: Response(status=FLASKS))

    assert send(client, path, "{}", headers=headers).status_code != FLASKS


@pytest.mark.parametrize(
    ("path", "more"),
    [
        (f"{START}?x=1", {}),
        (START, {"content_type": "application/vnd.acme+json"}),
        (START, {"headers": {"Expect": "100-continue"}}),
        (START, {"headers": {"Transfer-Encoding": "chunked"}}),
        (START, {"environ_overrides": {"SCRIPT_NAME": "/below"}}),
        (START, {"environ_overrides": {"CONTENT_LENGTH": "+2"}}),
        (START, {"environ_overrides": {"CONTENT_LENGTH": "4097"}}),
        ("/process-definition/key/w%20k/start", {}),
        ("/external-task/count", {}),
    ],
)
def test_a_request_that_is_not_plain_reaches_flask(
    make_client: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch, path: str, more: dict[str, Any]
) -> None:
    client = make_client()
    monkeypatch.setattr(client.application, "full_dispatch_request", lambda *_: Response(status=FLASKS))

    assert send(client, path, "{}", **more).status_code == FLASKS


class Broken:
    """A body of which one byte arrives, as the server reads it."""

    def __init__(self, error: type[OSError] | None) -> None:
        self._error, self._left = error, b"{"

    def read(self, _size: int) -> bytes:
        if self._error is not None:
            raise self._error
        data, self._left = self._left, b""
        return data


@pytest.mark.parametrize(("error", "status"), [(TimeoutError, 408), (ConnectionResetError, 400), (None, 400)])
def test_a_body_that_does_not_arrive_is_refused_as_by_flask(
    make_client: Callable[..., FlaskClient], error: type[OSError] | None, status: int
) -> None:
    def send_broken(fast_routes: bool) -> Any:
        broken = {"CONTENT_LENGTH": "100", "wsgi.input": Broken(error)}
        return send(make_client(fast_routes=fast_routes), BULK, "{", environ_overrides=broken)

    first, second = send_broken(True), send_broken(False)

    assert first.status_code == status
    assert list_fields(first) == list_fields(second)


def test_flask_finds_the_same_route_for_the_path_of_each_fast_one(make_client: Callable[..., FlaskClient]) -> None:
    app: Flask = make_client().application
    urls, fast = app.url_map.bind("localhost"), app.extensions["baton"].fast_routes
    words = {word for rule in app.url_map.iter_rules() for word in rule.rule.split("/") if "<" not in word}
    declared = [route for group in GROUPS for route in group.declared if route.fast]

    for route in declared:
        names = [name for _, name in route.parts]
        for word in [*words, "abc-1:2.x_y"] if names else [""]:
            path = re.sub(r"<\w+>", word or "-", route.full_rule)
            endpoint, parts = urls.match(path, method="POST")
            assert endpoint == f"POST {route.full_rule}", path
            assert fast.find(path)[1] == parts

    assert len(declared) == 6
