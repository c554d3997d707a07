"""The web as it is served: gunicorn with gevent, one process, real connections."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

import pytest
import requests

from baton.store.server import start_server
from tests.running import free_port
from tests.web import diagrams
from tests.web.sse import messages

START_SECONDS = 120
"""Ten times what it takes, and more: others may keep the machine busy."""


class Served:
    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        self.root = url
        self.url = f"{url}/engine-rest"
        self.process = process

    def deploy(self, name: str) -> None:
        files = {"data": (f"{name}.bpmn", diagrams.BY_NAME[name])}
        assert requests.post(f"{self.url}/deployment/create", files=files, timeout=10).status_code == 200

    def start(self, key: str) -> str:
        return str(requests.post(f"{self.url}/process-definition/key/{key}/start", json={}, timeout=10).json()["id"])


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One for all tests that need nothing special."""
    with serving_alone() as made:
        yield made


@pytest.fixture
def own(valkey: str) -> Iterator[Served]:
    """One that the test may stop."""
    with serving(valkey) as made:
        yield made


@contextmanager
def serving_alone(**settings: str) -> Iterator[Served]:
    """With a store of its own, which no other test empties, or leaves anything in that this one cannot read."""
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    server = start_server(folder, folder / "s", fsync="everysec")
    try:
        with serving(server.url, **settings) as made:
            yield made
    finally:
        server.stop()
        rmtree(folder, ignore_errors=True)


@contextmanager
def serving(valkey: str, **settings: str) -> Iterator[Served]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--worker-class", "baton.launcher.webserver.Worker", "--graceful-timeout", "30", "--keep-alive", "75"]
    with tempfile.TemporaryFile() as log:
        env = {**os.environ, "BATON_REDIS_URL": valkey, "BATON_BIND": f"127.0.0.1:{port}", **settings}
        process = subprocess.Popen([*command, "baton.launcher.wsgi:make_app()"], env=env, stdout=log, stderr=log)
        try:
            _until_ready(f"http://127.0.0.1:{port}", process)
            yield Served(f"http://127.0.0.1:{port}", process)
        finally:
            process.kill()
            process.wait(10)


def _until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError("gunicorn did not start")


def test_a_browser_sees_an_instance_move_while_long_polls_wait(served: Served) -> None:
    served.deploy("work")
    id = served.start("work")
    with requests.get(f"{served.url}/process-instance/{id}/stream", stream=True, timeout=10) as response:
        found = messages(response.iter_content(None))
        assert next(found).event == "snapshot"
        topic = {"topicName": "work", "lockDuration": 60_000}
        body = {"workerId": "w", "maxTasks": 1, "asyncResponseTimeout": 20_000, "topics": [topic]}
        (task,) = requests.post(f"{served.url}/external-task/fetchAndLock", json=body, timeout=10).json()
        done = requests.post(f"{served.url}/external-task/{task['id']}/complete", json={"workerId": "w"}, timeout=10)
        assert done.status_code == 204
        assert "InstanceEnded" in [event["type"] for event in next(found).data["events"]]
    second: list[object] = []
    body["asyncResponseTimeout"] = 8_000
    poll = threading.Thread(
        target=lambda: second.extend(
            requests.post(f"{served.url}/external-task/fetchAndLock", json=body, timeout=15).json()
        )
    )
    poll.start()
    served.start("work")
    poll.join(15)
    assert len(second) == 1


def test_a_long_poll_that_finds_nothing_ends_with_an_empty_list(served: Served) -> None:
    topics = [{"topicName": "nothing", "lockDuration": 60_000}]
    body = {"workerId": "w", "maxTasks": 1, "asyncResponseTimeout": 300, "topics": topics}

    with requests.Session() as connection:
        answers = [connection.post(f"{served.url}/external-task/fetchAndLock", json=body, timeout=10) for _ in range(2)]

    for answer in answers:
        assert (answer.status_code, answer.json()) == (200, [])


