"""A stranger's evening by command line alone: an own process, a worker, a test, a failure found and repaired."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.running import LEAN_PYTEST

MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:evening"
             xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <process id="coffee" name="Coffee" isExecutable="true" camunda:historyTimeToLive="P30D">
    <startEvent id="Ordered" />
    <sequenceFlow id="f1" sourceRef="Ordered" targetRef="Roast" />
    <serviceTask id="Roast" name="Roast" camunda:type="external" camunda:topic="roast">
      <extensionElements>
        <camunda:failedJobRetryTimeCycle>R2/PT0.1S</camunda:failedJobRetryTimeCycle>
      </extensionElements>
    </serviceTask>
    <sequenceFlow id="f2" sourceRef="Roast" targetRef="Taste" />
    <userTask id="Taste" name="Taste it">
      <extensionElements><camunda:formData>
        <camunda:formField id="good" label="Good?" type="boolean"><camunda:validation>
          <camunda:constraint name="required" />
        </camunda:validation></camunda:formField>
      </camunda:formData></extensionElements>
    </userTask>
    <sequenceFlow id="f3" sourceRef="Taste" targetRef="Drunk" />
    <endEvent id="Drunk" />
  </process>
</definitions>
"""
WORKER = """from baton.worker import worker

MINUTES = {"arabica": 12}


@worker("roast")
def roast(beans: str) -> dict:
    return {"roasted": f"{beans} for {MINUTES[beans]} minutes"}
"""
REPAIRED = WORKER.replace('{"arabica": 12}', '{"arabica": 12, "robusta": 15}')
TEST = """from pathlib import Path

import pytest


@pytest.mark.parametrize("beans", ["arabica", "robusta"])
def test_every_bean_is_roasted(engine, beans):
    engine.deploy("coffee.bpmn")
    engine.run(workers=[Path("roaster.py")])
    coffee = engine.start("coffee", {"beans": beans}).wait_for("Taste")
    coffee.complete("Taste", {"good": True})
    coffee.assert_ended(at="Drunk")
"""
SECONDS = 120


class Shell:
    """A terminal in the folder: the programs of one environment, and nothing of a clone."""

    def __init__(self, folder: Path, programs: Path, env: Mapping[str, str]) -> None:
        self.folder, self._programs = folder, programs
        self.env = {**env, "PATH": f"{programs}:/usr/bin:/bin", "HOME": str(folder)}

    def run(self, program: str, *arguments: str, code: int = 0) -> str:
        """What the command prints. It must end with this exit code."""
        done = subprocess.run(
            [self._programs / program, *arguments],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == code, f"{program} {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    @contextmanager
    def keep_running(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        """A command that goes on beside the others, and ends by SIGTERM with exit code 0."""
        with (self.folder / f"{command[1]}.log").open("w") as log:
            process = subprocess.Popen(
                [self._programs / command[0], *command[1:]],
                cwd=self.folder,
                env=self.env,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            try:
                yield process
                process.terminate()
                assert process.wait(SECONDS) == 0
            finally:
                process.kill()
                process.communicate()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")


def spend_evening(folder: Path, programs: Path) -> None:
    """``programs``: the folder of ``baton`` and ``pytest`` of an environment into which Baton was installed."""
    inherited = {name: value for name, value in os.environ.items() if name in ("LANG", "TMPDIR")} | {
        "PYTEST_ADDOPTS": LEAN_PYTEST
    }
    shell = Shell(folder, programs, inherited)
    shell.write("coffee.bpmn", MODEL)
    shell.write("roaster.py", WORKER)
    with shell.keep_running("baton", "serve", "--port", "0", "--no-samples", "--web-processes", "1") as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found is not None, said
        shell.env["BATON_URL"] = found.group()
        _bring_own_process(shell)
        _find_failure(shell)
        _repair(shell)


def _bring_own_process(shell: Shell) -> None:
    """Checked, deployed, worked on, and completed by a person whose first answer does not fit."""
    shell.run("baton", "check", "coffee.bpmn")
    assert "Deployed coffee version 1" in shell.run("baton", "deploy", "coffee.bpmn")
    with shell.keep_running("baton", "worker", "roaster.py"):
        shell.run("baton", "start", "coffee", "--business-key", "C-1", "--var", "beans=arabica")
        task = _wait_for_task(shell, "C-1")
        refused = shell.run("baton", "complete", task, "--var", "good=very", code=1)
        assert "Expected true or false for field 'good', but found \"very\"" in refused
        shell.run("baton", "complete", task, "--var", "good=true")
        shown = shell.run("baton", "show", "C-1", "--follow")
    assert "completed" in shown
    assert "arabica for 12 minutes" in shell.run("baton", "variables", "C-1")


def _find_failure(shell: Shell) -> None:
    """What the test of the process says in the evening, production says at night."""
    shell.write("test_coffee.py", TEST)
    failed = shell.run("pytest", "-q", "test_coffee.py", code=1)
    assert "1 failed, 1 passed" in failed
    assert "KeyError" in failed
    with shell.keep_running("baton", "worker", "roaster.py"):
        shell.run("baton", "start", "coffee", "--business-key", "C-2", "--var", "beans=robusta")
        incidents = _wait_for(shell, "KeyError", "baton", "incidents", "--key", "coffee")
    assert "Roast" in incidents
    assert "KeyError: 'robusta'" in shell.run("baton", "show", "C-2")


def _repair(shell: Shell) -> None:
    shell.write("roaster.py", REPAIRED)
    assert "2 passed" in shell.run("pytest", "-q", "test_coffee.py")
    with shell.keep_running("baton", "worker", "roaster.py"):
        shell.run("baton", "retry", "--instance", "C-2")
        shell.run("baton", "complete", _wait_for_task(shell, "C-2"), "--var", "good=true")
        assert "completed" in shell.run("baton", "show", "C-2", "--follow")
    assert "No incidents" in shell.run("baton", "incidents")
    assert "InstanceEnded" in shell.run("baton", "history", "C-2")


def _wait_for_task(shell: Shell, business_key: str) -> str:
    listed = _wait_for(shell, "Taste it", "baton", "tasks", "--instance", business_key)
    (found,) = re.findall(r"\b[0-9a-z]+-[0-9a-z]+\.\d+\b", listed)
    return found


def _wait_for(shell: Shell, text: str, *command: str) -> str:
    said = ""
    for _ in range(SECONDS):
        said = shell.run(*command)
        if text in said:
            return said
    raise AssertionError(f"Expected '{text}', but {' '.join(command)} says\n{said}")
