"""``python -m bench peers``: Baton beside another engine of the Camunda 7 API, asked in turn by one lean client.

The client, the processes and the other engine are not part of this project: arguments say where they are.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shlex
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cpu import measure_cpu_of
from bench.server import Client, start_server, stop_server

WAIT_S = 180


@dataclass(frozen=True)
class Load:
    """What is measured: the process, and how the client is to do its tasks. ``bulk``: Baton completes together."""

    name: str
    file: str
    options: tuple[str, ...]
    bulk: bool = False


IN_FLIGHT = ("-inflight", "32")
ONE_TASK = ("-key", "one-task", "-topics", "bench", "-steps", "1")
SAGA = "reserve,charge,ship,undo_reserve,undo_charge"
LOADS = (
    Load("one-task", "one-task.bpmn", (*ONE_TASK, *IN_FLIGHT)),
    Load("bulk", "one-task.bpmn", (*ONE_TASK, *IN_FLIGHT), bulk=True),
    Load("ten-tasks", "ten-tasks.bpmn", ("-key", "ten-tasks", "-topics", "ten", "-steps", "10", *IN_FLIGHT)),
    Load(
        "saga",
        "order-saga.bpmn",
        ("-key", "order-saga", "-topics", SAGA, "-err", "ship", "-steps", "5", *IN_FLIGHT),
    ),
    Load("starts", "start-only.bpmn", ("-key", "start-only", "-startonly")),
)


@dataclass(frozen=True)
class System:
    """A running engine. ``roots``: the processes that it consists of, with all that they have started."""

    name: str
    address: str
    roots: tuple[int, ...]
    header: str = ""


@dataclass(frozen=True)
class Figures:
    """Per second; milliseconds of latency and of CPU of all processes of the system for each instance."""

    rate: float
    p50: float
    p99: float
    cpu: float


def main(arguments: Sequence[str]) -> None:
    given = _parse(arguments)
    loads = [load for load in LOADS if not given.only or load.name in given.only]
    loads += [
        Load(f"{rate}/s", "one-task.bpmn", (*ONE_TASK, "-inflight", "4000", "-rate", str(rate))) for rate in given.rates
    ]
    with _serve_baton(signed_in=given.header_flag is not None) as baton, _serve_peer(given) as peer:
        for system in (baton, peer):
            for file in sorted({load.file for load in loads}):
                _deploy(system, given.models / file)
        print(f"warming up, {given.warm_up:.0f} s each")
        for system in (baton, peer):
            _measure(given, system, Load("", "", (*ONE_TASK, *IN_FLIGHT)), given.warm_up)
        for load in loads:
            _compare(given, baton, peer, load)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench peers", description=__doc__)
    add = parser.add_argument
    add("--client", type=Path, required=True, help="a load generator with the flags of the README")
    add("--models", type=Path, required=True, help="folder of " + ", ".join(sorted({load.file for load in LOADS})))
    add("--peer", required=True, help="command that runs the other engine")
    add("--peer-address", required=True, help="host and port of its REST API")
    add("--database", help="command that runs its database; it is started first")
    add("--header-flag", help="the client's flag for a header line; with it Baton is asked with a key")
    add("--pairs", type=int, default=10)
    add("--seconds", type=float, default=20.0, help="of each measurement")
    add("--warm-up", type=float, default=75.0)
    add("--rates", type=int, nargs="*", default=[], help="fixed rates of starts a second")
    add("--only", nargs="*", choices=[load.name for load in LOADS])
    return parser.parse_args(arguments)


# -- the systems


@contextmanager
def _serve_baton(*, signed_in: bool) -> Iterator[System]:
    """With ``signed_in`` a key is made while everybody may, and asked for after a restart."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        data, key, options = Path(folder), "", ("--web-processes", str(os.cpu_count() or 2))
        if signed_in:
            port, process = start_server(data, options)
            body = {"name": "bench", "roles": ["administrator", "worker", "starter", "modeler"]}
            key = f"Authorization: Bearer {Client(port).call('POST', '/api-key/create', body)['key']}"
            stop_server(process)
            options = (*options, "--sign-in")
        port, process = start_server(data, options)
        try:
            yield System("Baton", f"127.0.0.1:{port}", (process.pid,), key)
        finally:
            stop_server(process)