def test_a_file_of_50_mb_gets_a_clear_answer(served: Served, tmp_path: Path) -> None:
    count = requests.get(f"{served.url}/deployment/count", timeout=10).json()
    huge = tmp_path / "huge.bpmn"
    huge.write_bytes(b"<!-- -->" * (50 * 1024 * 1024 // 8))
    with huge.open("rb") as file:
        answer = requests.post(f"{served.url}/deployment/create", files={"data": file}, timeout=60)
    assert answer.status_code == 413
    assert "BATON_MAX_BODY_BYTES" in answer.json()["message"]
    assert requests.get(f"{served.url}/deployment/count", timeout=10).json() == count


def test_a_graceful_stop_ends_streams_and_long_polls_at_once(own: Served) -> None:
    own.deploy("work")
    id = own.start("work")
    requests.delete(f"{own.url}/process-instance/{id}", timeout=10).raise_for_status()
    topic = {"topicName": "work", "lockDuration": 60_000}
    body = {"workerId": "w", "maxTasks": 1, "asyncResponseTimeout": 60_000, "topics": [topic]}
    answers: list[object] = []
    poll = threading.Thread(
        target=lambda: answers.append(
            requests.post(f"{own.url}/external-task/fetchAndLock", json=body, timeout=60).json()
        )
    )
    poll.start()
    with requests.get(f"{own.url}/process-instance/{id}/stream", stream=True, timeout=10) as response:
        chunks = response.iter_content(None)
        next(chunks)
        began = time.monotonic()
        own.process.send_signal(signal.SIGTERM)
        for _ in chunks:
            pass
    poll.join(10)
    own.process.wait(10)
    assert answers == [[]]
    assert time.monotonic() - began < 10


def test_others_are_answered_while_a_large_file_is_checked(served: Served) -> None:
    checked = threading.Event()

    def check() -> None:
        assert check_file(served, wide_model(5_000)).status_code == 200
        checked.set()

    checking = threading.Thread(target=check)
    checking.start()
    answered = 0
    while not checked.is_set() and checking.is_alive() and answered < 20:
        assert requests.get(f"{served.url}/version", timeout=60).status_code == 200
        answered += 1
    early = not checked.is_set()
    checking.join(120)

    assert checked.is_set()
    assert early, f"only {answered} requests were answered before the check was done"


def test_what_takes_longer_than_its_budget_is_refused_and_changes_nothing(valkey: str) -> None:
    with serving(valkey, BATON_COMPUTE_SECONDS="0.2") as served:
        model = wide_model(20_000)
        deployed = requests.post(f"{served.url}/deployment/create", files={"data": ("wide.bpmn", model)}, timeout=60)
        simulated = requests.post(f"{served.url}/simulation", json={"bpmn": model}, timeout=60)
        for refused in (check_file(served, model), deployed, simulated):
            assert refused.status_code == 422
            assert "at most 0.2 s" in refused.json()["message"]
            assert "BATON_COMPUTE_SECONDS" in refused.json()["message"]
        assert requests.get(f"{served.url}/deployment/count", timeout=10).json() == {"count": 0}
        assert "baton_compute_killed 3.0" in requests.get(f"{served.root}/metrics", timeout=10).text


def test_a_deployed_file_is_simulated_and_its_decision_evaluated_in_another_process(served: Served) -> None:
    served.deploy("work")
    url = f"{served.url}/process-definition?key=work"
    definition = requests.get(url, timeout=10).json()[0]["id"]
    body = {"processDefinitionId": definition, "command": {"type": "start"}}
    step = requests.post(f"{served.url}/simulation", json=body, timeout=30)
    assert step.status_code == 200, step.text
    table = ("price.dmn", PRICE)
    assert requests.post(f"{served.url}/deployment/create", files={"data": table}, timeout=10).status_code == 200
    variables = {"net": {"value": 3, "type": "Integer"}}
    answer = requests.post(
        f"{served.url}/decision-definition/key/price/evaluate", json={"variables": variables}, timeout=30
    )
    assert [{name: value["value"] for name, value in row.items()} for row in answer.json()] == [{"price": 6}]
    missing = requests.post(f"{served.url}/decision-definition/nope:1:x/evaluate", json={}, timeout=30)
    assert missing.status_code == 404


def test_a_request_that_trickles_in_is_cut_off(valkey: str) -> None:
    with serving(valkey, BATON_REQUEST_SECONDS="0.5") as served:
        start = b"POST /engine-rest/process-definition/key/p/start HTTP/1.1\r\nHost: localhost\r\n"
        body = start + b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
        chunked = start + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"
        form = start.replace(b"process-definition/key/p/start", b"deployment/create")
        form += b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n--b"
        unread = body.replace(b"POST", b"GET").replace(b"process-definition/key/p/start", b"version")
        answers = {
            name: trickle(served, sent)
            for name, sent in (
                ("head", start),
                ("body", body),
                ("chunked", chunked),
                ("form", form),
                ("unread", unread),
            )
        }
        assert answers.pop("unread").startswith(b"HTTP/1.1 200")
        for name, answer in answers.items():
            assert answer.startswith(b"HTTP/1.1 408"), f"{name}: {answer!r}"
        assert b"BATON_REQUEST_SECONDS" in answers["body"]
        assert requests.get(f"{served.url}/version", timeout=10).status_code == 200


def test_a_connection_may_rest_between_two_requests_longer_than_one_request_may_take(valkey: str) -> None:
    with serving(valkey, BATON_REQUEST_SECONDS="0.2") as served, connect(served) as sock:
        for _ in range(3):
            sock.sendall(b"GET /engine-rest/version HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert sock.recv(65536).startswith(b"HTTP/1.1 200")
            assert not select.select([sock], [], [], 0.4)[0], "it was closed"


def connect(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(served.root.rpartition(":")[2])), timeout=30)


def trickle(served: Served, sent: bytes) -> bytes:
    """Send this and then a byte now and then, until the server has closed the connection; what it answered."""
    answer = b""
    with connect(served) as sock, suppress(ConnectionError):
        sock.sendall(sent)
        while True:
            if select.select([sock], [], [], 0.05)[0]:
                received = sock.recv(65536)
                if not received:
                    break
                answer += received
            else:
                sock.sendall(b"x")
    return answer


PRICE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="price" name="price"><variable id="v" name="price"/><literalExpression id="e"><text>net * 2</text>
</literalExpression></decision></definitions>"""


def wide_model(tasks: int) -> str:
    """A process of many tasks that nothing leads to."""
    nodes = "".join(f'<manualTask id="t{number}"/>' for number in range(tasks))
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="p" '
    return f'{head}isExecutable="true">{nodes}</process></definitions>'


def check_file(served: Served, model: str) -> requests.Response:
    headers = {"Content-Type": "application/xml"}
    return requests.post(f"{served.url}/process-definition/check", data=model, headers=headers, timeout=120)
