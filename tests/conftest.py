"""Fixtures that every room may use."""

from __future__ import annotations

import itertools
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first: what is left at the end is short, so that both workers end together."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


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
