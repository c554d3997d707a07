"""Whether plain clients of the live stream get every event once, in order, beside a fixed rate of instances."""

from __future__ import annotations

import json
import multiprocessing
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe

from bench import models
from bench.connection import Connection
from bench.server import Client, running

CLIENTS, RATE, SECONDS = 200, 50, 10.0
PATIENCE = 60.0
"""Seconds until what was started must have come to every client."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What all clients have got together; an event that two of them have missed counts twice."""

    instances: int
    expected: int
    """Events that each client should have got."""
    events: int
    missed: int
    repeated: int
    out_of_order: int


@dataclass(slots=True)
class _Viewer:
    """One client: the positions that it has seen of each instance."""

    opened: socket.socket
    rest: bytes = b""
    has_begun: bool = False
    positions: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    def take(self) -> None:
        *whole, self.rest = (self.rest + self.opened.recv(262_144)).split(b"\n")
        for line in whole:
            self.has_begun = self.has_begun or line == b"event: snapshot"
            if line.startswith(b'data: {"instances"'):
                for event in json.loads(line[6:])["events"]:
                    self.positions.setdefault(event["instanceId"], []).append(event["position"])


def main() -> None:
    with running() as (port, _):
        seen = watch(port, CLIENTS, RATE, SECONDS)
    print(
        f"{CLIENTS} clients of /stream, {RATE} instances a second for {SECONDS:g} s: {seen.events:,} events of "
        f"{seen.instances:,} instances came; missed {seen.missed}, repeated {seen.repeated}, out of order "
        f"{seen.out_of_order}"
    )


def watch(port: int, clients: int, rate: float, seconds: float) -> Seen:
    """Start instances at the rate while the clients read, and compare what each has got with the histories."""
    with closing(Client(port)) as client:
        return _watch(client, port, clients, (rate, seconds))


def _watch(client: Client, port: int, clients: int, pace: tuple[float, float]) -> Seen:
    flow = models.Process("seen").add('<startEvent id="s"/><endEvent id="e"/>').chain("s", "e")
    client.deploy("seen.bpmn", flow.xml())
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    viewers = context.Process(target=_view, args=(port, clients, theirs))
    viewers.start()
    mine.recv()
    ids = _start(port, *pace)
    expected = {id_: _list_positions(client, id_) for id_ in ids}
    mine.send(expected)
    seen: Seen = mine.recv()
    viewers.join()
    return seen


def _list_positions(client: Client, instance_id: str) -> list[int]:
    """Of the events that the stream of all instances tells: it leaves out changes of variables."""
    events = client.call("GET", f"/process-instance/{instance_id}/history")
    return [event["position"] for event in events if event["type"] != "VariablesChanged"]


def _start(port: int, rate: float, seconds: float) -> list[str]:
    began = time.monotonic()
    due = iter(began + number / rate for number in range(int(seconds * rate)))
    lock, ids = threading.Lock(), list[str]()

    def start() -> None:
        with closing(Connection(port)) as connection:
            while True:
                with lock:
                    moment = next(due, None)
                if moment is None:
                    return
                time.sleep(max(0.0, moment - time.monotonic()))
                ids.append(connection.post("/process-definition/key/seen/start", {})["id"])

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ids


def _view(port: int, clients: int, pipe: Pipe) -> None:
    """In a process of its own: read until all that is expected is there, or patience ends."""
    waiting = selectors.DefaultSelector()
    viewers = [_open(port) for _ in range(clients)]
    for viewer in viewers:
        waiting.register(viewer.opened, selectors.EVENT_READ, viewer)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not all(viewer.has_begun for viewer in viewers):
        _read(waiting, 0.1)
    pipe.send("ready")
    while not pipe.poll():
        _read(waiting, 0.1)
    expected: dict[str, list[int]] = pipe.recv()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and any(_list_missed(viewer, expected) for viewer in viewers):
        _read(waiting, 0.5)
    # Whatever is sent once too often comes now.
    _read(waiting, 1.0)
    pipe.send(_sum_up(viewers, expected))
    for viewer in viewers:
        viewer.opened.close()


def _open(port: int) -> _Viewer:
    opened = socket.create_connection(("127.0.0.1", port))
    path = "/engine-rest/stream?processDefinitionKey=seen"
    opened.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return _Viewer(opened)


def _read(waiting: selectors.BaseSelector, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        for key, _ in waiting.select(left):
            key.data.take()


def _list_missed(viewer: _Viewer, expected: dict[str, list[int]]) -> list[tuple[str, int]]:
    return [
        (id_, position)
        for id_, positions in expected.items()
        for position in set(positions).difference(viewer.positions.get(id_, ()))
    ]


def _sum_up(viewers: list[_Viewer], expected: dict[str, list[int]]) -> Seen:
    seen = [positions for viewer in viewers for positions in viewer.positions.values()]
    return Seen(
        instances=len(expected),
        expected=sum(len(positions) for positions in expected.values()),
        events=sum(len(positions) for positions in seen),
        missed=sum(len(_list_missed(viewer, expected)) for viewer in viewers),
        repeated=sum(_list_repeated(seen)),
        out_of_order=sum(positions != sorted(positions) for positions in seen),
    )


def _list_repeated(seen: list[list[int]]) -> Iterator[int]:
    for positions in seen:
        yield from (count - 1 for count in Counter(positions).values() if count > 1)
