"""Connections are divided evenly between the processes of the web, also when they are opened together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.running import ROOT, free_port, until

PROCESSES = 3
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    found = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        f"--bind=127.0.0.1:{found}",
        f"--workers={PROCESSES}",
        "--keep-alive=75",
    ]
    command += ["--worker-class=baton.launcher.webserver.Worker", "tests.launcher.pid_app:make_app()"]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        until(lambda: ask_alone(found), 60)
        yield found
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask_alone(port: int) -> int | None:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as opened:
            return ask(opened)
    except OSError:
        return None


def ask(opened: socket.socket) -> int:
    """The process that answers on a connection."""
    opened.sendall(REQUEST)
    answer = b""
    while not (end := answer.partition(b"\r\n\r\n")[2]):
        part = opened.recv(4096)
        assert part, "the server has closed the connection"
        answer += part
    return int(end)


@pytest.mark.parametrize("count", [16, 17, 64])
def test_connections_that_are_opened_together_are_divided_evenly(port: int, count: int) -> None:
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 60)) for _ in range(count)]
        shares = Counter(ask(connection) for connection in opened)

    assert len(shares) == PROCESSES
    assert max(shares.values()) - min(shares.values()) <= max(2, count // 8), shares


def test_what_is_opened_later_goes_where_connections_have_ended(port: int) -> None:
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 60)) for _ in range(12)]
        owners = [(ask(connection), connection) for connection in opened]
        freed = owners[0][0]
        ended = [connection for pid, connection in owners if pid == freed]
        for connection in ended:
            connection.close()

        def open_again() -> bool:
            """Once its process has seen the end of those, as many new ones come to it."""
            with ExitStack() as again:
                new = [again.enter_context(socket.create_connection(("127.0.0.1", port), 60)) for _ in ended]
                return Counter(ask(connection) for connection in new)[freed] >= len(ended) - 1

        until(lambda: open_again() or None, 60)


def test_a_process_that_hangs_does_not_keep_others_from_taking_connections(port: int) -> None:
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 60)) for _ in range(6)]
        stopped, *_ = {ask(connection) for connection in opened}
        os.kill(stopped, signal.SIGSTOP)

        for _ in range(8):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), 60))
            assert ask(connection) != stopped
