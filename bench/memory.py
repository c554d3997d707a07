"""Bytes of the store for a one-task instance that waits, and for one that has ended: by what they are for."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from redis import Redis

from bench import models
from bench.copies import copy
from bench.server import Client, running

WAITING, ENDED, TEMPLATES, PARTITIONS = 3_000, 10_000, 20, 64
OLDER_BY = 1_000
LEAST = 1.0
"""Bytes for an instance below which a kind of key is not told."""
FULL: dict[str, Any] = {"businessKey": "order-4711", "variables": {"amount": {"value": 4711, "type": "Integer"}}}


def main() -> None:
    with running() as (port, folder):
        client, redis = _connect(port, folder)
        _start(client, FULL)
        before = _read_used(redis)
        for _ in range(WAITING):
            _start(client, FULL)
        waiting = (_read_used(redis) - before) / WAITING
    print(
        f"memory of the store for a one-task instance with a business key and a variable: waiting {waiting:.0f} bytes"
    )
    for name, body in (("ended, nothing else in it", {}), ("ended, with a business key and a variable", FULL)):
        with running() as (port, folder):
            _measure_ended(*_connect(port, folder), name, body)


def _connect(port: int, folder: Path) -> tuple[Client, Any]:
    client = Client(port)
    client.deploy("one-task.bpmn", models.one_task())
    return client, Redis(unix_socket_path=str(next(path for path in folder.rglob("*") if path.is_socket())))


def _measure_ended(client: Client, redis: Any, name: str, body: dict[str, Any]) -> None:
    redis.config_set("appendfsync", "no")
    _end(client, body)
    before = _read_used(redis)
    for _ in range(TEMPLATES):
        copy(redis, _end(client, body), ENDED // TEMPLATES - 1, PARTITIONS, older_by=OLDER_BY)
    print(f"  {name}: {(_read_used(redis) - before) / ENDED:.0f} bytes (of {ENDED:,})")
    sizes = Counter[str]()
    for key in redis.scan_iter(count=1_000):
        sizes[_classify(key.decode())] += redis.memory_usage(key, samples=0)
    for kind, size in sizes.most_common():
        if size / ENDED >= LEAST:
            print(f"    {size / ENDED:6.0f}  {kind}")


def _classify(key: str) -> str:
    """The key with placeholders, as ``store/keys.py`` has them."""
    name = re.sub(r"^\{p\d+\}", "{pNN}", key)
    name = re.sub(r"[0-9a-z]{16}-\d\d", "<id>", name)
    return re.sub(r"one-task:1:\w+", "<definition>", name)


def _end(client: Client, body: dict[str, Any]) -> str:
    made = _start(client, body)
    ask = {"workerId": "bench", "maxTasks": 1, "topics": [{"topicName": "bench", "lockDuration": 60_000}]}
    (task,) = client.call("POST", "/external-task/fetchAndLock", ask)
    client.call("POST", f"/external-task/{task['id']}/complete", {"workerId": "bench"})
    return made


def _start(client: Client, body: dict[str, Any]) -> str:
    return client.call("POST", "/process-definition/key/one-task/start", body)["id"]


def _read_used(redis: Any) -> int:
    return int(redis.info("memory")["used_memory"])
