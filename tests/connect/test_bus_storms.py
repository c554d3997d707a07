"""Events to and from buses while the broker and Baton are killed and frozen: none is lost, each has one effect."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from baton.service import Engine, InstanceQuery, Settings, assemble
from tests.connect.brokers import running
from tests.connect.buses import BUSES, Bus
from tests.connect.sinks import throw, write_sinks
from tests.connect.test_buses import check_order, deploy_shop, make_event
from tests.running import until
from tests.service.processes import MESSAGE, bpmn, deploy, line

ORDERS = 30
TWICE = bpmn(line(throw("one"), throw("two")), key="twice", extra=MESSAGE)


@contextmanager
def connecting(url: str, sinks: Path, clock: Path) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "BATON_REDIS_URL": url,
        "BATON_SINKS_FILE": str(sinks),
        "BATON_TEST_CLOCK": str(clock),
        "BATON_PARTITIONS": "4",
    }
    command = [sys.executable, "-m", "baton.launcher.connecting", "connector", "http://127.0.0.1:1/engine-rest"]
    process = subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Storm:
    """Starts instances and publishes orders, and counts what arrives."""

    def __init__(self, engine: Engine, bus: Bus, definition: str) -> None:
        self.engine, self.bus, self.definition = engine, bus, definition
        self.events: list[dict[str, Any]] = []
        self.started: list[str] = []
        self.orders: list[str] = []

    def start(self) -> None:
        for _ in range(ORDERS):
            self.started.append(self.engine.starts.start(self.definition, variables={"total": 1, "iban": ""}).id)

    def publish(self) -> None:
        new = [f"o{len(self.orders) + n}" for n in range(ORDERS)]
        self.orders += new
        events = [(key, make_event(type_, key)) for key in new for type_ in ("ordered", "paid")]
        self.bus.publish(events)

    def count_taken(self) -> int:
        return self.engine.instances.count(InstanceQuery(definition_keys=("shop",), include_ended=True))

    def read(self) -> set[str]:
        """The instances whose events have all arrived."""
        known = {(it["source"], it["batonelement"], it["id"]) for it in self.events}
        self.events += [e for e in self.bus.read() if (e["source"], e["batonelement"], e["id"]) not in known]
        return {it["source"].rpartition("/")[2] for it in self.events if it["batonelement"] == "two"}


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["rabbitmq", "sqs", "kafka"])
@pytest.mark.timeout(300)
def test_no_event_is_lost_and_each_has_one_effect(kind: str, valkey: str, tmp_path: Path) -> None:
    with running(BUSES[kind].broker_kind) as broker:
        bus = BUSES[kind](broker)
        sinks = write_sinks(tmp_path, bus.make_sink(), sources=[bus.make_source()])
        clock = tmp_path / "shift"
        clock.write_text("0")
        engine = assemble(Settings(redis_url=valkey, partitions=4, sinks_file=sinks))
        try:
            deploy_shop(engine)
            storm = Storm(engine, bus, deploy(engine, TWICE).id)
            ride_out(storm, lambda: connecting(valkey, sinks, clock), clock)
            check(storm)
        finally:
            engine.close()


def ride_out(storm: Storm, connect: Callable[[], Any], clock: Path) -> None:
    broker = storm.bus.broker
    with connect() as process:
        storm.publish()
        storm.start()
        until(lambda: storm.count_taken() > 2, 60)
        broker.kill()
        storm.start()
        until(lambda: storm.engine.sinks.list()[0].error != "", 60)
        broker.start()
        until(lambda: storm.engine.sinks.list()[0].error == "", 90)
        storm.publish()
        broker.freeze()
        storm.start()
        until(lambda: storm.engine.sinks.list()[0].error != "", 60)
        broker.thaw()
        until(lambda: storm.count_taken() > ORDERS + 2, 90)
        process.kill()
    storm.start()
    storm.publish()
    clock.write_text("60000")
    with connect():
        until(lambda: storm.read() >= set(storm.started), 90, lambda: f"{len(storm.read())} of {len(storm.started)}")
        until(lambda: storm.count_taken() == len(storm.orders), 90, lambda: f"{storm.count_taken()}")
        ended = InstanceQuery(definition_keys=("shop",))
        until(lambda: storm.engine.instances.count(ended) == 0, 60, lambda: str(storm.engine.dead_letters.list()))


def check(storm: Storm) -> None:
    check_order(storm.events, len(storm.started))
    assert storm.engine.dead_letters.count() == 0
    assert storm.count_taken() == len(storm.orders)
