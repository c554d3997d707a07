"""gunicorn as Baton runs it: lines through Baton's logging, and a stop that waits for requests but not for streams."""

from __future__ import annotations

import os
import socket
import ssl
import time
from functools import cached_property
from types import FrameType
from typing import Any

import gevent
from gunicorn.glogging import Logger as GunicornLogger
from gunicorn.http.body import Body, LengthReader
from gunicorn.workers.ggevent import GeventWorker

from baton import logs
from baton.launcher.tls import complete_handshake
from baton.service.core.pausing import give_way

DISCARD_BYTES = 1024 * 1024


class Logger(GunicornLogger):
    """Sends gunicorn's own lines through Baton's logging."""

    def setup(self, cfg: Any) -> None:
        logs.set_up("web")
        self.error_log.propagate = True
        self.access_log.propagate = False
        self.error_log.setLevel(cfg.loglevel.upper())


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


def peek(sock: Any, size: int, flags: int) -> bytes:
    """What lies on the connection, without taking it off.

    With TLS its bytes cannot be read twice. But a client that waits for its answer sends none, except to end TLS: so if
    any have come it is as if the connection were closed.
    """
    if not isinstance(sock, ssl.SSLSocket):
        return sock.recv(size, flags)
    socket.socket.recv(sock, size, flags)
    return b""


LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class TimedSocket:
    """A connection on which each request must arrive in time, head and body; its first bytes start the clock."""

    def __init__(self, sock: Any, seconds: float) -> None:
        self._sock, self._seconds = sock, seconds
        self._deadline: float | None = None
        self._reads_head = True

    def expect_request(self) -> None:
        """The next request may begin when it likes."""
        self._deadline, self._reads_head = None, True

    def expect_body(self) -> None:
        """The head has arrived."""
        self._reads_head = False

    def recv(self, size: int, flags: int = 0) -> bytes:
        """No bytes when a head is late, which is answered here. Raises TimeoutError when a body is.

        With ``flags`` another part of the server checks whether the client is still connected; that starts no clock.
        """
        if flags:
            return peek(self._sock, size, flags)
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


def is_read(body: Body) -> bool:
    """Whether nothing of the body can still be on its way, which is so after nearly every request."""
    reader: Any = body.reader
    return isinstance(reader, LengthReader) and reader.length == 0


def discard_body(body: Body) -> None:
    """Read what a refused request still sends, so that its sender gets to read the answer.

    The library would do it by 1,024 bytes, and copies up to 1 MiB for each of them: two seconds of processor time for
    a file of 50 MB. Other requests are answered in between.
    """
    while body.read(DISCARD_BYTES):
        give_way()


class Worker(GeventWorker):
    """On SIGTERM: end long polls and streams, finish the requests being answered, leave.

    The library's own worker waits in steps of a second and counts idle keep-alive connections as work.
    """

    busy = 0
    wsgi: Any = None
    """The application; None until it is loaded, which a signal may come before."""

    @cached_property
    def request_seconds(self) -> float:
        from baton.web import WebSettings  # only now: gevent must have patched before the web is imported

        return WebSettings.from_environment().request_seconds

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        if isinstance(client, ssl.SSLSocket) and not complete_handshake(client, self.request_seconds):
            return
        timed: Any = TimedSocket(client, self.request_seconds)
        super().handle(listener, timed, addr)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        self.busy += 1
        sock.expect_body()
        held: Any = HeldHeaders(sock)
        try:
            goes_on = super().handle_request(listener_name, req, held, addr)
        finally:  # also when the library says by an exception that the connection is to be closed
            self.busy -= 1
            held.flush()
        if not is_read(req.body):
            try:
                gevent.with_timeout(self.cfg.keepalive, discard_body, req.body, timeout_value=None)
            except TimeoutError:
                raise StopIteration from None  # the library's way to close the connection
        sock.expect_request()
        return goes_on

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        gevent.spawn(self._drain)

    def _drain(self) -> None:
        server = None if self.wsgi is None else self.wsgi.extensions["baton"]
        if server is not None:
            server.open_requests.stop()
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while self.busy and time.monotonic() < deadline:
            gevent.sleep(0.02)
        if server is not None:
            server.engine.compute.close()
        os._exit(0)
