"""One order with undoing, across two Batons and three workers, as Zipkin's own server shows it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from baton.model.traces import make_instance_span_id, make_token_span_id
from baton.worker import Rest, Runner, Task, worker
from tests.connect.brokers import Zipkin
from tests.connect.brokers import running as running_broker
from tests.connect.hosts import reply, serve
from tests.connect.sinks import write_sinks
from tests.programs import require_chromium, require_program
from tests.running import ROOT, Baton, prepared, running, until
from tests.service.processes import MESSAGE, bpmn, external, line

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HANDLER = (
    '<boundaryEvent id="OnUndone" attachedToRef="charge"><compensateEventDefinition/></boundaryEvent>'
    '<serviceTask id="refund" isForCompensation="true" camunda:type="external" camunda:topic="refund"/>'
    '<association id="x" associationDirection="One" sourceRef="OnUndone" targetRef="refund"/>'
)
CALL = (
    '<serviceTask id="call" camunda:type="external" camunda:topic="http-connector"><extensionElements>'
    '<camunda:inputOutput><camunda:inputParameter name="url">{url}</camunda:inputParameter></camunda:inputOutput>'
    "</extensionElements></serviceTask>"
)
TELL = '<intermediateThrowEvent id="tell"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'
UNDO = '<intermediateThrowEvent id="undo"><compensateEventDefinition/></intermediateThrowEvent>'
MAPPING = {"version": 1, "events": [{"type": "Paid", "start": "delivery"}]}


def write_models(folder: Path, url: str) -> tuple[list[Path], list[Path]]:
    """The files of the order, and those of the delivery that it sets off elsewhere."""
    nodes = (external("charge", "charge"), CALL.format(url=url), external("pack", "pack"), TELL, UNDO)
    texts = {
        "order.bpmn": bpmn(line(*nodes) + HANDLER, key="order", extra=MESSAGE),
        "delivery.bpmn": bpmn(line(external("deliver", "deliver")), key="delivery"),
        "delivery.events.json": json.dumps(MAPPING).encode(),
    }
    for name, content in texts.items():
        (folder / name).write_bytes(content)
    return [folder / "order.bpmn"], [folder / "delivery.bpmn", folder / "delivery.events.json"]


def find_connector(baton: Baton) -> int:
    """The process between Baton and other systems."""

    def look() -> int | None:
        for pid in baton.pids():
            with_name = Path(f"/proc/{pid}/cmdline")
            if with_name.exists() and b"baton.launcher.connecting" in with_name.read_bytes():
                return pid
        return None

    return until(look, 60)


def work(rest: Rest, topic: str, *, fails: bool = False) -> dict[str, Any]:
    """As a client of HTTP that does not depend on the SDK; the task that it was given."""
    body = {"workerId": "plain", "maxTasks": 1, "topics": [{"topicName": topic, "lockDuration": 60_000}]}
    (task,) = until(lambda: rest.post("/external-task/fetchAndLock", body), 90)
    if fails:
        report = {"workerId": "plain", "errorMessage": "no boxes", "retries": 1, "retryTimeout": 0}
        rest.post(f"/external-task/{task['id']}/failure", report)
    else:
        rest.post(f"/external-task/{task['id']}/complete", {"workerId": "plain"})
    return task


@pytest.fixture
def zipkin() -> Iterator[str]:
    with running_broker(Zipkin) as broker:
        yield f"http://127.0.0.1:{broker.port}"


def read_trace(zipkin: str) -> list[dict[str, Any]]:
    found = requests.get(f"{zipkin}/api/v2/trace/{TRACE}", timeout=10)
    return found.json() if found.ok else []


@pytest.mark.e2e
@pytest.mark.node
@pytest.mark.browser
@pytest.mark.timeout(700)
def test_one_order_is_one_trace_though_it_is_undone_and_a_process_is_killed(zipkin: str, tmp_path: Path) -> None:
    seen: list[str | None] = []

    @worker("charge")
    def charge(task: Task) -> None:
        seen.append(task.traceparent)

    @worker("refund")
    def refund(task: Task) -> None:
        seen.append(task.traceparent)

    with ExitStack() as opened:
        # given two Batons whose spans go to Zipkin; what the first one publishes starts a process on the second
        called = opened.enter_context(serve(reply(body=b"{}", content_type="application/json")))
        spans = {"name": "traces", "kind": "zipkin", "url": f"{zipkin}/api/v2/spans"}
        folders = [tmp_path / name for name in "ab"]
        for folder in folders:
            folder.mkdir()
        at_b = write_sinks(folders[1], {**spans, "service": "b"})
        b = opened.enter_context(running("--no-samples", "--web-processes", "1", env={"BATON_SINKS_FILE": str(at_b)}))
        hook = {"name": "b", "kind": "webhook", "url": f"{b.url}/engine-rest/event"}
        allowed = {
            "BATON_HTTP_HOSTS": f"http://localhost:{called.port}",
            "BATON_HTTP_PRIVATE_NETWORKS": "127.0.0.0/8,::1",
        }
        seen_at = {"BATON_TRACE_URL": f"{zipkin}/zipkin/traces/{{trace}}"}
        environment = {"BATON_SINKS_FILE": str(folders[0] / "sinks.toml"), **allowed, **seen_at}
        a = opened.enter_context(prepared("--no-samples", "--web-processes", "1", env=environment))
        write_sinks(folders[0], {**spans, "service": "a", "baton_url": a.url}, hook)
        a.start()
        order, delivery = write_models(tmp_path, f"http://localhost:{called.port}/")
        a.deploy(*order)
        b.deploy(*delivery)

        # when an order is done, its connecting process killed on the way, and undone at its end
        header = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
        caller = Rest(a.rest.url, headers=header)
        instance = str(caller.post("/process-definition/key/order/start", {})["id"])
        runner = Runner([charge, refund], a.rest.url, worker_id="sdk", long_poll=1.0)
        runner.start()
        opened.callback(runner.stop, 5)
        until(lambda: called.requests, 90)
        os.kill(find_connector(a), signal.SIGKILL)
        work(a.rest, "pack", fails=True)
        packed = work(a.rest, "pack")
        report = {"traceId": TRACE, "id": "c" * 16, "parentId": packed["traceparent"].split("-")[2], "name": "boxes"}
        moment = {"timestamp": time.time_ns() // 1000, "duration": 1}
        requests.post(f"{zipkin}/api/v2/spans", json=[{**report, **moment}], timeout=10)
        a.wait_for_end(instance, 90)
        delivered = work(b.rest, "deliver")

        # then Zipkin has each span once, all of one trace, and the parent of each
        wanted = {make_instance_span_id(instance), make_instance_span_id(delivered["processInstanceId"])}
        until(lambda: wanted <= {span["id"] for span in read_trace(zipkin)}, 120, lambda: f"{a.logs()}{b.logs()}")
        found = read_trace(zipkin)
        query = urlencode({"serviceName": "b", "limit": 10})
        assert requests.get(f"{zipkin}/api/v2/traces?{query}", timeout=10).json()
        follow_in_a_browser(a, instance)

    check(found, instance, delivered, seen, called.requests)


def follow_in_a_browser(baton: Baton, instance: str) -> None:
    env = {**os.environ, "BATON_URL": baton.url, "BATON_INSTANCE": instance, "CHROMIUM": require_chromium()}
    command = [require_program("node"), str(ROOT / "tests" / "browser" / "traces" / "linking.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=300, check=False)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"


def check(
    found: list[dict[str, Any]],
    instance: str,
    delivered: dict[str, Any],
    seen: list[str | None],
    called: list[bytes],
) -> None:
    ids = [span["id"] for span in found]
    assert len(set(ids)) == len(ids)
    assert {span["parentId"] for span in found} <= {*ids, CALLER}
    by_id = {span["id"]: span for span in found}

    def name_parent(span: dict[str, Any]) -> str:
        return by_id[span["parentId"]]["name"] if span["parentId"] in by_id else ""

    tree = sorted((name_parent(span), span["name"]) for span in found if span["name"] not in ("s", "e"))
    assert tree == sorted(
        [
            ("", "order"),
            ("order", "charge"),
            ("charge", "attempt charge"),
            ("order", "call"),
            ("call", "attempt http-connector"),
            ("order", "pack"),
            ("pack", "attempt pack"),
            ("pack", "attempt pack"),
            ("pack", "boxes"),
            ("order", "tell"),
            ("tell", "send paid"),
            ("send paid", "delivery"),
            ("delivery", "deliver"),
            ("deliver", "attempt deliver"),
            ("order", "undo"),
            ("undo", "undo"),
            ("undo", "refund"),
            ("refund", "attempt refund"),
        ]
    )
    by_name = {span["name"]: span for span in found}
    failed = [span for span in found if span["name"] == "attempt pack" and span["tags"].get("error")]
    assert [span["tags"]["error"] for span in failed] == ["no boxes"]
    assert by_name["refund"]["tags"]["links"] == f"{TRACE}-{by_name['charge']['id']}"
    assert {span["localEndpoint"]["serviceName"] for span in found if span["name"] != "boxes"} == {"a", "b"}
    handed_on = [f"00-{TRACE}-{by_name[name]['id']}-01" for name in ("charge", "refund")]
    assert seen == handed_on
    assert f"traceparent: 00-{TRACE}-{by_name['call']['id']}-01".encode() in called[0]
    assert delivered["traceparent"].split("-")[1] == TRACE
    assert by_name["order"]["id"] == make_token_span_id(instance, 0)
