"""Events to and from buses while the broker and Baton are killed and frozen: none is lost, each has one effect."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from baton.service import Engine, InstanceQuery, Settings, assemble
from tests.connect.buses import Bus
from tests.connect.sinks import throw, write_sinks
from tests.connect.test_buses import MAPPINGS, SHOP, check_order, deploy_shop, make_event
from tests.running import Baton, until
from tests.running import running as running_baton
from tests.service.processes import MESSAGE, bpmn, deploy, line

ORDERS = 30
KILLS = 2
TOLD = MESSAGE.replace("Paid", "Told")  # nobody inside waits for it: what is thrown reaches instances too
TWICE = bpmn(line(throw("one"), throw("two")), key="twice", extra=TOLD)


@contextmanager
def connecting(url: str, sinks: Path, clock: Path) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "BATON_REDIS_URL": url,
        "BATON_SINKS_FILE": str(sinks),
        "BATON_TEST_CLOCK": str(clock),
        "BATON_PARTITIONS": "4",
    }
    command = [
        sys.executable,
        "-m",
        "baton.loading",
        "baton.launcher.connecting",
        "connector",
        "http://127.0.0.1:1/engine-rest",
    ]
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
        return find_whole(collect(self.bus, self.events))


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_no_event_is_lost_and_each_has_one_effect(bus: Bus, valkey: str, tmp_path: Path) -> None:
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


@pytest.mark.soak
@pytest.mark.e2e
@pytest.mark.timeout(400)
@pytest.mark.parametrize("broker", ["rabbitmq", "sqs", "kafka", "valkey"], indirect=True)
def test_nothing_is_lost_when_all_of_baton_is_killed_amid_events(bus: Bus, tmp_path: Path) -> None:
    (tmp_path / "twice.bpmn").write_bytes(TWICE)
    (tmp_path / "shop.bpmn").write_bytes(SHOP)
    (tmp_path / "shop.events.json").write_text(json.dumps({"version": 1, "events": MAPPINGS}))
    sinks = write_sinks(tmp_path, bus.make_sink(), sources=[bus.make_source()])
    with running_baton("--no-samples", "--web-processes", "1", env={"BATON_SINKS_FILE": str(sinks)}) as baton:
        baton.deploy(tmp_path / "twice.bpmn")
        baton.deploy(tmp_path / "shop.bpmn", tmp_path / "shop.events.json")
        events: list[dict[str, Any]] = []
        started: list[str] = []
        for round_ in range(KILLS + 1):
            ordered = [f"o{round_}-{number}" for number in range(ORDERS)]
            bus.publish([(key, make_event(type_, key)) for key in ordered for type_ in ("ordered", "paid")])
            started += [baton.begin("twice", {"total": 1, "iban": ""}) for _ in range(ORDERS)]
            if round_ < KILLS:
                wait_until_amid(baton, bus, events, round_ * ORDERS)
                baton.kill()
                baton.start()

        until(lambda: find_whole(collect(bus, events)) >= set(started), 150, baton.logs)
        until(lambda: baton.count("shop", finished="true") == ORDERS * (KILLS + 1), 150, baton.logs)
        check_order(events, len(started))
        assert baton.count("shop") == ORDERS * (KILLS + 1)
        letters = baton.rest.get("/dead-letter")
        assert [(letter["event"]["id"], letter["error"]) for letter in letters] == []


def wait_until_amid(baton: Baton, bus: Bus, events: list[dict[str, Any]], before: int) -> None:
    """Until events have come in and gone out, and there are more of both."""
    until(lambda: baton.count("shop") > before and len(collect(bus, events)) > before, 120, baton.logs)


def collect(bus: Bus, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All that has arrived until now; that of a bus which is read from its beginning each time is there once."""
    known = {identify(event) for event in events}
    events += [event for event in bus.read() if identify(event) not in known]
    return events


def identify(event: dict[str, Any]) -> tuple[str, str, str]:
    return event["source"], event["batonelement"], event["id"]


def find_whole(events: list[dict[str, Any]]) -> set[str]:
    """The instances whose last event has arrived."""
    return {event["source"].rpartition("/")[2] for event in events if event["batonelement"] == "two"}


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
