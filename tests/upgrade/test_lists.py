"""Lists of ended instances that a release without indexes by start has written, and goes on writing beside this one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from baton.service import Settings, assemble
from baton.store.server import Server, start_server
from baton.worker import Rest
from tests.running import Baton, until
from tests.service.processes import bpmn, line
from tests.upgrade.release import Release, has_history, take_release, this_release
from tests.upgrade.scenes import deploy
from tests.upgrade.test_upgrade import BEFORE
from tests.upgrade.trial import make_folder, serving

KEYS = ("first", "second", "third")
ENDED, MORE, PAGE = 45, 12, 10
OVERVIEW, HISTORY = "/process-instance/overview", "/history/process-instance"


@pytest.fixture
def before(tmp_path: Path) -> Release:
    if not has_history():
        pytest.skip("needs git's whole history: a shallow clone or an unpacked archive has no release before")
    return take_release(BEFORE, tmp_path)


@pytest.fixture
def folder() -> Iterator[Path]:
    with make_folder() as found:
        yield found


@pytest.fixture
def store(folder: Path) -> Iterator[Server]:
    server = start_server(folder, folder / "s", fsync="everysec")
    try:
        yield server
    finally:
        server.stop()


def deploy_all(rest: Rest) -> None:
    for key in KEYS:
        deploy(rest, key, bpmn(line(), key))


def run_instances(rests: Sequence[Rest], count: int) -> None:
    """By each server in turn, of each process in turn."""
    for number in range(count):
        rests[number % len(rests)].post(f"/process-definition/key/{KEYS[number % len(KEYS)]}/start", {})


def check_lists(rest: Rest, count: int) -> None:
    """Pages by start and by end, of all and of one process, and counts: against the list of all headers."""
    every: list[dict[str, Any]] = rest.get(f"{OVERVIEW}?maxResults=1000")
    assert len(every) == count
    for order, key in ((order, key) for order in ("asc", "desc") for key in ("", *KEYS)):
        chosen = [header for header in every if key in ("", header["definitionKey"])]
        expected = sorted((header["startedAt"] for header in chosen), reverse=order == "desc")
        only = f"&processDefinitionKey={key}" if key else ""
        for first in (0, PAGE):
            page = f"sortBy=startedAt&sortOrder={order}&firstResult={first}&maxResults={PAGE}{only}"
            assert [header["startedAt"] for header in rest.get(f"{OVERVIEW}?{page}")] == expected[first : first + PAGE]
        assert rest.get(f"{HISTORY}/count?finished=true{only}")["count"] == len(chosen)
    middle = sorted(header["startedAt"] for header in every)[count // 2]
    since = sum(header["startedAt"] > middle for header in every)
    asked = rest.get(f"{OVERVIEW}?startedAfter={middle.replace('+', '%2B')}&maxResults=1000")
    assert len(asked) == since


def wait_until_indexed(server: Server) -> None:
    engine = assemble(Settings(redis_url=server.url))
    try:
        until(engine.store.indexing.is_complete, 90)
    finally:
        engine.close()


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_what_a_release_without_indexes_has_left_is_listed_at_once_and_after_a_kill(
    before: Release, folder: Path, store: Server
) -> None:
    env = {"BATON_REDIS_URL": store.url}
    with serving(before, folder / "old", env) as old:
        deploy_all(old.rest)
        run_instances([old.rest], ENDED)

    server = Baton(folder / "new", "--no-samples", env={**this_release().environment, **env})
    try:
        server.start()
        check_lists(server.rest, ENDED)
        server.kill()
        server.start()
        check_lists(server.rest, ENDED)
        wait_until_indexed(store)
        check_lists(server.rest, ENDED)
        server.stop()
    finally:
        server.kill()


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_lists_are_right_while_a_release_without_indexes_is_still_at_work(
    before: Release, folder: Path, store: Server
) -> None:
    env = {"BATON_REDIS_URL": store.url}
    with serving(before, folder / "old", env) as old, serving(this_release(), folder / "new", env) as new:
        deploy_all(old.rest)
        run_instances([old.rest, new.rest], ENDED)
        check_lists(new.rest, ENDED)
        wait_until_indexed(store)

        run_instances([old.rest], MORE)

        check_lists(new.rest, ENDED + MORE)
        check_lists(old.rest, ENDED + MORE)
