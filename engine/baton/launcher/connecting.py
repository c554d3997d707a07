"""The process that makes the calls of processes over HTTP: ``python -m baton.launcher.connecting NAME URL``."""

from __future__ import annotations

import sys
import time

import structlog

from baton import logs
from baton.connect import ConnectSettings
from baton.connect.http import Breaker, Circuit, HttpCaller, HttpConnector
from baton.launcher.signals import on_stop
from baton.model.errors import Overloaded
from baton.service import Engine, assemble
from baton.worker import Runner

log = structlog.get_logger("baton.connect")

GRACE_S = 10.0
"""For calls that are under way when everything stops."""


def main(name: str, url: str) -> None:
    logs.set_up(name)
    engine = assemble()
    runner = make_runner(engine, ConnectSettings.from_environment(), url)
    on_stop(runner.request_stop)
    runner.run(GRACE_S)
    engine.close()


def make_runner(engine: Engine, settings: ConnectSettings, url: str) -> Runner:
    """The worker on the topic of the HTTP connector, which reports to ``engine`` which hosts fail."""

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

    breaker = Breaker(settings.http_breaker_failures, settings.http_breaker_pause_s, report)
    connector = HttpConnector(settings, HttpCaller(settings), breaker)
    return Runner([connector.make_handler()], url)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
