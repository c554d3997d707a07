"""Messages that wait for their receivers: they cost little while they wait, and hold nobody up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from baton.model.records import InstanceState
from baton.service import Engine, MessageQuery
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, bpmn, deploy, line, receive

EARLY = 200
HOUR = 3_600_000


def keep(engine: Engine, number: int) -> None:
    query = MessageQuery(name="Paid", business_key=f"k{number}", message_id=f"m{number}", ttl_ms=HOUR)
    assert engine.correlate(query) == []


def test_messages_without_receivers_are_put_off_together(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(engine, bpmn(line(receive("r")), extra=MESSAGE))
    for number in range(EARLY):
        keep(engine, number)
    clock.forward(1_000)
    calls: list[str] = []
    run = engine.store.backend.run

    def counted(script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        calls.append(script)
        return run(script, keys, args)

    monkeypatch.setattr(engine.store.backend, "run", counted)

    assert engine.dispatch_outbox() == EARLY

    assert len(calls) <= 2, calls
    assert engine.store.outbox.waiting() == EARLY


def test_of_many_that_wait_only_those_with_a_receiver_are_delivered(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, bpmn(line(receive("r")), extra=MESSAGE))
    for number in range(EARLY):
        keep(engine, number)
    engine.dispatch_outbox()
    served = [engine.start(definition.id, business_key=f"k{number}").id for number in (3, 77)]
    unserved = engine.start(definition.id, business_key="nobody writes").id
    clock.forward(10_000)

    engine.dispatch_outbox()

    assert [engine.instance(one).state for one in served] == [InstanceState.COMPLETED] * 2
    assert engine.instance(unserved).state is InstanceState.ACTIVE
    assert engine.store.outbox.waiting() == EARLY - 2


def test_a_message_whose_time_is_over_is_forgotten(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, bpmn(line(receive("r")), extra=MESSAGE))
    keep(engine, 1)
    engine.dispatch_outbox()
    clock.forward(HOUR + 60_000)

    engine.dispatch_outbox()

    assert engine.store.outbox.waiting() == 0
    assert engine.start(definition.id, business_key="k1").state is InstanceState.ACTIVE
