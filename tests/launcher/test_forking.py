"""The web's processes and their compute processes are copies of one that has loaded everything."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.running import Baton, running, until

LISTENING = "0A"
"""The state, as /proc/net/tcp has it."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="looks into /proc")


@pytest.fixture(scope="module")
def baton() -> Iterator[Baton]:
    with running("--no-samples") as made:
        yield made


def list_named(baton: Baton, name: str) -> list[int]:
    """Its processes that the system calls so."""
    return [pid for pid in baton.pids() if read_name(pid) == name]


def list_both(baton: Baton) -> list[int]:
    """The compute processes of both web processes, once they are there."""
    found = list_named(baton, "baton-compute")
    return found if len(found) == 2 else []


def read_name(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def list_web(baton: Baton) -> list[int]:
    """The master and the processes that it has forked, without their compute processes."""
    found = [pid for pid in baton.pids() if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return [pid for pid in found if read_name(pid) != "baton-compute"]


@contextmanager
def stopped(baton: Baton) -> Iterator[None]:
    """The supervisor starts nothing again meanwhile."""
    supervisor = baton.pids()[0]
    os.kill(supervisor, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(supervisor, signal.SIGCONT)


def runs(pid: int) -> bool:
    """Whether it is there, and has not ended without anybody asking how."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def listens(pid: int) -> bool:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{row[9]}]" for row in rows if row[3] == LISTENING}
    return any(os.readlink(file) in inodes for file in Path(f"/proc/{pid}/fd").iterdir())


def test_a_web_process_that_is_killed_is_forked_again_with_a_compute_process(baton: Baton) -> None:
    before = set(until(lambda: list_both(baton), 60))
    parents = {int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in before}
    os.kill(min(parents), signal.SIGKILL)
    until(lambda: len(set(list_named(baton, "baton-compute")) - before) == 1, 30)
    assert until(lambda: baton.rest.get("/version"), 30)


def test_a_compute_process_holds_nothing_of_the_web_and_ends_with_it(baton: Baton) -> None:
    computing = until(lambda: list_both(baton), 60)
    assert [pid for pid in list_web(baton) if listens(pid)]
    assert not [pid for pid in computing if listens(pid)]
    with stopped(baton):
        for pid in list_web(baton):
            os.kill(pid, signal.SIGKILL)
        until(lambda: not any(runs(pid) for pid in computing), 30)
        with socket.socket() as freed:
            freed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            freed.bind(("127.0.0.1", baton.port))
            freed.listen()
    assert until(lambda: baton.rest.get("/version"), 60)
