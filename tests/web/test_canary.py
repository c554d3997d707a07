"""One value through every kind of element, in a sensitive variable: a viewer, the log and a sink find it nowhere."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from baton import logs
from baton.log_settings import LogSettings
from baton.model.elements import NodeKind
from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from scripts.permissions_page import list_routes
from tests.web.conftest import Api

CANARY = "canary-4929-1234"
NAME = "canaryCard"
BROUGHT = {NAME: {"value": CANARY}}
EXAMPLES = Path(__file__).parents[2] / "docs/reference/bpmn/examples"
FAILING = Path(__file__).parent / "canary.bpmn"
"""An element of each kind, whose id is its kind, and which fails with a text that says what the value was."""
ROUNDS = 3
"""Work behind work."""
BODIES = {"multiInstanceBody"}
KINDS = {kind.value for kind in NodeKind}
"""Every kind of element there is. None is left out: one without variables of its own has those around it."""


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log of this process at debug, as the product writes it."""
    root, lines = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    monkeypatch.setattr("sys.stderr", lines)
    logs.set_up("web", LogSettings(log="json", log_level="debug"))
    yield lines
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture
def engine(valkey: str, tmp_path: Path) -> Iterator[Engine]:
    file = tmp_path / "sinks.toml"
    file.write_text('[[sink]]\nname = "bus"\nkind = "valkey"\nurl = "redis://127.0.0.1:1/0"\nlife_cycle = true\n')
    engine = assemble(Settings(redis_url=valkey, partitions=1, sensitive_variables=NAME, sinks_file=file))
    yield engine
    engine.close()


def run_all(api: Api) -> None:
    """Start all examples and what fails, and do all the work that comes up, each time with the value."""
    for model in (*sorted(EXAMPLES.glob("*.bpmn")), FAILING):
        files = [file for file in (model, model.with_suffix(".dmn")) if file.exists()]
        deploy_and_start(api, model.stem, {file.name: file.read_bytes() for file in files})
    for number in range(ROUNDS):
        send_events(api)
        do_work(api, failing=number == ROUNDS - 1)


def deploy_and_start(api: Api, name: str, files: dict[str, bytes]) -> None:
    data: dict[str, Any] = {"deployment-name": name}
    data |= {file: (io.BytesIO(content), file) for file, content in files.items()}
    deployed = api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    for definition in deployed["deployedProcessDefinitions"] or {}:
        attempt(api, f"/process-definition/{definition}/start", {"variables": BROUGHT, "businessKey": name})


def send_events(api: Api) -> None:
    for kind, name in {(found["eventType"], found["eventName"]) for found in api.get("/event-subscription")}:
        if kind == "message":
            attempt(api, "/message", {"messageName": name, "processVariables": BROUGHT, "all": True})
        elif kind == "signal":
            attempt(api, "/signal", {"name": name, "variables": BROUGHT})


def do_work(api: Api, *, failing: bool) -> None:
    for topic in {task["topicName"] for task in api.get("/external-task")}:
        for task in api.fetch(topic):
            told: dict[str, Any] = {"workerId": "w1", "variables": BROUGHT}
            if failing:
                told |= {"errorMessage": CANARY, "errorDetails": CANARY, "retries": 0}
            attempt(api, f"/external-task/{task['id']}/{'failure' if failing else 'complete'}", told)
    for task in api.get("/task"):
        attempt(api, f"/task/{task['id']}/complete", {"variables": BROUGHT})
    for job in api.get("/job"):
        attempt(api, f"/job/{job['id']}/execute", {})


def attempt(api: Api, path: str, body: dict[str, Any]) -> None:
    """Not every example takes all that is sent; what matters is where the value is afterwards."""
    api.client.post(f"/engine-rest{path}", json=body)


def list_paths(api: Api) -> Iterator[str]:
    # One of each process: a second one would say the same.
    instances = {found["processDefinitionKey"]: found["id"] for found in api.get("/history/process-instance")}
    for route in list_routes():
        if route.method != "GET" or route.pending or route.media == "text/event-stream":
            continue
        if "<" not in route.rule:
            yield route.rule
        elif route.rule.count("<") == 1 and "<id>" in route.rule:
            yield from (route.rule.replace("<id>", id_) for id_ in instances.values())


def make_viewer(engine: Engine) -> FlaskClient:
    client = create_app(engine, WebSettings(hosts=None, sign_in="required")).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {engine.accounts.create_key('viewer', [Role.VIEWER])[0]}"
    return client


@pytest.mark.slow
def test_a_sensitive_value_is_found_nowhere_whatever_elements_it_went_through(
    engine: Engine, written: io.StringIO
) -> None:
    api = Api(create_app(engine, WebSettings(hosts=None)).test_client())
    run_all(api)
    engine.outbox.dispatch()
    client, found, answered = make_viewer(engine), list[str](), 0

    for path in list_paths(api):
        response = client.get(f"/engine-rest{path}", buffered=True)
        answered += response.status_code == 200
        if CANARY in response.text:
            found.append(path)
    (sink,) = engine.sinks.settings
    feed = engine.open_feed(sink)
    assert feed.take()
    events = [event for _, turn in feed.wait(1) for event in turn]

    holding, failed = list_kinds_with_the_value(api)
    assert (holding, failed) == (KINDS, KINDS)
    seen = Api(client).get("/history/activity-instance")
    assert {activity["activityType"] for activity in seen} >= KINDS, "a viewer sees the elements, without the value"
    assert (found, answered > 200) == ([], True)
    assert len(events) > 100
    assert CANARY not in str(events)
    assert len(written.getvalue()) > 10_000
    assert [line for line in written.getvalue().splitlines() if CANARY in line] == []


def list_kinds_with_the_value(api: Api) -> tuple[set[str], set[str]]:
    """The kinds of elements that tokens came to in instances with the value, and those whose incident names it."""
    found = api.get("/history/variable-instance")
    holders = {variable["processInstanceId"] for variable in found if CANARY in str(variable["value"])}
    activities = api.get("/history/activity-instance")
    holding = {item["activityType"] for item in activities if item["processInstanceId"] in holders} - BODIES
    incidents = api.get("/incident")
    failed = {item["activityId"] for item in incidents if CANARY in (item["incidentMessage"] or "")}
    return holding, failed & KINDS
