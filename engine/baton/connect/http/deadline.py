"""The moment at which a call must have ended."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

from baton.connect.http.errors import NotAnswered


class Deadline:
    """Ends a connection at its moment, however slowly it goes on: the other side may send a byte each second."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._at = seconds, time.monotonic() + seconds
        self._timer: threading.Timer | None = None
        self._watched: socket.socket | None = None
        self.has_passed = False

    def get_rest(self) -> float:
        """Seconds. Raises NotAnswered when none are left."""
        rest = self._at - time.monotonic()
        if rest <= 0:
            raise self.make_error()
        return rest

    def make_error(self) -> NotAnswered:
        return NotAnswered(f"Expected an answer within {self._seconds:g} s, but it took longer")

    def watch(self, sock: socket.socket) -> None:
        """From now on. TLS takes the socket over, so that only a duplicate can be ended at any moment."""
        self._watched = watched = sock.dup()
        self._timer = threading.Timer(self.get_rest(), self._end, (watched,))
        self._timer.name, self._timer.daemon = "baton-http-deadline", True
        self._timer.start()

    def _end(self, sock: socket.socket) -> None:
        self.has_passed = True
        with contextlib.suppress(OSError), sock:  # it may have ended by itself
            sock.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._watched is not None:
            self._watched.close()
