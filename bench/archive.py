"""Many ended instances leave the store for the archive: memory before and after, disk, lists, replay, export."""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import redis

from bench import models
from bench.copies import copy
from bench.cpu import measure_cpu
from bench.server import Client, start_server, stop_server

TEMPLATES, PARTITIONS = 200, 64
OLDER_BY = 700
"""Milliseconds from one copy to the next: a million of them are eight days."""
TIMES, OPENED, EXPORTED = 5, 40, 5_000
PAUSE = 1.0
MEGABYTE = 1_000_000


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench archive", description=__doc__)
    parser.add_argument("--ended", type=int, default=50_000, help="instances that have ended (50000)")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        data = Path(folder)
        templates, before = _fill(data, chosen.ended)
        port, process = start_server(data, environment={"BATON_ARCHIVE_AFTER": "PT1S"})
        try:
            _move(data, chosen.ended, before)
            _ask(Client(port), chosen.ended)
            _open(Client(port), chosen.ended, templates)
            _export(Client(port), port, data, chosen.ended)
        finally:
            stop_server(process)


def _fill(data: Path, ended: int) -> tuple[list[str], int]:
    """Instances that have ended, in a store without an archive; the ids of the first, and the memory with all."""
    port, process = start_server(data)
    try:
        client, store = Client(port), _connect(data)
        client.deploy("one-task.bpmn", models.one_task())
        store.config_set("appendfsync", "no")
        empty = _read_memory(store)
        templates = [_end(client, number) for number in range(TEMPLATES)]
        for number, template in enumerate(templates):
            copies = ended // TEMPLATES + (number < ended % TEMPLATES) - 1
            copy(store, template, max(0, copies), PARTITIONS, older_by=OLDER_BY * TEMPLATES)
        full = _read_memory(store)
        print(f"{ended:,} ended instances with a business key and a variable, most of them copies")
        print(f"  store before: {full / MEGABYTE:.0f} MB, of which {empty / MEGABYTE:.0f} without them", flush=True)
        store.config_set("appendfsync", "always")
        return templates, full
    finally:
        stop_server(process)


def _end(client: Client, number: int) -> str:
    body = {"businessKey": f"order-{number}", "variables": {"amount": {"value": number, "type": "Integer"}}}
    made = client.call("POST", "/process-definition/key/one-task/start", body)["id"]
    ask = {"workerId": "bench", "maxTasks": 1, "topics": [{"topicName": "bench", "lockDuration": 60_000}]}
    (task,) = client.call("POST", "/external-task/fetchAndLock", ask)
    client.call("POST", f"/external-task/{task['id']}/complete", {"workerId": "bench"})
    return made


def _move(data: Path, ended: int, before: int) -> None:
    """Wait until the loops have moved all of them."""
    store, folder = _connect(data), data / "archive"
    first, began, cpu = _count_moved(folder), time.monotonic(), measure_cpu()
    reported = first
    while (moved := _count_moved(folder)) < ended:
        if moved - reported >= ended // 4:
            reported = moved
            print(f"  {moved:,} moved after {time.monotonic() - began:.0f} s", flush=True)
        time.sleep(PAUSE)
    seconds, after, here = time.monotonic() - began, measure_cpu(), max(1, ended - first)
    spent = ", ".join(f"{kind} {(after[kind] - cpu.get(kind, 0)) / here * 1000:.2f}" for kind in ("loops", "store"))
    print(f"  moved by the loops: {here / seconds:.0f} a second (of {here:,}); CPU of each, ms: {spent}")
    print(f"  store after: {_read_memory(store) / MEGABYTE:.0f} MB (before: {before / MEGABYTE:.0f})")
    segments = sum(path.stat().st_size for path in folder.glob("*.parquet"))
    index = sum(path.stat().st_size for path in folder.glob("index.sqlite*"))
    print(f"  on disk, bytes of each: {segments / ended:.0f} in segments, {index / ended:.0f} in the index")


