"""Bytes of Redis per waiting one-task instance."""

from __future__ import annotations

from pathlib import Path

from redis import Redis

from bench import models
from bench.server import Client, running

COUNT = 3_000


def main() -> None:
    with running() as (port, folder):
        client = Client(port)
        client.deploy("one-task.bpmn", models.one_task())
        redis = Redis(unix_socket_path=str(_socket(folder)))
        client.call("POST", "/process-definition/key/one-task/start", {})
        before = int(redis.info("memory")["used_memory"])
        for number in range(COUNT):
            body = {"businessKey": f"order-{number}", "variables": {"amount": {"value": number, "type": "Integer"}}}
            client.call("POST", "/process-definition/key/one-task/start", body)
        after = int(redis.info("memory")["used_memory"])
    print(f"memory: {(after - before) / COUNT:.0f} bytes of Redis per waiting one-task instance (of {COUNT})")


def _socket(folder: Path) -> Path:
    return next(path for path in folder.rglob("*") if path.is_socket())
