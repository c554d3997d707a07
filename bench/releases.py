"""CPU of this release against an earlier one, in turn: interpretation alone, and one-task instances through REST.

``python -m bench releases COMMIT``: the earlier one is taken from the history of this repository.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import models
from bench.cpu import measure_cpu_of
from bench.rest import measure
from bench.server import Client, start_server, stop_server
from tests.upgrade.release import Release, take_release, this_release

RUNTIME = """
import json, sys, time
from bench.runtime import baton

runs = {name: (baton(xml, **variables), times) for name, (xml, variables, times) in json.loads(sys.argv[1]).items()}
for line in sys.stdin:
    run, times = runs[line.strip()]
    run()
    began = time.process_time()
    for _ in range(times):
        run()
    print((time.process_time() - began) / times, flush=True)
"""
"""Each release brings its own ``bench.runtime``: between them the names of what is called have changed."""
CASES: dict[str, tuple[str, dict[str, int], int]] = {
    "fork and join": (models.fork_join(), {}, 200),
    "loop of 400": (models.loop(400), {"i": 0}, 6),
    "100-way multi-instance": (models.multi_instance(100), {}, 30),
    "chain of 100": (models.chain(100), {}, 20),
}
"""The model, variables, and how often it runs in one go."""
SECONDS = 5.0

Spend = Callable[[], float]
"""Does some work; the seconds of CPU that it took for each instance."""


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench releases")
    parser.add_argument("commit", help="the release before")
    parser.add_argument("--pairs", type=int, default=10)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        before = take_release(options.commit, Path(folder))
        print(f"CPU per instance of this release against {before.name}: median (and range) of pairs")
        _compare_runtime(before, options.pairs)
        _compare_rest(before, options.pairs, Path(folder))


def _compare_runtime(before: Release, pairs: int) -> None:
    with ExitStack() as stack:
        both = [stack.enter_context(_run_cases(release)) for release in (before, this_release())]
        for case in CASES:
            _compare(case, pairs, *(_make_spend(process, case) for process in both))


def _run_cases(release: Release) -> subprocess.Popen[str]:
    """Answers the name of a case by what it takes; ends with its input."""
    home = release.path.parent
    environment = {**os.environ, "PYTHONPATH": f"{release.path}{os.pathsep}{home}"}
    command = [release.python, "-c", RUNTIME, json.dumps(CASES)]
    return subprocess.Popen(
        command, env=environment, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _make_spend(process: subprocess.Popen[str], case: str) -> Spend:
    def spend() -> float:
        assert process.stdin is not None
        assert process.stdout is not None
        print(case, file=process.stdin, flush=True)
        return float(process.stdout.readline())

    return spend


def _compare_rest(before: Release, pairs: int, folder: Path) -> None:
    """Both servers are up all the time."""
    with ExitStack() as stack:
        served: list[tuple[int, int]] = []
        for release in (before, this_release()):
            data = folder / f"data-{release.name}"
            data.mkdir()
            port, process = start_server(data, environment=release.environment, python=release.python)
            stack.callback(stop_server, process)
            Client(port).deploy("one-task.bpmn", models.one_task())
            measure(port, 2.0, None, together=True)
            served.append((port, process.pid))
        for together in (True, False):
            name = "REST, completed " + ("together" if together else "one by one")
            _compare(name, pairs, *(_make_load(port, pid, together) for port, pid in served))


def _make_load(port: int, pid: int, together: bool) -> Spend:
    def spend() -> float:
        began = measure_cpu_of([pid])
        count = measure(port, SECONDS, None, together)["count"]
        return (measure_cpu_of([pid]) - began) / count

    return spend


def _compare(name: str, pairs: int, before: Spend, after: Spend) -> None:
    """Each comes first in every other pair."""
    found: list[tuple[float, float]] = []
    for number in range(pairs):
        if number % 2:
            later = after()
            found.append((before(), later))
        else:
            found.append((before(), after()))
    ratios = [later / earlier for earlier, later in found]
    old, new = (statistics.median(times) * 1e3 for times in zip(*found, strict=True))
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"  {name:26} {old:8.2f} ms  {new:8.2f} ms   {statistics.median(ratios):.2f} ({spread})", flush=True)
