"""The web as it is served: gunicorn with gevent, one process, real connections."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.running import free_port
from tests.web import diagrams
from tests.web.sse import messages


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


@pytest.fixture
def served(valkey: str) -> Iterator[Served]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--worker-class", "baton.launcher.webserver.Worker", "--graceful-timeout", "5", "--keep-alive", "75"]
    with tempfile.TemporaryFile() as log:
        env = {**os.environ, "BATON_REDIS_URL": valkey, "BATON_BIND": f"127.0.0.1:{port}"}
        process = subprocess.Popen([*command, "baton.launcher.wsgi:app()"], env=env, stdout=log, stderr=log)
        try:
            _until_ready(f"http://127.0.0.1:{port}", process)
            yield Served(f"http://127.0.0.1:{port}", process)
        finally:
            process.kill()
            process.wait(10)


def _until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
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


def test_a_file_of_50_mb_gets_a_clear_answer(served: Served, tmp_path: Path) -> None:
    huge = tmp_path / "huge.bpmn"
    huge.write_bytes(b"<!-- -->" * (50 * 1024 * 1024 // 8))
    with huge.open("rb") as file:
        answer = requests.post(f"{served.url}/deployment/create", files={"data": file}, timeout=60)
    assert answer.status_code == 413
    assert "BATON_MAX_BODY_BYTES" in answer.json()["message"]
    assert requests.get(f"{served.url}/deployment/count", timeout=10).json() == {"count": 0}


def test_a_graceful_stop_ends_streams_and_long_polls_at_once(served: Served) -> None:
    served.deploy("work")
    id = served.start("work")
    requests.post(f"{served.url}/process-instance/delete", json={"processInstanceIds": [id]}, timeout=10)
    topic = {"topicName": "work", "lockDuration": 60_000}
    body = {"workerId": "w", "maxTasks": 1, "asyncResponseTimeout": 60_000, "topics": [topic]}
    answers: list[object] = []
    poll = threading.Thread(
        target=lambda: answers.append(
            requests.post(f"{served.url}/external-task/fetchAndLock", json=body, timeout=60).json()
        )
    )
    poll.start()
    with requests.get(f"{served.url}/process-instance/{id}/stream", stream=True, timeout=10) as response:
        chunks = response.iter_content(None)
        next(chunks)
        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        for _ in chunks:
            pass
    poll.join(10)
    served.process.wait(10)
    assert answers == [[]]
    assert time.monotonic() - began < 4


def test_others_are_answered_while_a_large_file_is_checked(served: Served) -> None:
    tasks = "".join(f'<manualTask id="t{number}"/>' for number in range(20_000))
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="p" '
    model = f'{head}isExecutable="true">{tasks}</process></definitions>'
    checked = threading.Event()

    def check() -> None:
        headers = {"Content-Type": "application/xml"}
        answer = requests.post(f"{served.url}/process-definition/check", data=model, headers=headers, timeout=120)
        assert answer.status_code == 200
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
