"""A backup that is taken under load holds all that was answered before, and Baton goes on from it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.docs.pages import find_block, read_serving
from tests.running import Baton, running

MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test">
  <process id="approval" isExecutable="true"><startEvent id="Start"/><userTask id="Approve"/><endEvent id="End"/>
  <sequenceFlow id="a" sourceRef="Start" targetRef="Approve"/><sequenceFlow id="b" sourceRef="Approve" targetRef="End"/>
  </process></definitions>"""


def run(*arguments: object) -> str:
    command = [sys.executable, "-m", "baton.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.e2e
def test_a_backup_under_load_is_whole_and_its_instances_go_on(tmp_path: Path) -> None:
    (tmp_path / "approval.bpmn").write_text(MODEL)
    stop, file = threading.Event(), tmp_path / "baton.backup"
    with running("--no-samples", "--web-processes", "1") as baton:
        baton.deploy(tmp_path / "approval.bpmn")
        before = {baton.begin("approval", {"number": number}) for number in range(20)}

        def start_more() -> None:
            while not stop.is_set():
                baton.begin("approval", {"number": 0})

        load = threading.Thread(target=start_more)
        load.start()
        try:
            run("backup", file, "--data", baton.data)
        finally:
            stop.set()
            load.join()
    run("restore", file, "--data", tmp_path / "data")

    line = find_block("docs/how-to/back-up-and-restore.md", "baton serve --data restored").text
    env, options = read_serving(line, {"restored": str(tmp_path / "data")})
    restored = Baton(tmp_path / "data", *options, "--no-samples", "--web-processes", "1", env=env)
    restored.start()
    try:
        found = restored.rest.get("/process-instance/overview", {"maxResults": 10_000})
        assert before <= {header["id"] for header in found}
        for task in restored.rest.get("/task", {"maxResults": 10_000}):
            restored.rest.post(f"/task/{task['id']}/complete")
        assert all(restored.header(instance)["state"] == "completed" for instance in before)
        assert restored.rest.get("/incident/count") == {"count": 0}
    finally:
        restored.kill()
