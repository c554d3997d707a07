"""Events to and from RabbitMQ, Kafka and Amazon SQS, by brokers that run here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from baton.connect.into import open_intake
from baton.connect.out import open_sink
from baton.service import Engine, InstanceQuery, Resource
from tests.connect.buses import Bus
from tests.connect.sinks import PAYING, SECRETS, pump_of, write_sinks
from tests.service.processes import MESSAGE, bpmn, deploy, fetch, line, receive

Engines = Callable[..., Engine]
SHOP = bpmn(line(receive("wait")), key="shop", extra=MESSAGE)
MAPPINGS = [
    {"type": "ordered", "start": "shop", "businessKey": "=subject"},
    {"type": "paid", "message": "Paid", "businessKey": "=subject"},
]


def make_event(type_: str, subject: str) -> dict[str, Any]:
    own = {"id": f"{type_}-{subject}", "type": type_, "subject": subject}
    return {"specversion": "1.0", "source": "/shop", **own}


def deploy_shop(engine: Engine) -> None:
    content = json.dumps({"version": 1, "events": MAPPINGS}).encode()
    engine.deployments.deploy("shop", [Resource("shop.bpmn", SHOP), Resource("shop.events.json", content)])


def check_order(events: list[dict[str, Any]], count: int) -> None:
    """So many instances; each has sent its two events in their order, repeats have the same ids."""
    first: dict[str, list[str]] = {}
    ids: dict[tuple[str, str], set[str]] = {}
    for event in events:
        elements = first.setdefault(event["source"], [])
        if event["batonelement"] not in elements:
            elements.append(event["batonelement"])
        ids.setdefault((event["source"], event["batonelement"]), set()).add(event["id"])
    assert len(first) == count
    assert all(elements == ["one", "two"] for elements in first.values())
    assert all(len(found) == 1 for found in ids.values())


def test_events_arrive_in_the_order_of_their_instance(bus: Bus, engines: Engines, tmp_path: Path) -> None:
    engine = engines(sinks_file=write_sinks(tmp_path, bus.make_sink()))
    definition = deploy(engine, PAYING)
    for _ in range(12):
        engine.starts.start(definition.id, variables={"total": 7, "iban": "x"})
    for locked in fetch(engine, n=12):
        engine.external_tasks.complete(locked.task.id, "w")

    sink = open_sink(engine.sinks.settings[0], SECRETS)
    try:
        assert pump_of(engine, "bus", sink).send_next(1) == 0
    finally:
        sink.close()

    events = bus.read()
    assert len(events) == 24
    check_order(events, 12)
    assert events[0]["data"] == {"total": 7, "iban": "x"}


def test_events_are_taken_once_and_those_that_fit_nothing_are_dead_letters(
    bus: Bus, engines: Engines, tmp_path: Path
) -> None:
    engine = engines(sinks_file=write_sinks(tmp_path, sources=[bus.make_source()]))
    deploy_shop(engine)
    orders = [("o1", make_event("ordered", "o1")), ("o2", make_event("ordered", "o2"))]
    payments = [("o1", make_event("paid", "o1")), ("o2", make_event("paid", "o2"))]
    bus.publish([*orders, *payments, *orders, ("o3", b"no JSON"), ("o3", make_event("paid", "o3"))])

    intake = open_intake(engine, engine.sources.settings[0], SECRETS)
    try:
        taken = 0
        while taken < 8:
            taken += intake.take_next(200)
        assert intake.take_next(200) == 0
    finally:
        intake.close()

    assert engine.instances.count(InstanceQuery(include_ended=True)) == 2
    assert all(found.state.is_ended for found in engine.instances.find(InstanceQuery(include_ended=True)))
    letters = engine.dead_letters.list(place="orders")
    assert {letter.event["type"] for letter in letters} == {"unreadable", "paid"}