@contextmanager
def _serve_peer(given: argparse.Namespace) -> Iterator[System]:
    commands = [command for command in (given.database, given.peer) if command]
    processes = [subprocess.Popen(shlex.split(command), start_new_session=True) for command in commands]
    try:
        system = System("peer", given.peer_address, tuple(process.pid for process in processes))
        _wait_for(system, processes)
        yield system
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait_for(system: System, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        ended = [process.args for process in processes if process.poll() is not None]
        if ended:
            raise RuntimeError(f"Expected the other engine to run, but this has ended: {ended}")
        try:
            Client(_get_port(system)).call("GET", "/engine")
            return
        except (OSError, RuntimeError):
            time.sleep(0.5)
    raise RuntimeError(f"Expected an answer of {system.address} within {WAIT_S} s, but there was none")


def _get_port(system: System) -> int:
    return int(system.address.rpartition(":")[2])


def _deploy(system: System, file: Path) -> None:
    client = Client(_get_port(system), dict([system.header.split(": ", 1)]) if system.header else {})
    client.deploy(file.name, file.read_text(encoding="utf-8"))


# -- measuring


def _compare(given: argparse.Namespace, baton: System, peer: System, load: Load) -> None:
    """Pairs one after the other, each of the two first in turn."""
    print(f"{load.name}: per second, p50 and p99 in ms, ms of CPU for an instance")
    pairs: list[tuple[Figures, Figures]] = []
    for number in range(given.pairs):
        found: dict[str, Figures] = {}
        for system in (baton, peer) if number % 2 == 0 else (peer, baton):
            found[system.name] = _measure(given, system, load, given.seconds)
        pairs.append((found["Baton"], found["peer"]))
        shown = "   ".join(f"{name} {_show(figures)}" for name, figures in sorted(found.items()))
        print(f"  {shown}   ratio {_divide(found['Baton'].rate, found['peer'].rate):4.2f}", flush=True)
    for name, figures in (("Baton", [pair[0] for pair in pairs]), ("peer", [pair[1] for pair in pairs])):
        middle = Figures(*(statistics.median(values) for values in zip(*map(_list_values, figures), strict=True)))
        print(f"  median {name:5} {_show(middle)}")
    _print_spread("rate to the peer's", [_divide(one.rate, other.rate) for one, other in pairs])
    _print_spread("CPU to the peer's", [_divide(one.cpu, other.cpu) for one, other in pairs])


def _list_values(figures: Figures) -> tuple[float, ...]:
    return figures.rate, figures.p50, figures.p99, figures.cpu


def _divide(one: float, other: float) -> float:
    """Infinite where the other came to nothing in the time."""
    return one / other if other else math.inf


def _print_spread(what: str, ratios: Sequence[float]) -> None:
    print(f"  {what}: median {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")


def _show(figures: Figures) -> str:
    return f"{figures.rate:6.0f}/s p50 {figures.p50:6.1f} p99 {figures.p99:6.1f} CPU {figures.cpu:5.2f}"


def _measure(given: argparse.Namespace, system: System, load: Load, seconds: float) -> Figures:
    """CPU is that of the whole run of the client, for all instances that ended in it."""
    command = [given.client, "-addr", system.address, "-dur", str(seconds), "-warm", "1", *load.options]
    command += ["-bulk"] if load.bulk and system.name == "Baton" else []
    command += [given.header_flag, system.header] if system.header else []
    before = measure_cpu_of(system.roots)
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    after = measure_cpu_of(system.roots)
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    wrong = {
        name: found[name] for name in ("lost", "errs", "start_errs") if found[name] and "-startonly" not in command
    }
    if wrong:
        print(f"  {system.name}: {wrong} {found['err']}")
    ended = found["started"] if "-startonly" in command else found["completed"]
    return Figures(found["rate"], found["p50"], found["p99"], (after - before) * 1000 / max(1, ended))
