"""How long lists, counts and overview pages take beside many ended instances, and whether others wait for it."""

from __future__ import annotations

import statistics
import threading
import time
from pathlib import Path

import redis

from bench import models
from bench.copies import copy
from bench.server import Client, running

ENDED, TEMPLATES, PARTITIONS = 100_000, 200, 64
TIMES = 10
ENDED_FIRST = "/history/process-instance?finished=true&sortBy=endTime&sortOrder=desc&maxResults=50"
ASKED = {
    "page of all instances": "/process-instance/overview?maxResults=50&sortBy=startedAt&sortOrder=desc",
    "ended, the latest": ENDED_FIRST,
    "ended, page 20": f"{ENDED_FIRST}&firstResult=950",
    "ended, of a definition": f"{ENDED_FIRST}&processDefinitionKey=short",
    "started last": "/history/process-instance?sortBy=startTime&sortOrder=desc&maxResults=50",
    "unsorted": "/history/process-instance?maxResults=50",
    "count of all": "/history/process-instance/count",
    "count of the ended": "/history/process-instance/count?finished=true",
    "statistics": "/process-definition/statistics",
}


def main() -> None:
    with running() as (port, data):
        client = Client(port)
        client.deploy(
            "short.bpmn", models.Process("short").add('<startEvent id="s"/><endEvent id="e"/>').chain("s", "e").xml()
        )
        _fill(client, data)
        print(f"beside {ENDED:,} ended instances, ms: median of {TIMES}, and the longest that /version took meanwhile")
        for name, path in ASKED.items():
            took, others = _measure(port, path)
            print(f"  {name:24} {took:8.1f}   {others:8.1f}")


def _fill(client: Client, data: Path) -> None:
    """Instances at 200 moments, each copied."""
    store = redis.Redis(unix_socket_path=str(data / "valkey.sock"))
    store.config_set("appendfsync", "no")
    for _ in range(TEMPLATES):
        made = client.call("POST", "/process-definition/key/short/start", {})
        copy(store, made["id"], ENDED // TEMPLATES - 1, PARTITIONS)
    store.config_set("appendfsync", "always")


def _measure(port: int, path: str) -> tuple[float, float]:
    over, longest = threading.Event(), [0.0]

    def ask_version() -> None:
        other = Client(port)
        while not over.wait(0.005):
            longest[0] = max(longest[0], _time(other, "/version"))

    thread = threading.Thread(target=ask_version)
    thread.start()
    client = Client(port)
    took = [_time(client, path) for _ in range(TIMES)]
    over.set()
    thread.join()
    return statistics.median(took), longest[0]


def _time(client: Client, path: str) -> float:
    began = time.perf_counter()
    client.call("GET", path)
    return (time.perf_counter() - began) * 1000
