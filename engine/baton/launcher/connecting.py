"""The process between Baton and other systems: calls over HTTP, and events to sinks.

``python -m baton.loading baton.launcher.connecting NAME URL``
"""

from __future__ import annotations

import threading
import time

import structlog

from baton import logs
from baton.connect import ConnectSettings
from baton.connect.http import Breaker, Circuit, CircuitState, HttpCaller, HttpConnector
from baton.connect.into import open_intake, open_source
from baton.connect.out import Pump, open_sink
from baton.launcher.signals import on_stop
from baton.model.errors import Overloaded
from baton.secrets import SecretResolver, SecretSettings
from baton.service import CALLED_TOPIC as TOPIC
from baton.service import Engine, Settings, assemble, read_sinks, read_sources
from baton.worker import Runner

log = structlog.get_logger("baton.connect")

GRACE_S = 10.0
"""For calls and events that are under way when everything stops."""
TRIM_S = 5.0


def check_events() -> None:
    """Read the file of sinks and sources, and open each. Raises WrongSetting."""
    file, secrets = Settings.from_environment().sinks_file, SecretResolver(SecretSettings.from_environment())
    for source in read_sources(file):
        open_source(source, secrets, "").close()
    for sink in read_sinks(file):
        open_sink(sink, secrets).close()


def main(name: str, url: str) -> None:
    logs.set_up(name)
    stop = threading.Event()
    on_stop(stop.set)
    engine, settings = assemble(), ConnectSettings.from_environment()
    engine.tallies.begin()
    runner = make_runner(engine, settings, url) if settings.http_hosts else None
    if runner is not None:
        runner.start()
    pumps = start_pumps(engine, stop)
    pumps += start_intakes(engine, stop)
    while not stop.wait(TRIM_S):
        _trim(engine)
    if runner is not None:
        runner.stop(GRACE_S)
    for pump in pumps:
        pump.join(GRACE_S)
    engine.close()


def start_pumps(engine: Engine, stop: threading.Event) -> list[threading.Thread]:
    """One thread for each sink: one that is away holds up no other."""
    secrets = SecretResolver(SecretSettings.from_environment())
    pumps = [Pump(engine, sink, open_sink(sink, secrets)) for sink in engine.sinks.settings]
    threads = [threading.Thread(target=pump.run, args=(stop,), name="baton-sink", daemon=True) for pump in pumps]
    for thread in threads:
        thread.start()
    return threads


def start_intakes(engine: Engine, stop: threading.Event) -> list[threading.Thread]:
    """One thread for each source."""
    secrets = SecretResolver(SecretSettings.from_environment())
    intakes = [open_intake(engine, source, secrets) for source in engine.sources.settings]
    threads = [threading.Thread(target=it.run, args=(stop,), name="baton-source", daemon=True) for it in intakes]
    for thread in threads:
        thread.start()
    return threads


def _trim(engine: Engine) -> None:
    if not engine.sinks.settings:
        return
    try:
        engine.sinks.trim()
    except Overloaded as error:
        log.warning(error.message, action="sink.not_trimmed")


def make_runner(engine: Engine, settings: ConnectSettings, url: str) -> Runner:
    """The worker on the topic of the HTTP connector, which reports to ``engine`` which hosts and topics fail."""

    def report_topic(topic: str, circuit: Circuit) -> None:
        # A few failures of a topic are those of its hosts.
        if circuit.state is not CircuitState.CLOSED or not circuit.failures:
            report(f"{TOPIC}{topic}", circuit)

    def report(host: str, circuit: Circuit) -> None:
        pause_ms = round(max(0.0, circuit.until - time.monotonic()) * 1000)
        log.info("host", action="connect.host", host=host, state=circuit.state.value, failures=circuit.failures)
        try:
            engine.called_hosts.record(
                host,
                state=circuit.state.value,
                failures=circuit.failures,
                pause_ms=pause_ms,
                message=circuit.message,
            )
        except Overloaded as error:  # calls go on; the next change is reported again
            log.warning(error.message, action="connect.not_reported", host=host)

    secrets = SecretResolver(SecretSettings.from_environment())
    hosts = Breaker(settings.http_breaker_failures, settings.http_breaker_pause_s, report)
    topics = Breaker(settings.http_breaker_topic_failures, settings.http_breaker_pause_s, report_topic)
    connector = HttpConnector(settings, HttpCaller(settings), hosts, topics, secrets)
    return Runner([connector.make_handler()], url)
