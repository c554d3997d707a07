"""An instance that an earlier release has started goes on in this one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from baton.model.commands import CancelInstance, CompleteUserTask
from baton.model.records import InstanceState, LedgerState
from baton.service import Engine, MessageQuery, UserTaskQuery
from tests.service.conftest import Clock
from tests.service.fixtures.record import KEY, load
from tests.service.processes import fetch

SEALED = Path(__file__).parent / "fixtures" / "sealed-0.1.json"
RECORDED = sorted((Path(__file__).parent / "fixtures").glob("state-*.json"))


def restored(engine: Engine, path: Path) -> str:
    recorded = json.loads(path.read_text())
    load(engine, recorded)
    return str(recorded["instance"])


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_an_instance_of_an_earlier_release_goes_on_to_its_end(
    engines: Callable[..., Engine], clock: Clock, path: Path
) -> None:
    engine = engines()
    id_ = restored(engine, path)
    before = engine.instance_reader.get_variables(id_)
    assert (before["n"], before["big"], before["text"], before["raw"]) == (1, 2**80, "é" * 400, b"\x00\xff")
    assert before["when"] == datetime(2026, 11, 20, tzinfo=UTC)

    (task,) = engine.user_tasks.find(UserTaskQuery(assignee="ada"))
    engine.mailbox.submit(id_, CompleteUserTask(task_id=task.id, variables={"checked": True}))
    (ship,) = fetch(engine, "ship")
    assert ship.variables == {**before, "checked": True}
    engine.external_tasks.complete(ship.task.id, "w")
    engine.messages.correlate(MessageQuery(name="Paid", business_key="order-1"))
    clock.forward(3_600_001)
    engine.run_due()

    header = engine.instances.get(id_)
    assert header.state is InstanceState.COMPLETED
    assert [event.position for event in engine.history.list_events(id_)] == list(range(1, header.position + 1))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_what_an_earlier_release_has_done_is_undone_by_this_one(engines: Callable[..., Engine], path: Path) -> None:
    engine = engines()
    id_ = restored(engine, path)
    engine.mailbox.submit(id_, CancelInstance(compensate=True))
    (refund,) = fetch(engine, "refund")
    engine.external_tasks.complete(refund.task.id, "w")
    assert engine.instances.get(id_).state is InstanceState.COMPENSATED
    assert [entry.state for entry in engine.instance_reader.get_ledger(id_)] == [LedgerState.UNDONE]


def test_an_encrypted_instance_of_an_earlier_release_goes_on_with_what_waited_for_it(
    engines: Callable[..., Engine], clock: Clock
) -> None:
    """Its history, the command in its mailbox and the message in the outbox were not yet bound to their places."""
    engine = engines(encryption_keys=KEY)
    id_ = restored(engine, SEALED)
    assert engine.history.list_events(id_)[0].position == 1

    (task,) = engine.user_tasks.find(UserTaskQuery(assignee="ada"))
    engine.mailbox.submit(id_, CompleteUserTask(task_id=task.id))
    assert engine.instance_reader.get_variables(id_)["late"] is True
    (ship,) = fetch(engine, "ship")
    engine.external_tasks.complete(ship.task.id, "w")
    clock.forward(60_000)
    engine.outbox.dispatch()
    clock.forward(3_600_001)
    engine.run_due()

    header = engine.instances.get(id_)
    assert header.state is InstanceState.COMPLETED
    assert [event.position for event in engine.history.list_events(id_)] == list(range(1, header.position + 1))


def test_there_is_a_recorded_state() -> None:
    assert RECORDED
