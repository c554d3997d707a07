"""Every kind of change, killed at every point: afterwards it has happened once, or not at all until it is repeated."""

from __future__ import annotations

import json
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import redis

from baton.model.commands import Command
from baton.store.server import Server
from tests.crash.child import LEASE_MS, stage_on
from tests.crash.given import Facts
from tests.crash.outcome import outcome
from tests.crash.scenes import SCENES
from tests.running import ROOT
from tests.service.conftest import Clock

ROUNDS = 4


class Victims:
    """Runs a scene in a process that dies at a point."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.child", url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def run(self, scene: str, point: int) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{scene} {point}\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], 30)
        assert ready, f"{scene} at point {point} neither ended nor died"
        told = json.loads(self._process.stdout.readline())
        found: dict[str, Any] = {"points": [value for what, value in told if what == "point"]}
        found.update((what, value) for what, value in told if what != "point")
        assert "error" not in found, found
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


@pytest.fixture(scope="module")
def victims(valkey_server: Server) -> Iterator[Victims]:
    made = Victims(valkey_server.url)
    yield made
    made.close()


def recovered(url: str) -> Any:
    """Another process comes by after the lease: timers of hours are not due yet."""
    stage = stage_on(url, seed=2, clock=_later(LEASE_MS + 1))
    _settle(stage)
    return stage


def _later(ms: int) -> Clock:
    clock = Clock()
    clock.forward(ms)
    return clock


def _settle(stage: Any) -> None:
    """All that would happen by itself, until nothing happens any more."""
    for _ in range(ROUNDS):
        stage.engine.run_due()
        stage.engine.outbox.dispatch()
        stage.clock.forward(LEASE_MS + 1)


def _whole(scene: str, victims: Victims, client: redis.Redis, point: int, *, repeat: bool) -> tuple[Any, Any, Any]:
    """Run, recover, and (``repeat``) let the client ask again: the run, what it left, what the client saw at last."""
    client.flushall()
    run = victims.run(scene, point)
    stage = recovered(victims.url)
    saw = _act(stage, scene, run["facts"]) if repeat else None
    if repeat:
        _settle(stage)
    found = outcome(client)
    stuck = stage.engine.invariant.find_stuck()
    stage.engine.close()
    assert stuck == [], f"{scene} at point {point}: nothing would wake {stuck}"
    return run, found, saw


def _act(stage: Any, scene: str, facts: Facts) -> Any:
    return json.loads(json.dumps(SCENES[scene].act(stage, facts)))


def test_every_kind_of_command_has_a_scene() -> None:
    kinds = (re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower() for kind in get_args(Command))
    assert [name for name in kinds if name not in SCENES] == []


@pytest.mark.parametrize("scene", SCENES)
def test_killed_anywhere_it_happens_once(scene: str, victims: Victims, valkey_server: Server) -> None:
    client = redis.Redis(unix_socket_path=str(valkey_server.socket))
    untouched, before, _ = _whole(scene, victims, client, 0, repeat=False)
    calm, after, _ = _whole(scene, victims, client, -1, repeat=False)
    points: list[str] = calm["points"]
    assert not untouched["killed"]
    assert points, "a scene must change something"
    for number, point in enumerate(points, start=1):
        place = f"{scene} killed at {number}. {point}"
        run, found, saw = _whole(scene, victims, client, number, repeat=True)
        assert run["killed"], place
        assert run["points"] == points[:number], place
        assert found == after, place
        assert saw == calm["saw"], place
        if number == 1:
            assert _whole(scene, victims, client, number, repeat=False)[1] == before, place
    client.close()
