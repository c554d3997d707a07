"""A batch of 100,000 instances amid kills: how long it takes, and how much slower others are meanwhile."""

from __future__ import annotations

import http.client
import itertools
import os
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis

from bench import models
from bench.copies import copy
from bench.server import Client, start_server, stop_server

INSTANCES = int(os.environ.get("BENCH_BATCH", "100000"))
KILL_EVERY = float(os.environ.get("BENCH_KILL_EVERY", "10"))
TEMPLATES, PARTITIONS, SECONDS, SAMPLE = 100, 64, 20.0, 50
KILLED = ("launcher.loops", "gunicorn")
"""Parts of the command lines of what is killed, one kind after the other."""


def main() -> None:
    """``BENCH_BATCH`` is another number of instances, ``BENCH_KILL_EVERY`` other seconds between two kills."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        port, process = start_server(Path(folder))
        try:
            _run(port, Path(folder), process)
        finally:
            stop_server(process)


def _run(port: int, data: Path, process: subprocess.Popen[bytes]) -> None:
    client = Client(port)
    held = models.Process("held").add('<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>')
    client.deploy("held.bpmn", held.chain("s", "t", "e").xml())
    short = models.Process("short").add('<startEvent id="s"/><endEvent id="e"/>').chain("s", "e").xml()
    client.deploy("short.bpmn", short)
    ids = _fill(client, data)
    before = _Starts(port)
    before.measure(SECONDS)
    began = time.monotonic()
    body = {"suspended": True, "processInstanceQuery": {"processDefinitionKey": "held"}}
    batch = client.call("POST", "/process-instance/suspended-async", body)
    answered = time.monotonic() - began
    calm = _Starts(port)
    calm.measure(SECONDS)
    amid, killed = _Starts(port), Counter[str]()
    kinds = itertools.cycle(KILLED)
    while (left := _count_left(port, batch["id"])) > 0:
        kind = next(kinds)
        killed[kind] += _kill(process, kind)
        amid.measure(KILL_EVERY)
    took = time.monotonic() - began
    print(f"a batch of {batch['totalJobs']:,} instances: answered in {answered:.1f} s, done in {took:.0f} s amid kills")
    print(f"  killed (SIGKILL): {dict(killed)}; left over: {left}")
    print(f"  {_describe_end(port, batch['id'], ids)}")
    print(f"  starts by others: {before}")
    print(f"  meanwhile: {calm} ({calm.rate / before.rate:.0%} of before)")
    print(f"  amid kills: {amid} ({amid.rate / before.rate:.0%} of before)")


def _fill(client: Client, data: Path) -> list[str]:
    """The ids of all instances, of which most are copies."""
    store = redis.Redis(unix_socket_path=str(data / "valkey.sock"))
    store.config_set("appendfsync", "no")
    found: list[str] = []
    for _ in range(TEMPLATES):
        made = client.call("POST", "/process-definition/key/held/start", {})
        found += [made["id"], *copy(store, made["id"], INSTANCES // TEMPLATES - 1, PARTITIONS)]
    store.config_set("appendfsync", "always")
    return found


class _Starts:
    """Starts by one client after the other: how many in a second, the median of one, and those without an answer."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.took: list[float] = []
        self.seconds, self.failed = 0.0, 0

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds if self.seconds else 0.0

    def measure(self, seconds: float) -> None:
        client, since = Client(self._port), time.monotonic()
        while time.monotonic() - since < seconds:
            began = time.perf_counter()
            try:
                client.call("POST", "/process-definition/key/short/start", {})
                self.took.append((time.perf_counter() - began) * 1000)
            except (OSError, http.client.HTTPException, RuntimeError):
                self.failed += 1
                client.close()
                client = Client(self._port)
        self.seconds += time.monotonic() - since

    def __str__(self) -> str:
        if not self.took:
            return "none"
        ordered = sorted(self.took)
        return (
            f"{self.rate:.0f}/s, median {statistics.median(ordered):.1f} ms, 99 of 100 within "
            f"{ordered[len(ordered) * 99 // 100]:.0f} ms, {self.failed} without an answer"
        )


def _kill(process: subprocess.Popen[bytes], kind: str) -> int:
    """End one process of a kind among those that the server has begun."""
    for pid in _list_descendants(process.pid):
        with suppress(OSError):
            if kind.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                return 1
    return 0


def _list_descendants(root: int) -> list[int]:
    """The innermost first, so that of web processes one is found before that which keeps them."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[:0:-1]


def _count_left(port: int, batch_id: str) -> int:
    found = _ask(port, f"/batch/statistics?batchId={batch_id}")
    return found[0]["remainingJobs"] - found[0]["failedJobs"] if found else 0


def _describe_end(port: int, batch_id: str, ids: list[str]) -> str:
    """What became of the instances: all are suspended, and of a sample each was once."""
    suspended = _ask(port, "/process-instance/count?processDefinitionKey=held&suspended=true")["count"]
    failed = len(_ask(port, f"/batch/{batch_id}/failures"))
    sample = ids[:: max(1, len(ids) // SAMPLE)]
    events = [[it["type"] for it in _ask(port, f"/process-instance/{id_}/history")] for id_ in sample]
    once = sum(each.count("InstanceSuspended") == 1 for each in events)
    told = f"suspended: {suspended:,} of {len(ids):,}, failed: {failed}"
    return f"{told}; suspended exactly once: {once} of {len(sample)} looked at"


def _ask(port: int, path: str) -> Any:
    """Again while a web process that was killed has no successor."""
    until = time.monotonic() + 60
    while True:
        client = Client(port)
        try:
            return client.call("GET", path)
        except (OSError, http.client.HTTPException, RuntimeError):
            if time.monotonic() > until:
                raise
            threading.Event().wait(0.5)
        finally:
            client.close()
