"""Fixtures that every room may use."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from baton.service.core.garbage import settle
from baton.store.server import Server, start_server

# On a busy machine an example may take seconds; a bound on time is the business of the tests that set one.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--signed-in", action="store_true", help="the tests of the web require sign-in, and send a key")


@pytest.hookimpl(trylast=True)  # what is left out has gone by then: the parts are those of the run
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first: what is left at the end is short, so that all workers end together.

    A run begins with a part of the list for each worker, all of one length. Two parts begin with the browser tests:
    each worker has one server for all of its own. The others begin with what is slow besides, a file with one of them.
    """
    fronts: list[list[pytest.Item]] = [[] for _ in range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))]
    short: list[pytest.Item] = []
    files: dict[Path, list[pytest.Item]] = {}
    browser = 0
    for item in sorted(items, key=lambda item: item.get_closest_marker("longest") is None):
        if item.get_closest_marker("browser"):
            fronts[browser % min(2, len(fronts))].append(item)
            browser += 1
        elif item.get_closest_marker("slow"):
            files.setdefault(item.path, []).append(item)
        else:
            short.append(item)
    for number, slow in enumerate(files.values()):
        fronts[-1 - number % max(1, len(fronts) - 2)].extend(slow)
    part = len(items) // len(fronts)
    items.clear()
    for front in fronts:
        left = max(0, part - len(front))
        items += front + short[:left]
        del short[:left]
    items += short


def pytest_collection_finish() -> None:
    """Thousands of tests, and all of Baton, stay in memory: looking through them again and again took most of the time
    of a short test."""
    settle()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Server]:
    """One durable server for the whole run, on a short socket path (108 bytes is the limit of the system)."""
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    server = start_server(folder, folder / "s", fsync="everysec")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def valkey(valkey_server: Server) -> Iterator[str]:
    """The URL of a real, empty Valkey server."""
    client = redis.Redis(unix_socket_path=str(valkey_server.socket))
    client.flushall()
    yield valkey_server.url
    client.close()


@pytest.fixture
def durable_valkey() -> Iterator[Server]:
    """A separate server, ``appendfsync always``; the test may kill it."""
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    server = start_server(folder, folder / "s", fsync="always")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def command_ids() -> Iterator[str]:
    """Ids for commands, each used once."""
    return (f"command-{n}" for n in itertools.count(1))
