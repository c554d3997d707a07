"""Lines of log about an instance: what an operator finds it by, and nothing that nobody may see."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from baton.model.commands import CancelInstance
from baton.model.migration import Move
from baton.service import Engine, MigrationPlan
from baton.service.turns.turn_log import LEVEL
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line
from tests.service.test_tallies import UNDOABLE, complete

Lines = Sequence[MutableMapping[str, Any]]


@pytest.fixture
def level() -> Iterator[Callable[[int], None]]:
    before = LEVEL.level
    yield LEVEL.setLevel
    LEVEL.setLevel(before)


def list_of(lines: Lines) -> list[tuple[str, str, str]]:
    """Of those about instances: level, action, element."""
    return [(it["log_level"], it["action"], it["element"]) for it in lines if "element" in it]


def test_start_and_end_are_lines_with_all_that_one_looks_for(
    level: Callable[[int], None], engines: Callable[..., Engine]
) -> None:
    level(logging.INFO)
    engine = engines()
    definition = deploy(engine)
    with capture_logs() as lines:
        instance = engine.starts.start(definition.id, business_key="order-7")
        complete(engine)

    assert list_of(lines) == [("info", "instance.started", "s"), ("info", "instance.ended", "e")]
    ids = {(it["instance"], it["correlation_id"], it["definition"]) for it in lines if "element" in it}
    assert ids == {(instance.id, "order-7", definition.id)}
    assert [it["activities"] for it in lines if "element" in it] == ["0/1", "1/1"]


def test_what_another_process_has_done_counts_too(level: Callable[[int], None], engines: Callable[..., Engine]) -> None:
    level(logging.INFO)
    here, there = engines(), engines()
    definition = deploy(here, bpmn(line(external("t"), external("u"), external("v"))))
    here.starts.start(definition.id)
    complete(there)
    with capture_logs() as lines:
        for retries in (2, 1, 0):
            (task,) = fetch(here)
            here.external_tasks.fail(task.task.id, "w", error_message="no", retries=retries)

    found = [it["activities"] for it in lines if "element" in it]
    assert found == ["1/3"] * len(found)
    assert len(found) >= 3


def test_retries_timeouts_incidents_and_undoing_are_lines_of_their_own(
    level: Callable[[int], None], engines: Callable[..., Engine], clock: Clock
) -> None:
    level(logging.INFO)
    engine = engines()
    limit = '<camunda:properties><camunda:property name="baton:timeout" value="PT5S"/></camunda:properties>'
    late = f'<serviceTask id="t" camunda:type="external" camunda:topic="late"><extensionElements>{limit}'
    engine.starts.start(deploy(engine, bpmn(line(f"{late}</extensionElements></serviceTask>"))).id)
    undoable = engine.starts.start(deploy(engine, UNDOABLE, "q").id)
    with capture_logs() as lines:
        fetch(engine, "late")
        clock.forward(6_000)
        engine.run_due()
        clock.forward(600_000)
        for retries in (1, 0):
            (task,) = fetch(engine, "late")
            engine.external_tasks.fail(task.task.id, "w", error_message="no", retries=retries)
        clock.forward(600_000)
        (task,) = fetch(engine)
        engine.external_tasks.complete(task.task.id, "w", {})
        engine.mailbox.submit(undoable.id, CancelInstance(compensate=True))
        complete(engine, "release")

    found = list_of(lines)
    assert ("warning", "task.timed_out", "t") in found
    assert ("info", "task.retried", "t") in found
    assert ("warning", "task.failed", "t") in found
    assert ("warning", "incident.opened", "t") in found
    assert ("info", "undo.started", "Reserve") in found
    assert ("info", "undo.completed", "Reserve") in found
    actions = [action for _, action, _ in found]
    assert actions.index("compensation.started") < actions.index("compensation.completed")


def test_steps_and_values_are_seen_at_debug_only_and_sensitive_values_never(
    level: Callable[[int], None], engines: Callable[..., Engine]
) -> None:
    level(logging.DEBUG)
    engine = engines(sensitive_variables="card*")
    definition = deploy(engine, bpmn(line(external("t"), external("u", "more"))))
    with capture_logs() as lines:
        engine.starts.start(definition.id, variables={"amount": 12, "cardNumber": "4711-4711"})
        complete(engine)

    found = list_of(lines)
    assert ("debug", "element.entered", "t") in found
    assert ("debug", "element.completed", "t") in found
    assert [it["values"] for it in lines if it.get("values")] == [{"amount": "12", "cardNumber": "***"}]
    assert {it["activities"] for it in lines if "element" in it} == {"0/2", "1/2"}
    assert "4711" not in str(lines)


def test_what_was_completed_before_a_migration_counts_as_what_it_has_become(
    level: Callable[[int], None], engines: Callable[..., Engine]
) -> None:
    level(logging.INFO)
    engine = engines()
    source = deploy(engine, bpmn(line(external("t"), external("u"))))
    instance = engine.starts.start(source.id)
    complete(engine)
    target = deploy(engine, bpmn(line(external("T"), external("u"), external("v"))))
    moves = [Move(source="t", target="T"), Move(source="u", target="u")]
    plan = MigrationPlan(source_id=source.id, target_id=target.id, moves=moves)
    engine.migrations.execute(plan, [instance.id], None)
    with capture_logs() as lines:
        complete(engine)
        complete(engine)

    assert [it["activities"] for it in lines if it.get("action") == "instance.ended"] == ["3/3"]


def test_an_activity_of_a_called_process_is_none_of_the_model(
    level: Callable[[int], None], engines: Callable[..., Engine]
) -> None:
    level(logging.INFO)
    engine = engines()
    deploy(engine, bpmn(line(external("t"), external("u")), "inner"), "inner")
    call = '<callActivity id="t" calledElement="inner"/>'
    engine.starts.start(deploy(engine, bpmn(line(call, external("v")))).id)
    complete(engine)
    with capture_logs() as lines:
        (task,) = fetch(engine)
        engine.external_tasks.fail(task.task.id, "w", error_message="no", retries=1)

    assert [it["activities"] for it in lines if it.get("action") == "task.retried"] == ["0/2"]
