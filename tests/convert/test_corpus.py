"""Every file of the corpus is converted, deployed and played to its end by workers for its topics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from baton.testing import TestEngine, TestInstance
from baton.worker import Handler, Task, worker
from tests.convert.files import NAMES, convert_file

VARIABLES = {"price": 50, "order": "A-1", "customer": "ann@example.org"}
PLAYED: dict[str, tuple[list[str], dict[str, Any]]] = {
    "activiti": (["charge-card"], {}),
    "bean-assignee": ([], {}),
    "bean-input": (["rates.look-up"], {}),
    "bean-method": (["order-service.total"], {"total": "by order-service.total"}),
    "bean-method-twice": (
        ["orders.how-many", "orders.how-many-2"],
        {"one": "by orders.how-many", "two": "by orders.how-many-2"},
    ),
    "case-call": (["case-one-case"], {"verdict": "by case-one-case"}),
    "choice-without-condition": ([], {}),
    "condition-after-task": (["decide-dear"], {}),
    "delegate-expression": (["charge-card"], {}),
    "drawn": (["opened", "began", "taken", "reached", "closed"], {}),
    "embedded-form": ([], {}),
    "empty-script": ([], {}),
    "execution-listeners": (["log", "archive", "do-end"], {"done": True}),
    "flowable": (["charge-card"], {}),
    "form-data": ([], {}),
    "gateway-listener": (["counter"], {}),
    "groovy-script": (["compute-the-total"], {"total": "by compute-the-total"}),
    "groovy-variable": ([], {"copy": 50}),
    "http-connector": (["http-connector", "do-answer"], {"answer": "by do-answer", "response": "by http-connector"}),
    "java-class": (["charge-card"], {}),
    "java-class-rule": (["decide-discount"], {}),
    "java-class-send": (["send-offer"], {}),
    "javascript-constant": ([], {"answer": 42}),
    "listeners-elsewhere": (["opened", "began", "taken", "reached", "closed"], {}),
    "mail-task": (["mail"], {}),
    "mapping-class": (["mapping-start", "mapping-end"], {}),
    "message-throw-class": (["send-offer", "tell-customer"], {}),
    "message-throw-nothing": ([], {}),
    "no-ids": ([], {}),
    "no-work": (["ship-the-goods"], {}),
    "operaton": (["charge-card"], {}),
    "plain-expression": ([], {"double": 100}),
    "plain-http-connector": ([], {}),
    "script-condition": (["decide-dear", "customers.know"], {}),
    "script-file": (["do"], {}),
    "script-input": (["do-sum", "do-shown"], {"shown": "by do-shown"}),
    "shell-task": (["shell"], {}),
    "soap-connector": (["soap-http-connector"], {"answer": "by soap-http-connector"}),
    "task-listeners": (["tell-assignee", "audit.write"], {}),
    "template-class": (["print"], {}),
}
"""File -> its topics in the order in which they are done, and variables at the end."""
COMPLETED = {"http-connector": "response", "soap-http-connector": "response", "case-one-case": "outcome"}
"""Topic -> the variable that outputs in the file read."""


def test_every_file_of_the_corpus_is_played() -> None:
    assert tuple(sorted(PLAYED)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_converted_file_runs(name: str, engine: TestEngine, tmp_path: Path) -> None:
    # Given
    converted = convert_file(name)
    (tmp_path / f"{name}.bpmn").write_bytes(converted.content)
    if name == "mapping-class":
        (tmp_path / "called.bpmn").write_bytes(convert_file("plain-expression").content)
    engine.deploy(tmp_path)
    done: list[str] = []
    engine.run(workers=[make_worker(topic.name, topic.result, done) for topic in converted.topics])

    # When
    instance = engine.start(name, VARIABLES)
    do_user_tasks(engine, instance)

    # Then
    topics, variables = PLAYED[name]
    if name == "bean-assignee":
        instance.assert_incident("Do", "pick")
        return
    if name == "plain-http-connector":
        instance.wait_for("Do")
        return
    instance.assert_ended()
    assert done == topics
    assert {key: instance.variables.get(key) for key in variables} == variables


def make_worker(topic: str, result: str | None, done: list[str]) -> Handler:
    """Completes as the report asks for; a condition is not met."""

    @worker(topic)
    def work(task: Task) -> dict[str, Any]:
        done.append(task.topic)
        if topic in COMPLETED:
            return {COMPLETED[topic]: f"by {topic}", "statusCode": 200}
        if result is None:
            return {}
        return {result: False if result.endswith("_condition") else f"by {topic}"}

    return work


def do_user_tasks(engine: TestEngine, instance: TestInstance) -> None:
    for task in [each for each in [*instance.snapshot.instance.tokens] if each in ("Do", "Ask")]:
        if engine.client.list_tasks(processInstanceId=instance.id):
            instance.complete(task)
