"""Completed one-task instances per second through REST: durable, with load generator and worker on the same cores."""

from __future__ import annotations

import multiprocessing
import statistics
import threading
import time
from multiprocessing.queues import Queue
from typing import Any

from bench import models
from bench.server import Client, running

SECONDS = 10.0
STARTERS, WORKERS = 4, 4


def main() -> None:
    with running() as (port, _):
        Client(port).deploy("one-task.bpmn", models.one_task())
        _measure(port, 2.0, None)
        full = _measure(port, SECONDS, None)
        half = _measure(port, SECONDS, full["rate"] / 2)
    print("one-task instances through REST, durable (appendfsync always), generator and worker included")
    for name, found in (("as fast as it goes", full), ("at half that load", half)):
        took = f"p50 {found['p50']:6.1f} ms   p99 {found['p99']:6.1f} ms"
        print(f"  {name:20} {found['rate']:7.0f}/s   start to end: {took}")


def _measure(port: int, seconds: float, rate: float | None) -> dict[str, float]:
    context = multiprocessing.get_context("spawn")
    begun: Queue[Any] = context.Queue()
    ended: Queue[Any] = context.Queue()
    stop = context.Event()
    worker = context.Process(target=_work, args=(port, stop, ended))
    starter = context.Process(target=_start, args=(port, seconds, rate, begun))
    worker.start()
    starter.start()
    starts: dict[str, float] = begun.get(timeout=seconds + 60)
    starter.join()
    time.sleep(1.0)
    stop.set()
    ends: dict[str, float] = ended.get(timeout=60)
    worker.join()
    return _figures(starts, ends)


def _figures(starts: dict[str, float], ends: dict[str, float]) -> dict[str, float]:
    done = [instance for instance in starts if instance in ends]
    begin = min(starts.values())
    last = max(ends[instance] for instance in done)
    times = sorted((ends[instance] - starts[instance]) * 1e3 for instance in done)
    return {
        "rate": len(done) / (last - begin),
        "p50": statistics.median(times),
        "p99": times[int(len(times) * 0.99) - 1],
        "missing": len(starts) - len(done),
    }


def _start(port: int, seconds: float, rate: float | None, begun: Queue[Any]) -> None:
    found: dict[str, float] = {}
    begin = time.time()
    threads = [
        threading.Thread(target=_starter, args=(port, begin + seconds, rate and rate / STARTERS, found))
        for _ in range(STARTERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    begun.put(found)


def _starter(port: int, until: float, rate: float | None, found: dict[str, float]) -> None:
    client = Client(port)
    due = time.time()
    while (now := time.time()) < until:
        if rate is not None:
            if now < due:
                time.sleep(due - now)
            due += 1 / rate
        begin = time.time()
        started = client.call("POST", "/process-definition/key/one-task/start", {"businessKey": "b"})
        found[started["id"]] = begin


def _work(port: int, stop: Any, ended: Queue[Any]) -> None:
    found: dict[str, float] = {}
    threads = [threading.Thread(target=_worker, args=(port, number, stop, found)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended.put(found)


def _worker(port: int, number: int, stop: Any, found: dict[str, float]) -> None:
    client, name = Client(port), f"bench-{number}"
    request = {
        "workerId": name,
        "maxTasks": 10,
        "asyncResponseTimeout": 500,
        "topics": [{"topicName": "bench", "lockDuration": 60_000}],
    }
    while not stop.is_set():
        for task in client.call("POST", "/external-task/fetchAndLock", request):
            client.call("POST", f"/external-task/{task['id']}/complete", {"workerId": name, "variables": {}})
            found[task["processInstanceId"]] = time.time()
