"""Hands a connection over to another process, with the request that was read from it (docs/decisions/0101).

One connection of a local socket for each: four bytes of length and the request, with the connection itself beside them;
the other process answers with a byte when it has it. Only then it is given up here.
"""

from __future__ import annotations

import array
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from baton.launcher.http.heads import Environ
from baton.launcher.http.sockets import TimedSocket

LENGTH = 4
LONGEST = 64 * 1024
"""Bytes of a request, with what was received after it."""
TAKEN = b"1"
PATIENCE_S = 20.0
"""So long the other process has: it may be starting."""
PAUSE_S = 30.0
"""When it has not taken one in time, none is offered to it for so long."""


class Handing:
    """What a process does with connections whose request is for another. ``is_meant``: tells which."""

    def __init__(self, path: Path, is_meant: Callable[[Environ], bool]) -> None:
        self._path, self._is_meant = path, is_meant
        self._not_before = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the other process is offered any."""
        return time.monotonic() >= self._not_before

    def offer(self, environ: Environ, sock: TimedSocket, received: bytes) -> bool:
        """Whether the connection is another's now: to be closed here, without a word on it."""
        is_plain = not sock.is_encrypted and len(received) <= LONGEST and environ.get("CONTENT_LENGTH", "0") == "0"
        if not is_plain or not self._is_meant(environ) or not self.is_open:
            return False
        with socket.socket(socket.AF_UNIX) as way, suppress(OSError):
            way.settimeout(PATIENCE_S)
            way.connect(str(self._path))
            _send(way, sock.fileno(), received)
            if _has_been_taken(way):
                return True
        self._not_before = time.monotonic() + PAUSE_S
        return False


def _send(way: socket.socket, fileno: int, received: bytes) -> None:
    data = len(received).to_bytes(LENGTH, "big") + received
    sent = way.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fileno]))])
    if sent < len(data):  # never nothing: who has taken it may be gone by now, and that would be an error
        way.sendall(data[sent:])


def _has_been_taken(way: socket.socket) -> bool:
    """A byte that comes after this has said no does not count: it cannot be sent any more."""
    with suppress(TimeoutError):
        return way.recv(1) == TAKEN
    way.shutdown(socket.SHUT_RD)
    return way.recv(1) == TAKEN


def receive_connection(way: socket.socket) -> tuple[socket.socket, bytes] | None:
    """A connection and what was read from it; None: its sender has gone, and keeps it. Raises OSError, ValueError."""
    filenos: list[int] = []
    data = b""
    try:
        data = _receive(way, filenos, LENGTH)
        length = int.from_bytes(data[:LENGTH], "big")
        if length > LONGEST or len(filenos) != 1:
            raise ValueError(f"Expected one connection and at most {LONGEST} bytes, but found {len(filenos)}, {length}")
        data = _receive(way, filenos, LENGTH + length, data)
        way.sendall(TAKEN)
    except ConnectionError:
        _close_all(filenos)
        return None
    except Exception:
        _close_all(filenos)
        raise
    return socket.socket(fileno=filenos[0]), data[LENGTH:]


def _receive(way: socket.socket, filenos: list[int], size: int, data: bytes = b"") -> bytes:
    """At least so many bytes; connections that come with them are added. Raises ConnectionError at the end."""
    while len(data) < size:
        more, beside, _, _ = way.recvmsg(LENGTH + LONGEST, socket.CMSG_SPACE(8 * array.array("i").itemsize))
        for level, kind, content in beside:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                filenos += _read_filenos(content)
        if not more:
            raise ConnectionError("Expected a request, but the local connection has ended")
        data += more
    return data


def _read_filenos(content: bytes) -> list[int]:
    found = array.array("i")
    found.frombytes(content[: len(content) - len(content) % found.itemsize])
    return found.tolist()


def _close_all(filenos: list[int]) -> None:
    for fileno in filenos:
        os.close(fileno)
