"""What a flood does: very many that wait, very many timers, one very wide instance, very many early messages, deaths.

In process, without HTTP: the service, the store and a real Valkey with ``appendfsync always``.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
import structlog

from baton.model.commands import SetVariables
from baton.model.events import EventType
from baton.model.records import InstanceState
from baton.service import Engine, InstanceQuery, MessageQuery, Resource, Settings, TopicRequest, assemble
from baton.store.server import Server, start_server
from baton.workers import Agenda, Outbox, start_workers
from bench import models
from bench.copies import copy

SCALE = float(os.environ.get("BATON_FLOOD_SCALE", "1"))
"""A smaller flood, for a look in between: 0.01 is a hundredth."""
WAITING, TIMERS, WIDE, EARLY = (int(count * SCALE) for count in (100_000, 1_000_000, 1_000, 10_000))
WORKERS = 16
LEASE_MS = 10_000
KIB = 1024


def main(chosen: Sequence[str] = ()) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    for flood in (waiting, timers, wide, early, death):
        if chosen and flood.__name__ not in chosen:
            continue
        with _served() as (engine, server):
            flood(engine, server)


@contextmanager
def _served() -> Iterator[tuple[Engine, Server]]:
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    server = start_server(folder, folder / "s")
    engine = assemble(Settings(redis_url=server.url))
    try:
        yield engine, server
    finally:
        engine.close()
        with redis.Redis(unix_socket_path=str(server.socket)) as client:
            pid = client.info("server")["process_id"]
        os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def _deploy(engine: Engine, xml: str) -> str:
    return engine.deployments.deploy("flood", [Resource("flood.bpmn", xml.encode())]).definitions[0].id


def _say(text: str) -> None:
    print(f"floods: {text}", flush=True)


def _ms(act: Callable[[], Any], times: int = 50) -> float:
    """The median of some calls, in milliseconds."""
    found: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        found.append((time.perf_counter() - began) * 1e3)
    return statistics.median(found)


def _fill(engine: Engine, server: Server, template: str, count: int) -> float:
    """Copies of the template; bytes of Redis per copy."""
    client = redis.Redis(unix_socket_path=str(server.socket))
    before = int(client.info("memory")["used_memory"])
    client.config_set("appendfsync", "no")  # filling up is not what is measured
    copy(client, template, count, len(engine.store.partitions))
    client.config_set("appendfsync", "always")
    return (int(client.info("memory")["used_memory"]) - before) / count


def _one_task(engine: Engine, definition: str, topic: str) -> None:
    engine.starts.start(definition)
    (task,) = engine.task_fetcher.fetch_and_lock("w", 1, [TopicRequest(name=topic, lock_ms=60_000)])
    engine.external_tasks.complete(task.task.id, "w")


# -- 100,000 that wait, and the server is killed


def waiting(engine: Engine, server: Server) -> None:
    other = _deploy(engine, models.one_task("other").replace('"one-task"', '"other-task"'))
    calm = _ms(lambda: _one_task(engine, other, "other"))
    template = engine.starts.start(_deploy(engine, models.one_task()), business_key="order-1").id
    size = _fill(engine, server, template, WAITING)
    full = _ms(lambda: _one_task(engine, other, "other"))
    look = _ms(lambda: engine.mailbox.list_due(engine.clock.now(), 100))
    _say(f"{WAITING} waiting instances: {size / KIB:.2f} KiB each; one-task instance {full:.1f} ms ({calm:.1f} without")
    _say(f"  them); a look at the agenda {look:.2f} ms; all of them found by the list: {_count(engine)}")
    began = time.monotonic()
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    start_server(server.socket.parent, server.socket, timeout=120)
    up = time.monotonic() - began
    _one_task(engine, other, "other")
    again = time.monotonic() - began
    _say(f"  kill -9 of Valkey with them: answers after {up:.1f} s, completes again after {again:.1f} s")


def _count(engine: Engine) -> int:
    return engine.instances.count(InstanceQuery())


# -- 1,000,000 timers


def timers(engine: Engine, server: Server) -> None:
    far = _deploy(engine, _timer("far", "PT10H"))
    size = _fill(engine, server, engine.starts.start(far).id, TIMERS)
    look = _ms(lambda: engine.mailbox.list_due(engine.clock.now(), 100))
    _say(f"{TIMERS} waiting timers: {size / KIB:.2f} KiB each, instance and history included; a look {look:.2f} ms")
    near = _deploy(engine, _timer("near", "PT2S"))
    stop = threading.Event()
    agenda = threading.Thread(target=Agenda(engine).run, args=(stop,))
    agenda.start()
    late = sorted(_lateness(engine, _start_for(engine, near, seconds=20.0, per_second=25)))
    stop.set()
    agenda.join()
    _say(f"  {len(late)} more, 25 a second, fired late by: p50 {late[len(late) // 2]} ms, ")
    _say(f"  p99 {late[int(len(late) * 0.99) - 1]} ms, at most {late[-1]} ms")


def _timer(key: str, duration: str) -> str:
    event = f'<timeDuration xsi:type="tFormalExpression">{duration}</timeDuration>'
    event = f"<timerEventDefinition>{event}</timerEventDefinition>"
    process = models.Process(key).add('<startEvent id="s"/><endEvent id="e"/>')
    process.add(f'<intermediateCatchEvent id="w">{event}</intermediateCatchEvent>')
    return process.chain("s", "w", "e").xml()


def _start_for(engine: Engine, definition: str, *, seconds: float, per_second: int) -> list[str]:
    """Instances at an even pace: the load under which the timers fire."""
    begin = time.monotonic()
    found: list[str] = []
    for number in range(int(seconds * per_second)):
        time.sleep(max(0.0, begin + number / per_second - time.monotonic()))
        found.append(engine.starts.start(definition).id)
    time.sleep(4.0)
    return found


def _lateness(engine: Engine, instances: list[str]) -> Iterator[int]:
    for instance in instances:
        events = {event.type: event for event in engine.history.list_events(instance)}
        due = events[EventType.TIMER_SET].data["due"]
        assert isinstance(due, int)
        yield events[EventType.TIMER_FIRED].at - due


# -- a 1,000-way multi-instance, 16 workers at once


def wide(engine: Engine, server: Server) -> None:
    marker = f"<loopCardinality>{WIDE}</loopCardinality>"
    marker = f"<multiInstanceLoopCharacteristics>{marker}</multiInstanceLoopCharacteristics>"
    process = models.Process("wide").add('<startEvent id="s"/><endEvent id="e"/>')
    process.add(models.external("work", "wide", marker))
    definition = _deploy(engine, process.chain("s", "work", "e").xml())
    began = time.monotonic()
    instance = engine.starts.start(definition).id
    started = time.monotonic() - began
    slowest: list[float] = []
    threads = [threading.Thread(target=_work_wide, args=(engine, f"w{n}", slowest)) for n in range(WORKERS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    client = redis.Redis(unix_socket_path=str(server.socket))
    turns = int(client.llen(f"{{p{instance[-2:]}}}:h:{instance}"))  # type: ignore[arg-type]
    done = engine.instances.get(instance).state is InstanceState.COMPLETED
    _say(f"{WIDE}-way multi-instance, {WORKERS} workers at once: started in {started:.2f} s, done in {seconds:.1f} s")
    _say(f"  in {turns} turns; a completion took at most {max(slowest) * 1e3:.0f} ms; completed: {done}")


def _work_wide(engine: Engine, name: str, slowest: list[float]) -> None:
    while found := engine.task_fetcher.fetch_and_lock(
        name, 10, [TopicRequest(name="wide", lock_ms=600_000, variables=())]
    ):
        for item in found:
            began = time.monotonic()
            engine.external_tasks.complete(item.task.id, name)
            slowest.append(time.monotonic() - began)


# -- 10,000 messages that come before their receivers


def early(engine: Engine, server: Server) -> None:
    process = models.Process("receiver").add('<startEvent id="s"/><endEvent id="e"/>')
    process.add('<intermediateCatchEvent id="r"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>')
    xml = process.chain("s", "r", "e").xml().replace("<process ", '<message id="m" name="Early"/><process ', 1)
    definition = _deploy(engine, xml)
    began = time.monotonic()
    for number in range(EARLY):
        engine.messages.correlate(
            MessageQuery(name="Early", business_key=f"k{number}", message_id=f"m{number}", ttl_ms=3_600_000)
        )
    sent = time.monotonic() - began
    stop = threading.Event()
    outbox = threading.Thread(target=Outbox(engine).run, args=(stop,))
    outbox.start()
    count = max(1, EARLY // 10)
    began = time.monotonic()
    instances = [engine.starts.start(definition, business_key=f"k{number}").id for number in range(count)]
    while engine.instances.count(InstanceQuery()) > 0 and time.monotonic() - began < 120:
        time.sleep(0.05)
    seconds = time.monotonic() - began
    stop.set()
    outbox.join()
    waits = sorted(_waited(engine, instances))
    _say(f"{EARLY} messages before their receivers: taken in {sent:.1f} s; {count} receivers started, all served")
    _say(f"  after {seconds:.1f} s: {len(waits)} within p50 {waits[len(waits) // 2]} ms, at most {waits[-1]} ms")


def _waited(engine: Engine, instances: list[str]) -> Iterator[int]:
    for instance in instances:
        events = {event.type: event for event in engine.history.list_events(instance)}
        if EventType.MESSAGE_RECEIVED in events:
            yield events[EventType.MESSAGE_RECEIVED].at - events[EventType.SUBSCRIPTION_OPENED].at


# -- a turn process dies in the middle of a turn


def death(engine: Engine, server: Server) -> None:
    definition = _deploy(engine, models.one_task())
    instance = engine.starts.start(definition).id
    victim = (
        "import os,signal,sys\n"
        "from baton.service import Settings, assemble\n"
        "from baton.model.commands import SetVariables\n"
        "engine = assemble(Settings(redis_url=sys.argv[1], lease_ms=int(sys.argv[3])))\n"
        "engine.store.backend.on_point = lambda p: os.kill(os.getpid(), 9) if p == 'commit.before' else None\n"
        "engine.mailbox.submit(sys.argv[2], SetVariables(set={'survived': True}))\n"
    )
    running = start_workers(engine)
    subprocess.run([sys.executable, "-c", victim, server.url, instance, str(LEASE_MS)], check=False)
    began = time.monotonic()
    while "survived" not in engine.instance_reader.get_variables(instance):
        time.sleep(0.01)
    seconds = time.monotonic() - began
    running.stop()
    _say(
        f"kill -9 of a process in the middle of a turn: another finished it after {seconds:.1f} s (lease {LEASE_MS} ms)"
    )
    assert engine.mailbox.submit(instance, SetVariables(set={"n": 1})).error is None


if __name__ == "__main__":
    main(sys.argv[1:])
