"""What connecting costs those who do not need it: a dead sink beside a stream, and traces where no sink takes spans.

Both are interleaved pairs of CPU, not of time, each on a machine that should be quiet.
"""

from __future__ import annotations

import ast
import inspect
import os
import socket
import statistics
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from baton.runtime.core.journal import Journal
from baton.runtime.handlers import instances
from baton.runtime.handlers.table import HANDLERS
from baton.runtime.instance import Instance
from baton.service import Engine, Resource, Settings, TopicRequest, assemble
from baton.service.tasks.task_fetcher import TaskFetcher
from baton.service.turns.mailbox import Mailbox
from baton.store import envelopes
from baton.store.server import start_server
from bench import models, rest
from bench.cpu import measure_cpu_of
from bench.server import Client, stop_server
from bench.server import start_server as start_baton
from tests.connect.sinks import write_sinks

PAIRS, PAIR_S = 10, 4.0
TURNS, SLICES = 100, 20
"""Turns of a slice, of which each half of a pair has so many, by turns; an instance of one task has two."""
MOST_RATIO, MOST_MICROS = 1.05, 5.0
Holder = type | ModuleType
WITH_TRACES: tuple[tuple[Holder, str], ...] = (
    (Journal, "record"),
    (Instance, "_answer"),
    (instances, "start"),
    (envelopes, "_make_correlation"),
    (Mailbox, "_make_queued"),
    (TaskFetcher, "_show"),
)
"""The functions on the way of a turn that look whether there is a trace."""


def main() -> None:
    _measure_dead_sink()
    _measure_traces()


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
    spread = f"from {min(ratios):4.2f} to {max(ratios):4.2f}; at most {MOST_RATIO} is meant"
    print(f"  median {statistics.median(ratios):4.2f}, {spread}")


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


# -- traces that nobody takes


def _measure_traces() -> None:
    """Baton as it is, against the same functions without what they do for traces."""
    print(f"CPU per turn without a sink for spans, against the same without traces, {PAIRS} interleaved pairs")
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as name:
        server = start_server(Path(name), Path(name, "s"), fsync="no")
        engine = assemble(Settings(redis_url=server.url))
        try:
            run = _make_turns(engine)
            run()
            found = list(_measure_pairs(run))
        finally:
            engine.close()
            server.stop()
    spread = f"from {min(found):+.1f} to {max(found):+.1f}; at most {MOST_MICROS} is meant"
    print(f"  median {statistics.median(found):+.1f} µs, {spread}")


def _measure_pairs(run: Callable[[], float]) -> Iterator[float]:
    """Microseconds of CPU that a turn takes more with traces than without."""
    for _ in range(PAIRS):
        having: list[float] = []
        lacking: list[float] = []
        for _ in range(SLICES):
            having.append(run())
            with without_traces():
                lacking.append(run())
        less, more = statistics.median(lacking), statistics.median(having)
        print(f"  {less:6.1f} µs without, {more:6.1f} µs with: {more - less:+.1f}", flush=True)
        yield more - less


def _make_turns(engine: Engine) -> Callable[[], float]:
    """Starts and completes instances of one task; returns microseconds of CPU of this process per turn."""
    deployed = engine.deployments.deploy("bench", [Resource("one-task.bpmn", models.one_task("work").encode())])
    definition, topics = deployed.definitions[0].id, [TopicRequest(name="work", lock_ms=60_000)]

    def run() -> float:
        began = time.process_time()
        for _ in range(TURNS // 2):
            engine.starts.start(definition)
            (locked,) = engine.task_fetcher.fetch_and_lock("bench", 1, topics)
            engine.external_tasks.complete(locked.task.id, "bench")
        return (time.process_time() - began) * 1e6 / TURNS

    return run


@contextmanager
def without_traces() -> Iterator[None]:
    """What ``WITH_TRACES`` names is compiled again without its statements and arguments about a ``traceparent``."""
    kept = [(holder, name, getattr(holder, name)) for holder, name in WITH_TRACES]
    handlers = dict(HANDLERS)
    try:
        for holder, name, function in kept:
            stripped = strip_traces(function)
            setattr(holder, name, stripped)
            for command, handler in handlers.items():
                if handler is function:
                    HANDLERS[command] = stripped
        yield
    finally:
        for holder, name, function in kept:
            setattr(holder, name, function)
        HANDLERS.update(handlers)


def strip_traces(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, made of its source. Exits if there is nothing about traces in it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    stripper = _Stripper()
    tree = ast.fix_missing_locations(stripper.visit(tree))
    if not stripper.found:
        sys.exit(f"Expected '{function.__qualname__}' to look for a trace, but it does not: correct WITH_TRACES")
    made: dict[str, Any] = {}
    code = compile(tree, inspect.getsourcefile(function) or "?", "exec", flags=annotations.compiler_flag)
    exec(code, function.__globals__, made)  # our own source
    return made[function.__name__]


class _Stripper(ast.NodeTransformer):
    found = 0

    def visit_If(self, node: ast.If) -> Any:
        if "traceparent" not in ast.unparse(node.test):
            return self.generic_visit(node)
        self.found += 1
        return [self.visit(item) for item in node.orelse]

    def visit_Call(self, node: ast.Call) -> Any:
        kept = [keyword for keyword in node.keywords if keyword.arg != "traceparent"]
        self.found += len(node.keywords) - len(kept)
        node.keywords = kept
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> Any:
        """``a.by, a.traceparent = x, y`` and ``a.by = a.traceparent = x``."""
        if "traceparent" not in ast.unparse(node):
            return self.generic_visit(node)
        self.found += 1
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            return ast.Assign(targets=[target.elts[0]], value=value.elts[0])
        return ast.Assign(targets=[target], value=value)
