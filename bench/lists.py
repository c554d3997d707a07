"""How long each list, count and report takes beside many ended instances, and whether others wait for it."""

from __future__ import annotations

import argparse
import json
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import redis

from bench import models
from bench.connection import Connection
from bench.copies import copy
from bench.questions import Question, list_questions
from bench.server import Client, running

DEFINITIONS, TEMPLATES, PARTITIONS = 200, 400, 64
"""The last ten definitions have a user task and a task of a worker."""
RUNNING = 40
OLDER_BY = 1_000
TIMES, ALONE = 5, 10.0
GOAL = 50.0
"""Milliseconds that a page or a count may take."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One question: its best and middle time in milliseconds, commands of the store, and a refusal instead."""

    asked: Question
    quickest: float
    median: float
    commands: int
    refused: str = ""


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench lists", description=__doc__)
    parser.add_argument("--ended", type=int, default=100_000, help="instances that have ended (100000)")
    parser.add_argument("--only", default="", help="paths that contain this")
    parser.add_argument("--all", action="store_true", help="print every question, not those that take too long alone")
    chosen = parser.parse_args(arguments)
    with running() as (port, data):
        client, store = Client(port), redis.Redis(unix_socket_path=str(data / "valkey.sock"))
        _deploy(client)
        _fill(client, store, chosen.ended)
        asked = [item for item in list_questions(_describe(port), _get_known(client)) if chosen.only in item[0]]
        print(f"beside {chosen.ended:,} ended instances of {DEFINITIONS} definitions, ms: quickest of {TIMES}, median")
        found: list[Answered] = []
        for path in dict.fromkeys(path for path, _ in asked):
            mine = [_ask(client, store, item) for item in asked if item[0] == path]
            _show_path(path, [item for item in mine if not item.refused])
            found += mine
        _show(found, every=chosen.all)
        _compare_starts(port, asked)


def _deploy(client: Client) -> None:
    for number in range(DEFINITIONS):
        process = models.Process(f"p{number}").add('<startEvent id="s"/><endEvent id="e"/>')
        if number < DEFINITIONS - 10:
            process.chain("s", "e")
        else:
            process.add('<userTask id="look" name="Look" camunda:assignee="mary"/>').add(models.external("work", "w"))
            process.chain("s", "look", "work", "e")
        client.deploy(f"p{number}.bpmn", process.xml())


