"""The connections of one web process: requests one after the other, and an end to those that rest too long."""

from __future__ import annotations

import io
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import gevent
from gunicorn.http import message
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.unreader import SocketUnreader
from gunicorn.http.wsgi import base_environ

from baton.launcher.http.answers import Answer
from baton.launcher.http.bodies import discard_body, is_read
from baton.launcher.http.heads import LONGEST, Environ, read_head
from baton.launcher.http.sockets import TimedSocket

RECEIVED = 16 * 1024
GONE = (ConnectionError, TimeoutError, ssl.SSLError)
"""What a client causes that goes away, or sends and receives nothing."""
_message: Any = message
"""gunicorn's rules about heads, of which its published types know only a part."""


class Connections:
    """Serves an application. ``config``: gunicorn's.

    ``hand``: gives a connection away, with all that was received from the request on that it is asked about; whether it
    has. ``closes``: after their first request connections are closed.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        config: Any,
        hand: Callable[[Environ, TimedSocket, bytes], bool] | None = None,
        closes: bool = False,
    ) -> None:
        self._app, self._config, self._hand, self._closes = app, config, hand, closes
        self._base = {
            **base_environ(config),
            "wsgi.multithread": True,
            "wsgi.url_scheme": "https" if config.is_ssl else "http",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SCRIPT_NAME": "",
        }
        self._resting: dict[TimedSocket, float] = {}
        self.busy = 0
        """Requests that are being answered."""
        self.is_stopping = False
        """After their request connections are closed."""

    def serve(self, sock: TimedSocket, server: tuple[Any, ...], client: tuple[Any, ...]) -> bool:
        """Answer plain requests until the connection ends: True. False: what comes next is not plain.

        Nothing of that was taken off the connection then. Raises what the application raises, and OSError.
        """
        base = self._make_base(sock, server, client)
        schemes = self._find_schemes(client)
        received = b""
        while True:
            received = received or self._wait(sock)
            head, end = self._receive_head(sock, received)
            if end < 0 and len(head) <= LONGEST:
                return True
            environ = read_head(head[:end], base, schemes) if end >= 0 else None
            if environ is None:
                sock.give_back(head)
                return False
            sock.expect_body()
            if self._hand is not None and self._hand(environ, sock, head):
                return True
            rest = self._answer(sock, environ, head[end:])
            if rest is None:
                return True
            received = rest
            sock.expect_request()

    def end_resting(self, now: float) -> None:
        """Connections without a request for too long are ended. To be called now and then; ``now``: monotonic."""
        oldest = now - self._config.keepalive
        for sock, since in list(self._resting.items()):
            if since > oldest:
                return  # they are in order
            del self._resting[sock]
            sock.end_reading()

    def _wait(self, sock: TimedSocket) -> bytes:
        self._resting[sock] = time.monotonic()
        try:
            return sock.recv(RECEIVED)
        finally:
            self._resting.pop(sock, None)

    def _receive_head(self, sock: TimedSocket, received: bytes) -> tuple[bytes, int]:
        """All that has come, and where the head ends in it; -1: it is too long, or the connection has ended."""
        while True:
            end = received.find(b"\r\n\r\n")
            if end >= 0:
                return received, end + 4
            data = sock.recv(RECEIVED) if received and len(received) <= LONGEST else b""
            if not data:
                return received, -1
            received += data

    def _answer(self, sock: TimedSocket, environ: Environ, rest: bytes) -> bytes | None:
        """What has come after the request; None: the connection ends."""
        goes_on = not self.is_stopping and not self._closes and environ.get("HTTP_CONNECTION", "").lower() != "close"
        length = int(environ.get("CONTENT_LENGTH", 0))
        answer = Answer(sock, environ["REQUEST_METHOD"], goes_on)
        if len(rest) >= length:
            environ["wsgi.input"] = io.BytesIO(rest[:length])
            self._call(environ, answer)
            return rest[length:] if answer.goes_on else None
        connection: Any = sock
        source: Any = SocketUnreader(connection)
        source.unread(rest)
        body = environ["wsgi.input"] = Body(LengthReader(source, length))
        self._call(environ, answer)
        if not is_read(body) and not self._discard(body):
            return None
        return source.take_buffered() if answer.goes_on else None

    def _discard(self, body: Body) -> bool:
        """Whether the rest of a body has come, or is not waited for."""
        try:
            gevent.with_timeout(self._config.keepalive, discard_body, body, timeout_value=None)
        except TimeoutError:
            return False
        return is_read(body)

    def _call(self, environ: Environ, answer: Answer) -> None:
        self.busy += 1
        try:
            chunks = self._app(environ, answer.start)
            try:
                answer.send(chunks)
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()
        except GONE:
            raise
        except Exception as error:
            if answer.has_begun:
                raise BrokenAnswer from error
            raise
        finally:
            self.busy -= 1

    def _make_base(self, sock: TimedSocket, server: tuple[Any, ...], client: tuple[Any, ...]) -> Environ:
        return {
            **self._base,
            "gunicorn.socket": sock,
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
            "REMOTE_ADDR": client[0],
            "REMOTE_PORT": str(client[1]),
        }

    def _find_schemes(self, client: tuple[Any, ...]) -> dict[str, str]:
        """By gunicorn's own rule: the fields that say whether TLS ends at a proxy, if this client is one."""
        policy: Any = _message.HeaderPolicy()
        policy.cfg, policy.peer_addr = self._config, client
        trusted, _ = policy._peer_trusted_for_forwarded()
        return {f"HTTP_{name.replace('-', '_')}": secure for name, secure in trusted.items()}


class BrokenAnswer(Exception):
    """An answer ended in the middle: nothing more can be said on its connection."""
