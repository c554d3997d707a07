"""What HTTP costs on the hot path: WSGI in and out, the engine answering at once, beside a bare Flask route."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask

from baton.model.records import ExternalTask, InstanceHeader, InstanceState, Lock
from baton.service import Engine, LockedTask, Resource, Settings, assemble
from baton.web import WebSettings, create_app

ROUNDS = 2_000
MODEL = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench">
<process id="bench" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="e"/>
</process></definitions>"""
ID = "0123456789abcdef-07"


def main() -> None:
    """Print microseconds per request (median)."""
    engine = assemble(Settings())
    definition = engine.deployments.deploy("bench", [Resource(name="bench.bpmn", content=MODEL)]).definitions[0]
    answer_at_once(engine, definition.id)
    app, bare = create_app(engine, WebSettings(hosts=None)), Flask("bare")
    bare.add_url_rule("/engine-rest/version", view_func=lambda: b"{}")
    variables = {"amount": {"value": 12, "type": "Integer"}, "name": {"value": "x", "type": "String"}}
    topic = {"topicName": "work", "lockDuration": 60_000}
    requests: list[tuple[str, Any, str, Any]] = [
        ("a bare Flask route", bare, "version", None),
        ("version", app, "version", None),
        ("start", app, "process-definition/key/bench/start", {"businessKey": "A", "variables": variables}),
        ("fetchAndLock", app, "external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [topic]}),
        ("complete", app, f"external-task/{ID}.3/complete", {"workerId": "w", "variables": variables}),
    ]
    print("HTTP on the hot path, the engine answering at once")
    for name, target, path, body in requests:
        print(f"  {name:20} {median(call(target, path, body)):6.0f} µs")
    engine.close()


def answer_at_once(engine: Engine, definition_id: str) -> None:
    """Replace what the requests ask for by canned answers."""
    header = InstanceHeader(
        id=ID, definition_id=definition_id, definition_key="bench", state=InstanceState.ACTIVE, started_at=0
    )
    task = ExternalTask(
        id=f"{ID}.3", instance_id=ID, definition_id=definition_id, definition_key="bench", element="Do", token=2,
        topic="work", created_at=0,
    )  # fmt: skip
    lock = Lock(task_id=task.id, worker_id="w", until=60_000, fence=1)
    locked = LockedTask(task=task, lock=lock, variables={"amount": 12, "order": {"lines": [1, 2]}})
    canned: dict[str, Callable[..., Any]] = {
        "start": lambda *_, **__: header,
        "fetch_and_lock": lambda *_, **__: [locked],
        "complete_external_task": lambda *_, **__: None,
    }
    for name, answer in canned.items():
        setattr(engine, name, answer)


def call(app: Flask, path: str, body: Any) -> Callable[[], None]:
    data = b"" if body is None else orjson.dumps(body)

    def once() -> None:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "PATH_INFO": f"/engine-rest/{path}",
            "QUERY_STRING": "",
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "x",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(data)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(data),
        }
        status: list[str] = []
        chunks = app(environ, lambda line, *_: status.append(line))  # type: ignore[arg-type,func-returns-value]
        b"".join(chunks)
        assert status[0][0] == "2", status

    return once


def median(act: Callable[[], None]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6