def _fill(client: Client, store: Any, ended: int) -> None:
    """Each of the templates copied so often, every copy a second older than the one before."""
    store.config_set("appendfsync", "no")
    for number in range(TEMPLATES):
        made = _run(client, number)
        copy(store, made, max(0, ended // TEMPLATES - 1), PARTITIONS, older_by=OLDER_BY)
    for number in range(RUNNING):
        _start(client, DEFINITIONS - 1 - number % 10, number)
    store.config_set("appendfsync", "always")


def _run(client: Client, number: int) -> str:
    """An instance that has ended."""
    made = _start(client, number % DEFINITIONS, number)
    if number % DEFINITIONS >= DEFINITIONS - 10:
        task = client.call("GET", f"/task?processInstanceId={made}")[0]["id"]
        client.call("POST", f"/task/{task}/complete", {})
        ask = {"workerId": "bench", "maxTasks": 1, "topics": [{"topicName": "w", "lockDuration": 60_000}]}
        (work,) = client.call("POST", "/external-task/fetchAndLock", ask)
        client.call("POST", f"/external-task/{work['id']}/complete", {"workerId": "bench"})
    return made


def _start(client: Client, definition: int, number: int) -> str:
    body = {"businessKey": f"order-{number}", "variables": {"amount": {"value": number, "type": "Integer"}}}
    return client.call("POST", f"/process-definition/key/p{definition}/start", body)["id"]


def _describe(port: int) -> Mapping[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi/openapi.json") as answer:
        return json.loads(answer.read())


def _get_known(client: Client) -> dict[str, str]:
    """Values of an instance in the middle of those that have ended."""
    key = f"p{DEFINITIONS - 5}"
    page = f"/history/process-instance?finished=true&processDefinitionKey={key}"
    count = client.call("GET", page.replace("?", "/count?"))["count"]
    row = client.call("GET", f"{page}&sortBy=startTime&sortOrder=asc&firstResult={count // 2}&maxResults=1")[0]
    moment = datetime.strptime(row["startTime"], "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)
    return {
        **dict.fromkeys(("processInstanceId", "processInstanceIds", "processInstanceIdIn"), row["id"]),
        **dict.fromkeys(("processDefinitionId", "processDefinitionIdIn"), row["processDefinitionId"]),
        **dict.fromkeys(("processDefinitionKey", "processDefinitionKeyIn", "processDefinitionKeyNotIn", "key"), key),
        **dict.fromkeys(("businessKey", "processInstanceBusinessKey"), row["businessKey"]),
        **dict.fromkeys(("businessKeyLike", "processInstanceBusinessKeyLike"), "%der-1%"),
        **dict.fromkeys(("activityId", "activityIdIn", "taskDefinitionKey", "taskDefinitionKeyIn"), "look"),
        **dict.fromkeys(("assignee", "taskAssignee", "taskInvolvedUser", "startedBy", "userId"), "mary"),
        **dict.fromkeys(("variables", "processVariables"), "amount_gt_300"),
        **dict.fromkeys(("variableName", "variableNameIn"), "amount"),
        **dict.fromkeys(("topicName", "state"), "w"),
        "state": "completed",
        "variableValues": "amount_gt_300",
        "moment": moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "names": "PT1H",
    }


def _ask(client: Client, store: Any, asked: Question) -> Answered:
    try:
        first = _time(client, asked[1])
    except RuntimeError as refused:
        return Answered(asked, 0, 0, 0, str(refused).partition(": ")[2][:160])
    times = TIMES if first < 3 * GOAL else 1
    store.config_resetstat()
    took = [_time(client, asked[1]) for _ in range(times)]
    commands = sum(row["calls"] for row in store.info("commandstats").values())
    return Answered(asked, min(took), statistics.median(took), commands // times)


def _time(client: Client, path: str) -> float:
    began = time.perf_counter()
    client.call("GET", path)
    return (time.perf_counter() - began) * 1000


def _show_path(path: str, answered: Sequence[Answered]) -> None:
    if not answered:
        return
    worst, late = max(answered, key=lambda item: item.median), sum(item.median > GOAL for item in answered)
    over = f"   {late} over {GOAL:.0f}" if late else ""
    print(f"  {path:70} {len(answered):3} asked  {worst.quickest:8.1f} {worst.median:8.1f} at most{over}", flush=True)


def _show(found: Sequence[Answered], *, every: bool) -> None:
    answered = [item for item in found if not item.refused]
    slow = [item for item in answered if item.median > GOAL]
    print(f"{len(answered)} questions, {len(slow)} take more than {GOAL:.0f} ms; refused: {len(found) - len(answered)}")
    for item in answered if every else slow:
        print(f"  {item.quickest:8.1f} {item.median:8.1f} ms {item.commands:7,} commands  {item.asked[1]}")
    for item in found:
        if item.refused:
            print(f"  refused {item.asked[1]}: {item.refused}")


def _compare_starts(port: int, asked: Sequence[Question]) -> None:
    """Starts by another client, alone and while all questions are asked."""
    with _starting(port) as alone:
        time.sleep(ALONE)
    client = Client(port)
    with _starting(port) as beside:
        until = time.monotonic() + ALONE
        while time.monotonic() < until:
            for _, path in asked:
                try:
                    client.call("GET", path)
                except RuntimeError:
                    continue
    print("starts by another client, ms")
    print(f"  alone             {_sum_up(alone)}")
    print(f"  beside the lists  {_sum_up(beside)}")


@contextmanager
def _starting(port: int) -> Iterator[list[float]]:
    over, took = threading.Event(), list[float]()

    def start() -> None:
        other = Connection(port)
        while not over.wait(0.02):
            began = time.perf_counter()
            other.post("/process-definition/key/p0/start", {})
            took.append((time.perf_counter() - began) * 1000)

    thread = threading.Thread(target=start)
    thread.start()
    yield took
    over.set()
    thread.join()


def _sum_up(took: Sequence[float]) -> str:
    found = sorted(took)
    return f"p50 {found[len(found) // 2]:6.1f}  p99 {found[int(len(found) * 0.99)]:6.1f}  of {len(found)}"
