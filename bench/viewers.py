"""What open live streams cost the engine, and how soon an event reaches them: beside a fixed rate of instances."""

from __future__ import annotations

import json
import multiprocessing
import resource
import selectors
import socket
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from multiprocessing.connection import Connection as Pipe

from bench import models
from bench.connection import Connection
from bench.cpu import measure_cpu
from bench.server import Client, running

VIEWERS, RATE, SECONDS = 1_000, 100, 10.0
READ = 10
"""The last viewers, whose frames are read for the moment of their events; those of the others are only taken."""
PROCESSES = ("web", "loops", "store", "compute", "streams")
OWN = "streams"
"""The kind of process that is there for viewers only, and is not counted to the engine."""
PATIENCE = 60.0
KINDS = ("none", "of everything", "of one definition", "of one instance each")


def main() -> None:
    print(f"{VIEWERS:,} viewers beside {RATE} one-step instances a second: CPU of Baton and its store")
    alone = 0.0
    for kind in KINDS:
        with running() as (port, _):
            used, late = _measure(port, kind)
        cpu = sum(seconds for name, seconds in used.items() if name != OWN)
        alone = alone or cpu
        seen = f"   event to viewer p50 {late[0]:5.1f} ms   p99 {late[1]:5.1f} ms" if late else ""
        parts = "  ".join(f"{name} {used.get(name, 0):4.2f}" for name in PROCESSES)
        print(f"  {kind:22} {cpu:5.2f} ms an instance ({parts})   {cpu / alone:4.2f} times{seen}", flush=True)


def _measure(port: int, kind: str) -> tuple[dict[str, float], tuple[float, float] | None]:
    """CPU of each kind of process for an instance, in milliseconds."""
    client = Client(port)
    client.deploy(
        "short.bpmn", models.Process("short").add('<startEvent id="s"/><endEvent id="e"/>').chain("s", "e").xml()
    )
    client.deploy("one-task.bpmn", models.one_task())
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    viewers = context.Process(target=_view, args=(port, list(_list_paths(client, kind)), theirs))
    viewers.start()
    mine.recv()
    _start_at_rate(port, 2.0)
    before = measure_cpu()
    _start_at_rate(port, SECONDS)
    after = measure_cpu()
    mine.send("end")
    late: list[float] = mine.recv()
    viewers.join()
    used = {name: (after[name] - before.get(name, 0)) / (RATE * SECONDS) * 1000 for name in PROCESSES if name in after}
    times = sorted(late)
    return used, (
        statistics.median(times),
        times[int(len(times) * 0.99) - 1],
    ) if times else None


def _list_paths(client: Client, kind: str) -> Iterator[str]:
    for _ in range(0 if kind == "none" else VIEWERS):
        if kind == "of one instance each":
            started = client.call("POST", "/process-definition/key/one-task/start", {})
            yield f"/process-instance/{started['id']}/stream"
        else:
            yield "/stream" if kind == "of everything" else "/stream?processDefinitionKey=short"


def _start_at_rate(port: int, seconds: float) -> None:
    began = time.monotonic()
    due = iter(began + number / RATE for number in range(int(seconds * RATE)))
    lock = threading.Lock()

    def start() -> None:
        connection = Connection(port)
        while True:
            with lock:
                moment = next(due, None)
            if moment is None:
                return
            time.sleep(max(0.0, moment - time.monotonic()))
            connection.post("/process-definition/key/short/start", {})

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _view(port: int, paths: Sequence[str], pipe: Pipe) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    waiting = selectors.DefaultSelector()
    for number, path in enumerate(paths):
        opened = socket.create_connection(("127.0.0.1", port))
        opened.sendall(f"GET /engine-rest{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        waiting.register(opened, selectors.EVENT_READ, number)
    settled, begun = time.monotonic() + PATIENCE, set[int]()
    while time.monotonic() < settled and len(begun) < len(paths):
        for key, _ in waiting.select(0.1):
            if isinstance(key.fileobj, socket.socket) and b"event: snapshot" in key.fileobj.recv(262_144):
                begun.add(key.data)
    waiting.register(pipe, selectors.EVENT_READ)
    pipe.send("ready")
    late: list[float] = []
    while (found := _take(waiting, 1.0)) is not None:
        late += found
    pipe.send(late)


def _take(waiting: selectors.BaseSelector, seconds: float) -> list[float] | None:
    """Milliseconds from each event that is seen to now; None when it is time to end."""
    late: list[float] = []
    for key, _ in waiting.select(seconds) if waiting.get_map() else ():
        if key.data is None:
            return None
        if isinstance(key.fileobj, socket.socket):
            data = key.fileobj.recv(262_144)
            if key.data >= VIEWERS - READ:
                late += _read_lateness(data)
    return late


def _read_lateness(data: bytes) -> Iterator[float]:
    now = time.time()
    for line in data.split(b"\n"):
        if line.startswith(b'data: {"instances"') and line.endswith(b"}"):
            for event in json.loads(line[6:])["events"]:
                yield (now - datetime.fromisoformat(event["at"]).timestamp()) * 1000
