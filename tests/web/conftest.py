"""A real engine on a real server, behind Flask's test client."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.service.conftest import WHOLE_TURN_MS, Clock
from tests.web import diagrams


class Api:
    """The client with the paths of the API, which expects success by default."""

    def __init__(self, client: FlaskClient, engine: Engine | None = None) -> None:
        self.client, self._engine = client, engine

    def run_batches(self) -> None:
        """Do as the loops: all that batches have left to be done."""
        assert self._engine is not None
        while self._engine.batches.run_step(paced=False)[0]:
            pass

    def run_batch(self, path: str, body: Any) -> Any:
        """Ask for a batch and have it done; returns what was answered."""
        batch = self.post(path, body, 200)
        self.run_batches()
        return batch

    def call(self, method: str, path: str, expect: int = 0, **more: Any) -> Any:
        response = self.client.open(f"/engine-rest{path}", method=method, **more)
        if expect:
            assert response.status_code == expect, response.text
        else:
            assert response.status_code < 300, response.text
        return response.json if response.mimetype == "application/json" else response

    def get(self, path: str, expect: int = 0, **query: Any) -> Any:
        return self.call("GET", path, expect, query_string=query)

    def post(self, path: str, body: Any = None, expect: int = 0, **more: Any) -> Any:
        _pass_millisecond()
        return self.call("POST", path, expect, json={} if body is None else body, **more)

    def put(self, path: str, body: Any, expect: int = 0) -> Any:
        return self.call("PUT", path, expect, json=body)

    def delete(self, path: str, expect: int = 0, **query: Any) -> Any:
        return self.call("DELETE", path, expect, query_string=query)

    def deploy(self, *files: str, expect: int = 0, form: Mapping[str, str] | None = None) -> Any:
        data: dict[str, Any] = {"deployment-name": "test", **(form or {})}
        for name in files:
            data[name] = (io.BytesIO(diagrams.BY_NAME[name].encode()), f"{name}.bpmn")
        return self.call("POST", "/deployment/create", expect, data=data, content_type="multipart/form-data")

    def start(self, key: str, business_key: str | None = None, **variables: Any) -> str:
        typed = {name: {"value": value} for name, value in variables.items()}
        body = {"variables": typed, "businessKey": business_key}
        return str(self.post(f"/process-definition/key/{key}/start", body)["id"])

    def fetch(self, name: str = "work", worker: str = "w1", **more: Any) -> list[dict[str, Any]]:
        topics = [{"topicName": name, "lockDuration": 60_000, **more.pop("topic", {})}]
        return self.post("/external-task/fetchAndLock", {"workerId": worker, "maxTasks": 10, "topics": topics, **more})

    def complete(self, task: dict[str, Any], worker: str = "w1", **variables: Any) -> None:
        typed = {name: {"value": value} for name, value in variables.items()}
        self.post(f"/external-task/{task['id']}/complete", {"workerId": worker, "variables": typed}, 204)


def _pass_millisecond() -> None:
    """Lists are in the order of milliseconds: of what a fast machine does within one, none came first."""
    before = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == before:
        pass


class BufferedClient(FlaskClient):
    """Reads answers to their end and closes them, so that no file that was sent stays open."""

    def open(self, *args: Any, **more: Any) -> Any:
        return super().open(*args, buffered=True, **more)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(valkey: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Its time is that of ``clock`` for tests that ask for one."""
    clock = request.getfixturevalue("clock") if "clock" in request.fixturenames else None
    more: dict[str, Any] = {} if clock is None else {"clock": clock}
    engine = assemble(Settings(redis_url=valkey, partitions=4, max_turn_ms=WHOLE_TURN_MS, **more))
    yield engine
    engine.close()


@pytest.fixture
def signed_in(request: pytest.FixtureRequest) -> bool:
    """Whether the server requires sign-in, and the client sends a key: with ``--signed-in``."""
    return bool(request.config.getoption("--signed-in"))


@pytest.fixture
def app(engine: Engine, signed_in: bool) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required" if signed_in else None))


@pytest.fixture
def client(app: Flask, engine: Engine, signed_in: bool) -> FlaskClient:
    client = app.test_client()
    if signed_in:
        key, _ = engine.accounts.create_key("tests", [Role.ADMINISTRATOR])
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


@pytest.fixture
def api(client: FlaskClient, engine: Engine) -> Api:
    return Api(client, engine)
