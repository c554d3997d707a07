"""Events to and from brokers that want TLS, a user and a password; and what is said if these are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from baton.connect.into import open_intake
from baton.connect.out import open_sink
from baton.service import Engine, InstanceQuery
from tests.connect.brokers import Broker, running
from tests.connect.secured import ScramKafkaBus, SecuredKafka, SecuredRabbitMq, SecuredRabbitMqBus, TlsKafkaBus
from tests.connect.sinks import PAYING, SECRETS, pump_of, write_sinks
from tests.connect.test_buses import deploy_shop, make_event
from tests.running import until
from tests.service.processes import deploy

Engines = Callable[..., Engine]
SecuredBus = SecuredRabbitMqBus | ScramKafkaBus
KINDS: dict[type[Broker], list[type[SecuredRabbitMqBus] | type[ScramKafkaBus]]] = {
    SecuredRabbitMq: [SecuredRabbitMqBus],
    SecuredKafka: [ScramKafkaBus, TlsKafkaBus],
}


@pytest.fixture(scope="module", params=list(KINDS))
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    with running(request.param) as started:
        yield started


@pytest.fixture
def buses(broker: Broker) -> list[SecuredBus]:
    return [kind(broker) for kind in KINDS[type(broker)]]


def test_events_go_out_and_come_in_by_a_secured_connection(
    buses: list[SecuredBus], engines: Engines, tmp_path: Path
) -> None:
    for number, bus in enumerate(buses):
        own = {**bus.make_sink(), "name": f"bus-{number}"}
        engine = engines(sinks_file=write_sinks(tmp_path, own, sources=[bus.make_source()]))
        engine.starts.start(deploy(engine, PAYING).id, variables={"total": 7, "iban": "x"})
        deploy_shop(engine)
        bus.publish([("a", make_event("ordered", f"{bus.into}-1"))])

        sink = open_sink(engine.sinks.settings[0], SECRETS)
        try:
            assert pump_of(engine, own["name"], sink).send_next(1) == 0
        finally:
            sink.close()
        intake = open_intake(engine, engine.sources.settings[0], SECRETS)
        try:
            until(lambda intake=intake: intake.take_next(200) == 1, 60)
        finally:
            intake.close()
        assert engine.instances.count(InstanceQuery(business_keys=(f"{bus.into}-1",))) == 1
        assert "Paid" in {event["type"] for event in bus.read()}


def test_wrong_credentials_and_unknown_authorities_are_said_and_nothing_is_lost(
    buses: list[SecuredBus], engines: Engines, tmp_path: Path
) -> None:
    tries = [(bus, *wrong) for bus in buses for wrong in bus.make_wrong_options()]
    for number, (bus, wrong, words) in enumerate(tries):
        own = {**bus.make_sink(), **wrong, "name": f"bus-{number}"}
        engine = engines(sinks_file=write_sinks(tmp_path, own))
        engine.starts.start(deploy(engine, PAYING).id, variables={"total": 7, "iban": "x"})
        sink = open_sink(engine.sinks.settings[0], SECRETS)
        try:
            assert pump_of(engine, own["name"], sink).send_next(1) > 0
        finally:
            sink.close()

        (status,) = engine.sinks.list()
        assert words in status.error
        assert (status.lag_ms >= 0, engine.dead_letters.count()) == (True, 0)
        assert "a secret of the broker" not in status.error