def _count_moved(folder: Path) -> int:
    index = folder / "index.sqlite"
    if not index.exists():
        return 0
    with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True, timeout=60)) as base:
        (left,) = base.execute("SELECT COUNT(*) FROM instance WHERE stage <> 2").fetchone()
        (found,) = base.execute("SELECT COALESCE(SUM(instances - gone), 0) FROM segment").fetchone()
    return int(found) - int(left)


def _ask(client: Client, ended: int) -> None:
    overview, count = "/process-instance/overview", "/process-instance/overview/count"
    newest = "sortBy=startedAt&sortOrder=desc&maxResults=50"
    earliest = "state=completed&sortBy=endedAt&sortOrder=asc&maxResults=50"
    middle = client.call("GET", f"{overview}?{earliest}&firstResult={ended // 2}")[0]["endedAt"]
    questions = {
        "first page, the newest": f"{overview}?{newest}",
        "first page, the first that ended": f"{overview}?{earliest}",
        "page in the middle": f"{overview}?{newest}&firstResult={ended // 2}",
        "page of a business key": f"{overview}?{newest}&businessKey=order-7",
        "count": count,
        "count of one process, ended until the middle": f"{count}?processDefinitionKey=one-task&endedBefore={middle}",
        "count of a business key": f"{count}?businessKey=order-7",
    }
    print(f"  over HTTP, ms: quickest of {TIMES}, median")
    for name, path in questions.items():
        took = [_time(lambda path=path: client.call("GET", path)) for _ in range(TIMES)]
        print(f"    {name:45} {min(took):7.1f} {statistics.median(took):7.1f}", flush=True)


def _open(client: Client, ended: int, templates: Sequence[str]) -> None:
    """What the page of an instance reads to replay it, of instances that nobody has opened before."""
    step = max(1, ended // OPENED)
    page = "/process-instance/overview?sortBy=endedAt&sortOrder=asc&maxResults=1"
    chosen = [client.call("GET", f"{page}&firstResult={place}")[0]["id"] for place in range(0, ended, step)]
    before = measure_cpu()["web"]
    took = sorted(_time(lambda id_=id_: _replay(client, id_)) for id_ in chosen if id_ not in templates)
    spent = (measure_cpu()["web"] - before) / len(took) * 1000
    print(
        f"  replay of an archived instance, {len(took)} of them, ms: median {statistics.median(took):.0f}, "
        f"at most {took[-1]:.0f} (the first in each process loads pyarrow); CPU of the web processes {spent:.0f} each",
        flush=True,
    )


def _replay(client: Client, instance_id: str) -> None:
    path = f"/process-instance/{instance_id}"
    shown = client.call("GET", f"{path}/snapshot")
    events = client.call("GET", f"{path}/history")
    assert len(events) == shown["header"]["position"]


def _export(client: Client, port: int, data: Path, ended: int) -> None:
    """By the command, of those that ended first."""
    page = "/process-instance/overview?sortBy=endedAt&sortOrder=asc&maxResults=1"
    last = client.call("GET", f"{page}&firstResult={min(ended, EXPORTED) - 1}")[0]["endedAt"]
    command = [sys.executable, "-m", "baton.cli", "archive", "export", str(data / "export"), "--ended-before", last]
    began = time.monotonic()
    process = subprocess.Popen([*command, "--url", f"http://127.0.0.1:{port}"], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, status
    seconds, count = time.monotonic() - began, min(ended, EXPORTED) - 1
    size = sum(path.stat().st_size for path in (data / "export").rglob("*.parquet"))
    print(
        f"  exported: {count / seconds:.0f} a second (of {count:,}), {size / count:.0f} bytes of each, "
        f"{used.ru_maxrss * 1024 / MEGABYTE:.0f} MB of memory"
    )


def _time(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _connect(data: Path) -> Any:
    return redis.Redis(unix_socket_path=str(data / "valkey.sock"), socket_timeout=300)


def _read_memory(store: Any) -> int:
    return int(store.info("memory")["used_memory"])
