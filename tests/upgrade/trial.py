"""Fill a data folder with one release, go on with another, and compare with the release that stayed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from baton.store.server import start_server
from tests.running import Baton
from tests.upgrade.driving import Driver, bring_on
from tests.upgrade.release import Release
from tests.upgrade.scenes import SCENES, begin, begin_random

KEYS = "1:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
FIRST_STEPS, STEPS = 8, 60
AT_ONCE = 4
Outcomes = dict[str, dict[str, Any]]


@dataclass
class Filled:
    """The instances of a data folder: of the scenes by key, of the random processes by seed."""

    scenes: dict[str, str] = field(default_factory=dict[str, str])
    random: dict[int, str] = field(default_factory=dict[int, str])


def fill(servers: Sequence[Baton], seeds: range) -> Filled:
    """Bring every scene, and every random process, to the state in which another release is to open it."""
    rests = [server.rest for server in servers]
    filled = Filled({scene.key: begin(rests, scene).instance for scene in SCENES})

    def begin_one(seed: int) -> None:
        driver = begin_random(rests, seed)
        bring_on(driver, Random(seed).randrange(FIRST_STEPS), calm=False)
        filled.random[seed] = driver.instance

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(begin_one, seeds))
    return filled


def go_on(servers: Sequence[Baton], filled: Filled) -> Outcomes:
    """Bring everything to its end; where it is then."""
    rests = [server.rest for server in servers]

    def finish(name: str, instance: str, seed: int) -> tuple[str, dict[str, Any]]:
        driver = Driver(rests, instance, seed)
        refused = bring_on(driver, STEPS, calm=True)
        return name, {**driver.outcome(), "refused": refused}

    with ThreadPoolExecutor(AT_ONCE) as pool:
        named = [pool.submit(finish, key, instance, 0) for key, instance in filled.scenes.items()]
        named += [pool.submit(finish, f"random {seed}", found, seed) for seed, found in filled.random.items()]
        return dict(item.result() for item in named)


def compare(expected: Outcomes, found: Outcomes) -> list[str]:
    """What differs, a line each; the scenes must come to the end that they say besides."""
    lines = [
        f"{scene.key}: expected to be {scene.end}, but is {found[scene.key]['state']}"
        for scene in SCENES
        if found[scene.key]["state"] != scene.end
    ]
    for name, value in expected.items():
        lines += [
            f"{name}: {fact}: expected {value[fact]}, but found {found[name][fact]}"
            for fact in value
            if value[fact] != found[name][fact]
        ]
    return lines


@contextmanager
def serving(release: Release, data: Path, env: Mapping[str, str]) -> Iterator[Baton]:
    server = Baton(data, "--no-samples", env={**release.environment, **env}, python=release.python)
    try:
        server.start()
        yield server
        server.stop()
    finally:
        server.kill()


def upgrade(old: Release, new: Release, seeds: range, *, sealed: bool) -> tuple[int, list[str]]:
    """One after the other on one data folder: how many instances, and what differs."""
    env = {"BATON_ENCRYPTION_KEYS": KEYS} if sealed else {}
    with make_folder() as folder:
        with serving(old, folder / "old", env) as server:
            filled = fill([server], seeds)
        shutil.copytree(folder / "old", folder / "new", ignore=_unusual)
        with serving(old, folder / "old", env) as server:
            expected = go_on([server], filled)
        with serving(new, folder / "new", env) as server:
            found = go_on([server], filled)
    return len(found), compare(expected, found)


def run_side_by_side(old: Release, new: Release, seeds: range) -> tuple[int, list[str]]:
    """Both releases on one store, asked in turn, against the old one alone: how many instances, and what differs."""
    with make_folder() as folder, serving(old, folder / "alone", {}) as server:
        expected = go_on([server], fill([server], seeds))
    with serving_together(old, new) as both:
        found = go_on(both, fill(both, seeds))
    return len(found), compare(expected, found)


@contextmanager
def serving_together(old: Release, new: Release) -> Iterator[Sequence[Baton]]:
    """Both releases on one store, the old one first."""
    with make_folder() as folder:
        store = start_server(folder, folder / "s", fsync="everysec")
        env = {"BATON_REDIS_URL": store.url}
        try:
            with serving(old, folder / "old", env) as one, serving(new, folder / "new", env) as other:
                yield one, other
        finally:
            store.stop()


@contextmanager
def make_folder() -> Iterator[Path]:
    """Short: the path of a socket has at most 108 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unusual(folder: str, names: list[str]) -> set[str]:
    """Sockets and the like, which cannot be copied."""
    return {name for name in names if not (Path(folder, name).is_file() or Path(folder, name).is_dir())}
