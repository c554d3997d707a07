"""Workers, clients and commands say who they are by an API key, where sign-in is required."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from baton.cli import main
from baton.client import Client, EngineRefused
from baton.client.async_client import AsyncClient
from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from baton.worker import Runner, Task, worker

MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="own" isExecutable="true"><startEvent id="Start"/>
  <serviceTask id="Do" camunda:type="external" camunda:topic="work"/><endEvent id="End"/>
  <sequenceFlow id="a" sourceRef="Start" targetRef="Do"/><sequenceFlow id="b" sourceRef="Do" targetRef="End"/>
  </process></definitions>"""


@pytest.fixture
def engine(valkey: str) -> Iterator[Engine]:
    engine = assemble(Settings(redis_url=valkey, partitions=4))
    yield engine
    engine.close()


@pytest.fixture
def url(engine: Engine) -> Iterator[str]:
    app = create_app(engine, WebSettings(hosts=None, sign_in="required"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def key(engine: Engine) -> str:
    return engine.accounts.create_key("tests", [Role.ADMINISTRATOR])[0]


def test_without_a_key_everything_is_refused(url: str) -> None:
    with Client(url) as client, pytest.raises(EngineRefused) as refused:
        client.list_definitions()
    assert refused.value.status == 401
    assert CliRunner().invoke(main, ["definitions", "--url", url]).exit_code == 1


def test_a_worker_and_a_client_with_a_key_do_a_process(url: str, key: str, tmp_path: Path) -> None:
    (tmp_path / "own.bpmn").write_text(MODEL)

    @worker("work")
    def work(task: Task) -> dict[str, int]:
        return {"done": task.once("step", lambda: 42)}

    runner = Runner([work], f"{url}/engine-rest", long_poll=0.5, api_key=key)
    runner.start()
    try:
        with Client(url, api_key=key) as client:
            client.deploy(tmp_path / "own.bpmn")
            assert client.start_and_wait("own").variables == {"done": 42}
            events = list(client.stream(client.list_instances()[0].id))
    finally:
        runner.stop(5)
    assert events


def test_the_key_of_the_environment_is_sent(url: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> list[object]:
        async with AsyncClient(url) as client:
            return list(await client.list_definitions())

    monkeypatch.setenv("BATON_API_KEY", f"{key}\n")
    result = CliRunner().invoke(main, ["definitions", "--url", url, "--json"])

    assert (result.exit_code, json.loads(result.output)) == (0, [])
    assert asyncio.run(ask()) == []
