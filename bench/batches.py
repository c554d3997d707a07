"""A batch of 100,000 instances: how long it takes, and how much slower others are meanwhile."""

from __future__ import annotations

import os
import statistics
import threading
import time
from pathlib import Path

import redis

from bench import models
from bench.copies import copy
from bench.server import Client, running

INSTANCES = int(os.environ.get("BENCH_BATCH", "100000"))
TEMPLATES, PARTITIONS, SECONDS = 100, 64, 20.0


def main() -> None:
    """``BENCH_BATCH`` is another number of instances."""
    with running() as (port, data):
        client = Client(port)
        process = models.Process("held").add('<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>')
        client.deploy("held.bpmn", process.chain("s", "t", "e").xml())
        short = models.Process("short").add('<startEvent id="s"/><endEvent id="e"/>').chain("s", "e").xml()
        client.deploy("short.bpmn", short)
        _fill(client, data)
        before = _measure_starts(port)
        began = time.monotonic()
        body = {"suspended": True, "processInstanceQuery": {"processDefinitionKey": "held"}}
        batch = client.call("POST", "/process-instance/suspended-async", body)
        answered = time.monotonic() - began
        during = _measure_starts(port)
        while (left := _count_left(client, batch["id"])) > 0:
            threading.Event().wait(1)
        took = time.monotonic() - began
        print(f"a batch of {batch['totalJobs']:,} instances: answered in {answered:.1f} s, done in {took:.0f} s")
        print(f"  starts by others, median of one: {before[0]:.0f}/s, {before[1]:.1f} ms before")
        print(f"  {during[0]:.0f}/s ({during[0] / before[0]:.0%}), {during[1]:.1f} ms meanwhile; left over: {left}")


def _fill(client: Client, data: Path) -> None:
    store = redis.Redis(unix_socket_path=str(data / "valkey.sock"))
    store.config_set("appendfsync", "no")
    for _ in range(TEMPLATES):
        made = client.call("POST", "/process-definition/key/held/start", {})
        copy(store, made["id"], INSTANCES // TEMPLATES - 1, PARTITIONS)
    store.config_set("appendfsync", "always")


def _measure_starts(port: int) -> tuple[float, float]:
    """Starts in a second by one client after the other, and the median of one in ms."""
    client, took = Client(port), list[float]()
    over = time.monotonic() + SECONDS
    while time.monotonic() < over:
        began = time.perf_counter()
        client.call("POST", "/process-definition/key/short/start", {})
        took.append((time.perf_counter() - began) * 1000)
    return len(took) / SECONDS, statistics.median(took)


def _count_left(client: Client, batch_id: str) -> int:
    found = client.call("GET", f"/batch/statistics?batchId={batch_id}")
    return found[0]["remainingJobs"] - found[0]["failedJobs"] if found else 0
