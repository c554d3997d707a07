"""Pages of open tasks in the order in which people take them: time, commands of the store, bytes for each task."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import redis

from bench import models
from bench.copies import copy
from bench.server import Client, running

TEMPLATES, PARTITIONS, OLDER_BY = 200, 64, 1_000
GROUPS, PEOPLE, TIMES = 10, 50, 15
BY_URGENCY = "sortBy=urgency&sortOrder=asc&maxResults=50"
MOMENT = "2026-01-01T00:00:00.000%2B0000"
QUESTIONS = {
    "first page": f"/task?{BY_URGENCY}",
    "page 200": f"/task?{BY_URGENCY}&firstResult=10000",
    "first page, descending": "/task?sortBy=urgency&sortOrder=desc&maxResults=50",
    "first page of what is not put off": f"/task?{BY_URGENCY}&followUpBeforeOrNotExistent={MOMENT}",
    "count of what is not put off": f"/task/count?followUpBeforeOrNotExistent={MOMENT}",
    "first page of a group": f"/task?{BY_URGENCY}&candidateGroup=g1&includeAssignedTasks=true",
    "first page of a person": f"/task?{BY_URGENCY}&assignee=p1",
    "first page by age": "/task?sortBy=created&sortOrder=asc&maxResults=50",
    "first page by name": "/task?sortBy=name&sortOrder=asc&maxResults=50",
}


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench tasks", description=__doc__)
    parser.add_argument("--open", type=int, default=20_000, help="tasks that are open (20000)")
    chosen = parser.parse_args(arguments)
    with running() as (port, data):
        client, store = Client(port), redis.Redis(unix_socket_path=str(data / "valkey.sock"))
        _deploy(client)
        _fill(client, store, chosen.open)
        count = client.call("GET", "/task/count")["count"]
        print(f"{count:,} open tasks: quickest of {TIMES} and median in ms, commands of the store")
        for name, path in QUESTIONS.items():
            took, commands, rows = _ask(client, store, path)
            print(f"  {name:36} {min(took):8.1f} {statistics.median(took):8.1f} {commands:8,}   {rows} rows")
        sizes = [store.memory_usage(key, samples=0) for key in store.scan_iter("{p*}:uu", count=1_000)]
        print(f"  the index by urgency: {sum(size or 0 for size in sizes) / count:.0f} bytes for each task")


def _deploy(client: Client) -> None:
    process = models.Process("people").add('<startEvent id="s"/><endEvent id="e"/>')
    process.add(
        '<userTask id="look" name="Look" camunda:dueDate="${due}" camunda:priority="${priority}"'
        ' camunda:candidateGroups="${group}" camunda:assignee="${person}"/>'
    )
    process.chain("s", "look", "e")
    client.deploy("people.bpmn", process.xml())


def _fill(client: Client, store: Any, count: int) -> None:
    """Templates with due dates or without, each copied so often, every copy a second older than the one before."""
    store.config_set("appendfsync", "no")
    for number in range(TEMPLATES):
        made = client.call("POST", "/process-definition/key/people/start", {"variables": _choose_values(number)})["id"]
        copy(store, made, max(0, count // TEMPLATES - 1), PARTITIONS, older_by=OLDER_BY)
    store.config_set("appendfsync", "always")


def _choose_values(number: int) -> dict[str, Any]:
    day = datetime.now(UTC) + timedelta(days=number % 30)
    values = {
        "due": day.strftime("%Y-%m-%dT09:00:00") if number % 3 == 0 else "",
        "priority": 10 * (number % 11),
        "group": f"g{number % GROUPS}",
        "person": f"p{number % PEOPLE}" if number % 2 else "",
    }
    return {name: {"value": value} for name, value in values.items()}


def _ask(client: Client, store: Any, path: str) -> tuple[list[float], int, int]:
    rows = len(client.call("GET", path))
    store.config_resetstat()
    took = [_time(client, path) for _ in range(TIMES)]
    commands = sum(row["calls"] for row in store.info("commandstats").values())
    return took, commands // TIMES, rows


def _time(client: Client, path: str) -> float:
    began = time.perf_counter()
    client.call("GET", path)
    return (time.perf_counter() - began) * 1000
