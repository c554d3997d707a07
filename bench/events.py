"""10,000 events through each kind of sink: how many a second, how far behind.

The brokers are those of the tests: Debian's RabbitMQ, Kafka and ElasticMQ from Maven Central, a Valkey for streams.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from baton.connect.out import Pump, open_sink
from baton.secrets import SecretResolver, SecretSettings
from baton.service import Engine, Resource, Settings, assemble
from baton.store.server import start_server
from tests.connect.brokers import running
from tests.connect.buses import BUSES
from tests.connect.hosts import reply, serve
from tests.connect.sinks import write_sinks
from tests.service.processes import bpmn, line

EVENTS, PER_INSTANCE = 10_000, 10
RATE, STEADY_S = 100, 10.0
"""Events a second for a while, to see how far a sink is behind."""
_SECRETS = SecretResolver(SecretSettings(), {})


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baton-bench-")))
        server = start_server(folder, folder / "s")
        stack.callback(server.stop)
        sinks = [*_open_sinks(stack)]
        settings = Settings(redis_url=server.url, sinks_file=write_sinks(folder, *sinks))
        engine = assemble(settings)
        stack.callback(engine.close)
        print(f"{EVENTS:,} events of {EVENTS // PER_INSTANCE:,} instances, to one sink after the other")
        definition = _deploy(engine)
        for _ in range(EVENTS // PER_INSTANCE):
            engine.starts.start(definition, variables={"total": 7})
        for sink in engine.sinks.settings:
            pump = Pump(engine, sink, open_sink(sink, _SECRETS))
            rate = _drain(engine, pump, sink.name)
            lags = _follow(engine, pump, definition, sink.name)
            figures = f"{rate:8,.0f} events/s   at {RATE}/s behind by p50 {statistics.median(lags):4.0f} ms"
            print(f"  {sink.kind:10} {figures}, at most {max(lags):4.0f} ms", flush=True)


def _open_sinks(stack: ExitStack) -> Iterator[dict[str, Any]]:
    host = stack.enter_context(serve(reply()))
    yield {"name": "webhook", "kind": "webhook", "url": f"http://127.0.0.1:{host.port}/"}
    for kind, bus in BUSES.items():
        made = bus(stack.enter_context(running(bus.broker_kind)))
        made.timeout = 10
        yield {**made.make_sink(), "name": kind}


def _deploy(engine: Engine) -> str:
    message = '<message id="m1" name="bench.told"/>'
    field = '<camunda:in sourceExpression="${total}" target="total"/>'
    event = f'<messageEventDefinition messageRef="m1"><extensionElements>{field}</extensionElements>'
    throws = [
        f'<intermediateThrowEvent id="t{n}">{event}</messageEventDefinition></intermediateThrowEvent>'
        for n in range(PER_INSTANCE)
    ]
    xml = bpmn(line(*throws), key="tell", extra=message)
    return engine.deployments.deploy("tell", [Resource("tell.bpmn", xml)]).definitions[0].id


def _is_behind(engine: Engine, name: str) -> bool:
    return next(it for it in engine.sinks.list() if it.name == name).lag_ms > 0


def _drain(engine: Engine, pump: Pump, name: str) -> float:
    """Events a second, from the first to the last that is confirmed."""
    began = time.perf_counter()
    while _is_behind(engine, name):
        pause = pump.send_next(1)
        if pause:
            sys.exit(f"Expected the sink '{name}' to take events, but it does not")
    return EVENTS / (time.perf_counter() - began)


def _follow(engine: Engine, pump: Pump, definition: str, name: str) -> list[float]:
    """How far the sink was behind, looked at ten times a second while events come."""
    stop = threading.Event()
    thread = threading.Thread(target=pump.run, args=(stop,), daemon=True)
    thread.start()
    lags: list[float] = []
    due = time.monotonic()
    for _ in range(round(STEADY_S * RATE / PER_INSTANCE)):
        engine.starts.start(definition, variables={"total": 7})
        lags.append(float(next(it for it in engine.sinks.list() if it.name == name).lag_ms))
        due += PER_INSTANCE / RATE
        time.sleep(max(0.0, due - time.monotonic()))
    stop.set()
    thread.join(30)
    return lags
