"""Viewers over real connections: frames go out past their greenlets, and what a connection does not take is kept."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.web.sse import Message, messages
from tests.web.test_gunicorn import Served, serving

PATIENCE = 120
VALUES, SIZE = 40, 200_000
"""More than the buffers of a connection hold, both ends together."""


@pytest.fixture
def served(valkey: str) -> Iterator[Served]:
    with serving(valkey) as made:
        yield made


@contextmanager
def watching(served: Served, path: str, window: int | None = None) -> Iterator[Iterator[Message]]:
    """The messages of a stream, read only when they are asked for; ``window``: bytes that may be on their way."""
    with socket.socket() as sock:
        if window is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        sock.settimeout(PATIENCE)
        sock.connect(("127.0.0.1", int(served.root.rpartition(":")[2])))
        sock.sendall(f"GET /engine-rest{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        yield messages(read_chunks(sock))


def read_chunks(sock: socket.socket) -> Iterator[bytes]:
    """The body of a chunked answer; anything that does not fit its framing raises ValueError."""
    with sock.makefile("rb") as file:
        while file.readline().strip():
            pass
        while size := int(file.readline(), 16):
            yield file.read(size)
            if file.readline() != b"\r\n":
                raise ValueError("a chunk is longer than it says")


def test_a_viewer_who_does_not_read_loses_nothing_and_keeps_nobody_waiting(served: Served) -> None:
    served.deploy("work")
    id_ = served.start("work")
    path = f"/process-instance/{id_}/stream"
    with watching(served, path, window=4096) as slow, watching(served, path) as quick:
        first = next(slow), next(quick)
        end = first[0].data["position"] + VALUES
        for number in range(VALUES):
            value = {"value": f"{number:03}" + "x" * SIZE, "type": "String"}
            url = f"{served.url}/process-instance/{id_}/variables/note"
            requests.put(url, json=value, timeout=PATIENCE).raise_for_status()
        seen = [list_positions(viewer, end) for viewer in (quick, slow)]

    assert [message.event for message in first] == ["snapshot"] * 2
    assert seen == [list(range(end - VALUES + 1, end + 1))] * 2


def list_positions(viewer: Iterator[Message], end: int) -> list[int]:
    """Of the events that come, up to one."""
    found: list[int] = []
    while not found or found[-1] < end:
        message = next(viewer)
        assert message.event == "events", json.dumps(message.data)[:200]
        found += [event["position"] for event in message.data["events"]]
    return found
