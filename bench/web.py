"""What HTTP costs on the hot path: WSGI in and out, the engine answering at once, beside a bare Flask route."""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from flask import Flask

from baton.model.identity import Role
from baton.model.records import ExternalTask, InstanceHeader, InstanceState, Lock
from baton.service import Engine, LockedTask, Resource, Settings, assemble
from baton.store.server import start_server
from baton.web import WebSettings, create_app

ROUNDS = 2_000
PAIRS = 10
MODEL = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench">
<process id="bench" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="e"/>
</process></definitions>"""
ID = "0123456789abcdef-07"


def main() -> None:
    """Print microseconds per request (median)."""
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        server = start_server(Path(folder), Path(folder, "s"), fsync="no")
        engine = assemble(Settings(redis_url=server.url))
        requests = make_requests(engine)
        print("HTTP on the hot path, the engine answering at once")
        for name, send in requests.items():
            print(f"  {name:20} {median(send):6.0f} µs")
        costs = measure_sign_in(engine)
        listed = ", ".join(f"{cost:.0f}" for cost in costs)
        print(f"  a key adds {statistics.median(costs):.0f} µs of CPU to a request (of {listed}); at most 60 are meant")
        engine.close()
        server.stop()


def make_requests(engine: Engine) -> dict[str, Callable[[], bytes]]:
    """What sends each measured request and returns the body of the answer; the engine answers at once from now on."""
    definition = engine.deployments.deploy("bench", [Resource(name="bench.bpmn", content=MODEL)]).definitions[0]
    answer_at_once(engine, definition.id)
    app, bare = create_app(engine, WebSettings(hosts=None)), Flask("bare")
    bare.add_url_rule("/engine-rest/version", view_func=lambda: b"{}")
    variables = {"amount": {"value": 12, "type": "Integer"}, "name": {"value": "x", "type": "String"}}
    topic = {"topicName": "work", "lockDuration": 60_000}
    completions = [{"id": f"{ID}.{number}", "variables": variables} for number in range(10)]
    bodies: dict[str, tuple[str, Any]] = {
        "version": ("version", None),
        "start": ("process-definition/key/bench/start", {"businessKey": "A", "variables": variables}),
        "fetchAndLock": ("external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [topic]}),
        "complete": (f"external-task/{ID}.3/complete", {"workerId": "w", "variables": variables}),
        "complete 1 in bulk": ("external-task/complete", {"workerId": "w", "tasks": completions[:1]}),
        "complete 10 in bulk": ("external-task/complete", {"workerId": "w", "tasks": completions}),
    }
    measured = {name: call(app, path, body) for name, (path, body) in bodies.items()}
    return {"a bare Flask route": call(bare, "version", None), **measured}


def measure_sign_in(engine: Engine) -> list[float]:
    """Microseconds of CPU that a key adds to a short request, in pairs: with, without."""
    replace(engine.external_tasks, "list_topics", list)
    guarded = create_app(engine, WebSettings(hosts=None, sign_in="required"))
    # Of one who may see everything: for others the topics are narrowed by a question to the store, which the side
    # without a key does not ask.
    key, _ = engine.accounts.create_key("bench", [Role.ADMINISTRATOR])
    path = "external-task/topic-names"
    free = call(create_app(engine, WebSettings(hosts=None)), path, None)
    signed = call(guarded, path, None, HTTP_AUTHORIZATION=f"Bearer {key}")
    return [measure_cpu(signed) - measure_cpu(free) for _ in range(PAIRS)]


def measure_cpu(act: Callable[[], object]) -> float:
    """Microseconds of CPU of this process."""
    began = time.process_time()
    for _ in range(ROUNDS):
        act()
    return (time.process_time() - began) / ROUNDS * 1e6


def answer_at_once(engine: Engine, definition_id: str) -> None:
    """Replace what the requests ask for by canned answers. Raises AttributeError when the engine has no such method."""
    header = InstanceHeader(
        id=ID, definition_id=definition_id, definition_key="bench", state=InstanceState.ACTIVE, started_at=0
    )
    task = ExternalTask(
        id=f"{ID}.3", instance_id=ID, definition_id=definition_id, definition_key="bench", element="Do", token=2,
        topic="work", created_at=0,
    )  # fmt: skip
    lock = Lock(task_id=task.id, worker_id="w", until=60_000, fence=1)
    locked = LockedTask(task=task, lock=lock, variables={"amount": 12, "order": {"lines": [1, 2]}})
    replace(engine.starts, "start", lambda *_, **__: header)
    replace(engine.task_fetcher, "fetch_and_lock", lambda *_, **__: [locked])
    replace(engine.external_tasks, "complete", lambda *_, **__: None)
    replace(engine.bulk_completion, "complete", lambda completions, **__: [None] * len(completions))


def replace(part: object, method: str, answer: Callable[..., Any]) -> None:
    getattr(part, method)
    setattr(part, method, answer)


def call(app: Flask, path: str, body: Any, **headers: str) -> Callable[[], bytes]:
    data = b"" if body is None else orjson.dumps(body)

    def once() -> bytes:
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
            **headers,
        }
        status: list[str] = []
        chunks = app(environ, lambda line, *_: status.append(line))  # type: ignore[arg-type,func-returns-value]
        answer = b"".join(chunks)
        assert status[0][0] == "2", (status, answer)
        return answer

    return once


def median(act: Callable[[], object]) -> float:
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6
