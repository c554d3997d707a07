"""``baton dev`` and ``baton worker --reload``: what is saved is what runs."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from baton.cli.dev import list_worker_files
from baton.client import Client
from tests.running import descendants, free_port
from tests.worker.fake_engine import FakeEngine

MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="own" isExecutable="true"><startEvent id="Start"/>
  <serviceTask id="Do" camunda:type="external" camunda:topic="work"/>
  <endEvent id="End"/><sequenceFlow id="a" sourceRef="Start" targetRef="Do"/>
  <sequenceFlow id="b" sourceRef="Do" targetRef="End"/></process></definitions>"""
WORKERS = """
from baton.worker import worker

@worker("work")
def work(task):
    return {"round": 1}
"""


class Running:
    """A command whose output is read line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._new: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._new.put(line)
        self._new.put(None)

    def wait_for(self, text: str, seconds: float = 240) -> str:
        """The next line with this text."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._new.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            assert line is not None, f"no '{text}' in:\n{''.join(self.lines)}"
            self.lines.append(line)
            if text in line:
                return line


@contextmanager
def run(*arguments: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "baton.cli", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


@pytest.mark.e2e
def test_models_and_workers_of_a_folder_are_followed(tmp_path: Path) -> None:
    model, workers, port = tmp_path / "own.bpmn", tmp_path / "own_workers.py", free_port()
    model.write_text(MODEL)
    workers.write_text(WORKERS)
    with run("dev", str(tmp_path), "--port", str(port)) as dev, Client(f"http://127.0.0.1:{port}") as client:
        assert dev.wait_for("Deployed own version 1").startswith("deploy  │ ")
        assert dev.wait_for("serves work").startswith("workers │ ")
        assert client.start_and_wait("own").variables["round"] == 1

        workers.write_text(WORKERS.replace("1", "2"))
        dev.wait_for("saved: own_workers.py")
        dev.wait_for("serves work")
        assert client.start_and_wait("own").variables["round"] == 2

        model.write_text(MODEL.replace('sourceRef="Do"', 'sourceRef="Dx"'))
        problem = dev.wait_for("[dangling-reference]")
        assert "own.bpmn:5: error" in problem
        assert "(b)" in problem
        workers.write_text("from baton.worker import worker\nx = (\n")
        dev.wait_for("own_workers.py")
        dev.wait_for("SyntaxError")
        dev.wait_for("have ended; they are started again when a file is saved")
        assert [found.version for found in client.list_definitions(key="own")] == [1]

        model.write_text(MODEL.replace('id="Do"', 'id="Do" name="Repaired"'))
        dev.wait_for("Deployed own version 2")
        workers.write_text(WORKERS.replace("1", "3"))
        dev.wait_for("serves work")
        assert client.start_and_wait("own").variables["round"] == 3

        below = descendants(dev.process.pid)
        dev.process.send_signal(signal.SIGINT)
        assert dev.process.wait(30) == 0
        assert below
        assert not set(below) & set(descendants(1))
    assert not any(b"\x1b" in line.encode() for line in dev.lines)  # no colours where there is no terminal


def test_a_port_that_is_taken_is_said_before_anything_starts(engine: FakeEngine, tmp_path: Path) -> None:
    taken = engine.url.rpartition(":")[2].partition("/")[0]
    with run("dev", str(tmp_path), "--port", taken) as dev:
        dev.wait_for(f"Expected to listen on 127.0.0.1:{taken}")
        assert dev.process.wait(30) == 4


def test_a_worker_is_started_anew_when_its_module_is_saved(engine: FakeEngine, tmp_path: Path) -> None:
    first, second = tmp_path / "first.py", tmp_path / "second.py"
    first.write_text(WORKERS)
    second.write_text(WORKERS.replace('"work"', '"other"'))
    with run("worker", str(first), str(second), "--reload", "--url", engine.url) as worker:
        worker.wait_for("serves other, work")
        engine.offer("t.1")
        assert engine.wait_for("/external-task/t.1/complete")[0]["variables"]["round"]["value"] == 1

        first.write_text("1 / 0\n")
        worker.wait_for("Restarting the worker")
        worker.wait_for("ZeroDivisionError")
        worker.wait_for("It is started again when a file changes")
        first.write_text(WORKERS.replace("1", "2"))
        worker.wait_for("serves other, work")
        engine.offer("t.2")
        assert engine.wait_for("/external-task/t.2/complete")[0]["variables"]["round"]["value"] == 2

        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(30) == 0


def test_worker_files_are_told_from_others(tmp_path: Path) -> None:
    texts = {
        "workers.py": WORKERS,
        "deep/more.py": "import baton.worker as sdk\n@sdk.worker('a')\nasync def a(task): ...\n",
        "broken.py": "from baton.worker import worker\nx = (",
        "plain.py": "def worker(): ...\n",
        "test_workers.py": WORKERS,
        ".hidden/workers.py": WORKERS,
        "node_modules/workers.py": WORKERS,
        "env/workers.py": WORKERS,
        "env/pyvenv.cfg": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    found = [str(path.relative_to(tmp_path)) for path in list_worker_files(tmp_path)]
    assert found == ["broken.py", "workers.py", "deep/more.py"]
