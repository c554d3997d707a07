"""Connections of clients with limits of time."""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any

LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def peek(sock: Any, size: int, flags: int) -> bytes:
    """What lies on the connection, without taking it off.

    With TLS its bytes cannot be read twice. But a client that waits for its answer sends none, except to end TLS: so if
    any have come it is as if the connection were closed.
    """
    if not isinstance(sock, ssl.SSLSocket):
        return sock.recv(size, flags)
    socket.socket.recv(sock, size, flags)
    return b""


class TimedSocket:
    """A connection on which each request must arrive in time, head and body; its first bytes start the clock."""

    def __init__(self, sock: Any, seconds: float) -> None:
        self._sock, self._seconds = sock, seconds
        self._deadline: float | None = None
        self._reads_head = True
        self._given_back = b""
        self.sendall = sock.sendall
        """Without a step in between."""

    @property
    def is_encrypted(self) -> bool:
        return isinstance(self._sock, ssl.SSLSocket)

    def expect_request(self) -> None:
        """The next request may begin when it likes."""
        self._deadline, self._reads_head = None, True

    def expect_body(self) -> None:
        """The head has arrived."""
        self._reads_head = False

    def give_back(self, data: bytes) -> None:
        """The next ``recv`` gives this, whatever its size."""
        self._given_back = data

    def send_now(self, data: bytes) -> int:
        """How much the system has taken. Raises BlockingIOError: nothing. Not for TLS."""
        return self._sock._sock.send(data)  # gevent's own never blocks the process, and its way around it waits

    def end_reading(self) -> None:
        """A request that has not begun is not read any more; one that has begun can still be answered."""
        self._sock._sock.shutdown(socket.SHUT_RD)  # not gevent's, which stops an answer that is being sent

    def recv(self, size: int, flags: int = 0) -> bytes:
        """No bytes when a head is late, which is answered here. Raises TimeoutError when a body is.

        With ``flags`` another part of the server checks whether the client is still connected; that starts no clock.
        """
        if flags:
            return peek(self._sock, size, flags)
        if self._given_back:
            data, self._given_back = self._given_back, b""
            return data
        if self._deadline is None:
            data = self._sock.recv(size)
            self._deadline = time.monotonic() + self._seconds
            return data
        try:
            return self._receive_before(self._deadline, size)
        except TimeoutError:
            if not self._reads_head:
                raise
            self._sock.sendall(LATE)
            return b""

    def _receive_before(self, deadline: float, size: int) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        try:
            return self._sock.recv(size)
        finally:
            self._sock.settimeout(None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class HeldHeaders:
    """A socket that keeps back the first write, the headers, until the body follows: one send instead of two."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._held: bytes | None = b""

    def sendall(self, data: bytes) -> None:
        if self._held is None:
            self._sock.sendall(data)
        elif not self._held:
            self._held = data
        else:
            self._held, held = None, self._held
            self._sock.sendall(held + data)

    def sendfile(self, *args: Any, **kwargs: Any) -> Any:
        """A file goes past ``sendall``: its headers must be on their way before it."""
        self.flush()
        return self._sock.sendfile(*args, **kwargs)

    def flush(self) -> None:
        """Send what is still held: the response had no body, or a body that is a file."""
        self._held, held = None, self._held
        if held:
            self._sock.sendall(held)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
