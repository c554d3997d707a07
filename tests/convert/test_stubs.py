"""Stubs: a function for each topic, in files that run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from baton.convert import LANGUAGES, Topic, write_stubs
from baton.testing import TestEngine
from tests.convert.files import convert_file
from tests.programs import require_program

NASTY = (
    Topic("charge-card", ("Charge",), ("amount", 'a"b'), "paid", {"camunda:class": "org.shop.Charge\nCard"}),
    Topic("charge card", ("Again",)),
    Topic("class", ("X",), origin={"script": 'x = "\\u0000" */ """ `${y}`\nz = 1'}),
    Topic("1st", ()),
    Topic('say "hi"', ("Y",)),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_has_a_function(language: str) -> None:
    _, text = write_stubs(convert_file("execution-listeners").topics, language)

    assert all(f'"{topic}"' in text for topic in ("log", "archive", "do-end"))


def test_stubs_in_python_run_and_say_what_is_missing(engine: TestEngine, tmp_path: Path) -> None:
    converted = convert_file("groovy-script")
    (tmp_path / "p.bpmn").write_bytes(converted.content)
    name, text = write_stubs(converted.topics, "python")
    (tmp_path / name).write_text(text)
    engine.deploy(tmp_path / "p.bpmn")
    engine.run(workers=[tmp_path / name])

    instance = engine.start("groovy-script", {})

    instance.assert_incident("Do", "topic 'compute-the-total': nobody has written this worker yet")


def test_stubs_in_python_are_valid_whatever_topics_are_called() -> None:
    _, text = write_stubs(NASTY, "python")

    compile(text, "workers.py", "exec")
    assert text.count("@worker(") == len(NASTY)


@pytest.mark.node
def test_stubs_in_javascript_are_valid_whatever_topics_are_called(tmp_path: Path) -> None:
    name, text = write_stubs(NASTY, "javascript")
    (tmp_path / name).write_text(text)

    found = subprocess.run([require_program("node"), "--check", tmp_path / name], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")


def test_stubs_in_java_are_valid_whatever_topics_are_called(tmp_path: Path) -> None:
    """Compiled against the few names of the client that they use."""
    name, text = write_stubs(NASTY, "java")
    (tmp_path / name).write_text(text)
    for path, source in CLIENT.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source)

    command = [require_program("javac"), "-d", "out", name, *CLIENT]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")


CLIENT = {
    "org/camunda/bpm/client/ExternalTaskClient.java": """package org.camunda.bpm.client;
import org.camunda.bpm.client.task.*;
public interface ExternalTaskClient {
  static Builder create() { return null; }
  Subscription subscribe(String topic);
  interface Builder { Builder baseUrl(String u); Builder workerId(String w); ExternalTaskClient build(); }
  interface Handler { void execute(ExternalTask t, ExternalTaskService s); }
  interface Subscription { Subscription handler(Handler h); Subscription open(); }
}""",
    "org/camunda/bpm/client/task/ExternalTask.java": """package org.camunda.bpm.client.task;
public interface ExternalTask {}""",
    "org/camunda/bpm/client/task/ExternalTaskService.java": """package org.camunda.bpm.client.task;
public interface ExternalTaskService {
  void handleFailure(ExternalTask t, String message, String details, int retries, long timeout);
}""",
}
