"""Completed one-task instances per second through REST: durable, with load generator and worker on the same cores."""

from __future__ import annotations

import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from typing import Any

from bench import models
from bench.connection import Connection
from bench.server import Client, running

SECONDS = 10.0
STARTERS, WORKERS = 4, 2
IN_FLIGHT = 64
"""Instances that are under way at most: beyond that, a start waits for an end."""


def main() -> None:
    print("one-task instances through REST, durable (appendfsync always), generator and worker included")
    for together in (True, False):
        with running() as (port, _):
            Client(port).deploy("one-task.bpmn", models.one_task())
            measure(port, 2.0, None, together)
            full = measure(port, SECONDS, None, together)
            half = measure(port, SECONDS, full["rate"] / 2, together)
        print("  tasks that were fetched together are completed " + ("together" if together else "one by one"))
        for name, found in (("as fast as it goes", full), ("at half that load", half)):
            took = f"p50 {found['p50']:6.1f} ms   p99 {found['p99']:6.1f} ms"
            print(f"    {name:20} {found['rate']:7.0f}/s   start to end: {took}")


@dataclass
class _Load:
    """What the threads of the generator share."""

    port: int
    until: float
    rate: float | None
    together: bool
    room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(IN_FLIGHT))
    starts: dict[str, float] = field(default_factory=dict[str, float])
    ends: dict[str, float] = field(default_factory=dict[str, float])
    all_started: bool = False


def measure(port: int, seconds: float, rate: float | None, together: bool) -> dict[str, float]:
    context = multiprocessing.get_context("spawn")
    found: Queue[Any] = context.Queue()
    generator = context.Process(target=_generate, args=(port, seconds, rate, together, found))
    generator.start()
    figures: dict[str, float] = found.get(timeout=seconds + 60)
    generator.join()
    return figures


def _generate(port: int, seconds: float, rate: float | None, together: bool, found: Queue[Any]) -> None:
    load = _Load(port, time.time() + seconds, rate, together)
    starters = [threading.Thread(target=_start, args=(load,)) for _ in range(STARTERS)]
    workers = [threading.Thread(target=_work, args=(load, f"bench-{number}")) for number in range(WORKERS)]
    for thread in (*workers, *starters):
        thread.start()
    for thread in starters:
        thread.join()
    load.all_started = True
    for thread in workers:
        thread.join()
    times = sorted((load.ends[start] - began) * 1e3 for start, began in load.starts.items())
    took = max(load.ends.values()) - min(load.starts.values())
    p99 = times[int(len(times) * 0.99) - 1]
    found.put({"count": len(times), "rate": len(times) / took, "p50": statistics.median(times), "p99": p99})


def _start(load: _Load) -> None:
    connection, due = Connection(load.port), time.time()
    while (now := time.time()) < load.until:
        if load.rate is not None:
            time.sleep(max(0.0, due - now))
            due += STARTERS / load.rate
        load.room.acquire()
        began = time.time()
        started = connection.post("/process-definition/key/one-task/start", {"businessKey": "b"})
        load.starts[started["id"]] = began


def _work(load: _Load, name: str) -> None:
    connection = Connection(load.port)
    complete: Callable[..., None] = _together if load.together else _one_by_one
    request = {
        "workerId": name,
        "maxTasks": 20,
        "asyncResponseTimeout": 200,
        "topics": [{"topicName": "bench", "lockDuration": 60_000}],
    }
    while not (load.all_started and len(load.ends) == len(load.starts)):
        tasks = connection.post("/external-task/fetchAndLock", request)
        if tasks:
            complete(connection, name, tasks)
        for task in tasks:
            load.ends[task["processInstanceId"]] = time.time()
            load.room.release()


def _together(connection: Connection, name: str, tasks: list[dict[str, Any]]) -> None:
    body = {"workerId": name, "tasks": [{"id": task["id"]} for task in tasks]}
    for outcome in connection.post("/external-task/complete", body):
        if not outcome["completed"]:
            raise RuntimeError(f"Expected the task to be completed, but found {outcome}")


def _one_by_one(connection: Connection, name: str, tasks: list[dict[str, Any]]) -> None:
    for task in tasks:
        connection.post(f"/external-task/{task['id']}/complete", {"workerId": name})
