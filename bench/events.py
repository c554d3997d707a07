"""10,000 events through each kind of sink: how many a second, how far behind; and what a dead sink costs the others.

The brokers are those of the tests: Debian's RabbitMQ, Kafka and ElasticMQ from Maven Central, the store for streams.
"""

from __future__ import annotations

import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from baton.connect.out import Pump, open_sink
from baton.secrets import SecretResolver, SecretSettings
from baton.service import Engine, Resource, Settings, assemble
from baton.store.server import start_server
from bench import models, rest
from bench.cpu import measure_cpu_of
from bench.server import Client, stop_server
from bench.server import start_server as start_baton
from tests.connect.brokers import running
from tests.connect.buses import BUSES
from tests.connect.hosts import reply, serve
from tests.connect.sinks import write_sinks
from tests.service.processes import bpmn, line

EVENTS, PER_INSTANCE = 10_000, 10
RATE, STEADY_S = 100, 10.0
"""Events a second for a while, to see how far a sink is behind."""
PAIRS, PAIR_S = 10, 4.0
_SECRETS = SecretResolver(SecretSettings(), {})


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baton-bench-")))
        server = start_server(folder, folder / "s")
        stack.callback(server.stop)
        sinks = [*_open_sinks(stack, server.url)]
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
    _measure_dead_sink()


def _open_sinks(stack: ExitStack, store: str) -> Iterator[dict[str, Any]]:
    yield {"name": "valkey", "kind": "valkey", "url": store, "stream": "bench"}
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


# -- a dead sink beside another


def _measure_dead_sink() -> None:
    print(f"CPU per instance (bench rest) with a dead webhook beside a stream, {PAIRS} interleaved pairs")
    with _serve_with_stream(dead=False) as well, _serve_with_stream(dead=True) as dead:
        ratios: list[float] = []
        for number in range(PAIRS):
            found: dict[bool, float] = {}
            for is_dead in (False, True) if number % 2 == 0 else (True, False):
                found[is_dead] = _measure_instance(*(dead if is_dead else well))
            ratios.append(found[True] / found[False])
            print(f"  {found[False]:6.2f} ms without, {found[True]:6.2f} ms with: {ratios[-1]:4.2f}", flush=True)
    print(f"  median {statistics.median(ratios):4.2f}, from {min(ratios):4.2f} to {max(ratios):4.2f}")


def _measure_instance(port: int, pid: int) -> float:
    """Milliseconds of CPU of all processes of the server."""
    before = measure_cpu_of([pid])
    figures = rest.measure(port, PAIR_S, None, True)
    return (measure_cpu_of([pid]) - before) * 1_000 / figures["count"]


@contextmanager
def _serve_with_stream(*, dead: bool) -> Iterator[tuple[int, int]]:
    """Port and process of a server with a sink that takes all life-cycle events, and one that is away."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as name, socket.socket() as closed:
        folder = Path(name)
        stream_server = start_server(folder, folder / "stream")
        closed.bind(("127.0.0.1", 0))
        sinks: list[dict[str, Any]] = [
            {"name": "stream", "kind": "valkey", "url": stream_server.url, "stream": "out", "life_cycle": True}
        ]
        if dead:
            url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
            sinks.append({"name": "dead", "kind": "webhook", "url": url, "life_cycle": True})
        data = folder / "data"
        data.mkdir()
        os.environ["BATON_SINKS_FILE"] = str(write_sinks(folder, *sinks))
        try:
            port, process = start_baton(data)
        finally:
            del os.environ["BATON_SINKS_FILE"]
        try:
            Client(port).deploy("one-task.bpmn", models.one_task())
            rest.measure(port, 2.0, None, True)
            yield port, process.pid
        finally:
            stop_server(process)
            stream_server.stop()
