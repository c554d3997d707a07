"""The process between Baton and its sinks, killed while it sends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from baton.service import Settings, assemble
from tests.connect.sinks import PAYING, STREAM, read_stream, write_sinks
from tests.running import until
from tests.service.processes import deploy

INSTANCES = 120


@contextmanager
def sending(url: str, sinks: Path, clock: Path) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "BATON_REDIS_URL": url,
        "BATON_SINKS_FILE": str(sinks),
        "BATON_TEST_CLOCK": str(clock),
        "BATON_PARTITIONS": "4",
    }
    command = [
        sys.executable,
        "-m",
        "baton.loading",
        "baton.launcher.connecting",
        "connector",
        "http://127.0.0.1:1/engine-rest",
    ]
    process = subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_what_was_sent_before_the_kill_and_after_it_is_everything_in_order(valkey: str, tmp_path: Path) -> None:
    sinks = write_sinks(tmp_path, {"name": "bus", "kind": "valkey", "url": valkey, "stream": STREAM})
    clock = tmp_path / "shift"
    clock.write_text("0")
    engine = assemble(Settings(redis_url=valkey, partitions=4, sinks_file=sinks))
    try:
        definition = deploy(engine, PAYING)
        with sending(valkey, sinks, clock) as process:
            started = [
                engine.starts.start(definition.id, variables={"total": 1, "iban": ""}).id for _ in range(INSTANCES // 2)
            ]
            until(lambda: len(read_stream(valkey)) > 10, 60)
            process.kill()
        started += [
            engine.starts.start(definition.id, variables={"total": 1, "iban": ""}).id for _ in range(INSTANCES // 2)
        ]
        clock.write_text("60000")  # the lease of the process that is dead has run out
        with sending(valkey, sinks, clock):
            until(lambda: {event["source"].rpartition("/")[2] for event in read_stream(valkey)} >= set(started), 60)
    finally:
        engine.close()

    events = read_stream(valkey)
    assert len({event["id"] for event in events}) == INSTANCES
    positions: dict[str, list[str]] = {}
    for event in events:
        positions.setdefault(event["source"], []).append(event["batonelement"])
    assert all(set(elements) == {"one"} for elements in positions.values())
