"""Writes the answer to a plain request: head and body in one send where the body is there as a whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from gunicorn import SERVER
from gunicorn.http.wsgi import FileWrapper
from gunicorn.util import has_fileno, is_hoppish

from baton.launcher.http.sockets import TimedSocket

Fields = list[tuple[str, str]]
REMEMBERED = 256 * 1024
"""Bytes of a chunk that is remembered for the next connection: frames of live streams go to many."""


class Answer:
    """``start`` is what WSGI calls ``start_response``."""

    def __init__(self, sock: TimedSocket, method: str, goes_on: bool) -> None:
        self._sock, self._method = sock, method
        self.goes_on = goes_on
        """Whether the connection can be used for the next request."""
        self.has_begun = False
        """Whether any of it has been sent."""
        self._status: str | None = None
        self._fields: Fields = []
        self._left: int | None = None
        self._omits_body = self._is_chunked = False
        self._unsent = b""

    def start(self, status: str, fields: Fields, exc_info: Any = None) -> Callable[[bytes], None]:
        """Raises the error of ``exc_info`` when something was sent already, RuntimeError when called twice."""
        if exc_info is not None and self.has_begun:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._status is not None:
            raise RuntimeError("Expected one start of the response, but found a second")
        self._status, self._fields = status, fields
        return self.write

    def send(self, chunks: Iterable[bytes]) -> None:
        """The whole body, as it comes. Raises OSError when the client has gone, ValueError for a field with a line."""
        if isinstance(chunks, FileWrapper) and self._send_file(chunks):
            return
        connect = getattr(chunks, "connect", None)
        if connect is not None and not self._sock.is_encrypted:
            connect(self)  # a live stream, which also sends past this loop
        for chunk in chunks:
            self.write(chunk)
        self._finish()

    def write(self, chunk: bytes) -> None:
        if not chunk:
            return
        head = b"" if self.has_begun else self._begin()
        framed = self._frame(chunk)
        if head or framed:
            unsent, self._unsent = self._unsent, b""
            self._sock.sendall(unsent + head + framed)

    @property
    def is_behind(self) -> bool:
        """Whether the end of a chunk is still to be sent, which the next ``write`` does."""
        return bool(self._unsent)

    def write_now(self, chunk: bytes) -> bool:
        """Send without waiting: False if nothing of it could be. Never while ``write`` sends. Raises OSError."""
        if self._unsent or not self.has_begun:
            return False
        framed = self._frame(chunk)
        try:
            sent = self._sock.send_now(framed)
        except BlockingIOError:
            return False
        self._unsent = framed[sent:]
        return True

    def _finish(self) -> None:
        end = b"" if self.has_begun else self._begin()
        if self._is_chunked:
            end += b"0\r\n\r\n"
        if end:
            self._sock.sendall(end)
        if self._left and not self._omits_body:
            self.goes_on = False  # the client waits for bytes that do not come

    def _frame(self, chunk: bytes) -> bytes:
        if self._omits_body:
            return b""
        if self._is_chunked:
            return _frame_once(chunk) if len(chunk) <= REMEMBERED else _frame_chunk(chunk)
        if self._left is not None:
            chunk = chunk[: self._left]
            self._left -= len(chunk)
        return chunk

    def _begin(self) -> bytes:
        """The head; how the body ends is decided with it."""
        if self._status is None:
            raise RuntimeError("Expected the start of a response before its body")
        code = int(self._status[:3])
        has_no_content = code == 204 or code < 200
        self._omits_body = has_no_content or code == 304 or self._method == "HEAD"
        fields = [(name, value) for name, value in self._fields if not is_hoppish(name)]
        lengths = [value for name, value in fields if name.lower() == "content-length"]
        if has_no_content and lengths:
            fields = [(name, value) for name, value in fields if name.lower() != "content-length"]
        self._left = int(lengths[0]) if lengths else None
        self._is_chunked = not lengths and not self._omits_body
        head = self._format_head(fields)
        self.has_begun = True
        return head

    def _format_head(self, fields: Fields) -> bytes:
        connection = "keep-alive" if self.goes_on else "close"
        coding = "Transfer-Encoding: chunked\r\n" if self._is_chunked else ""
        start = f"HTTP/1.1 {self._status}\r\nServer: {SERVER}\r\nDate: {_format_date(int(time.time()))}\r\n"
        given = "".join([f"{name}: {value}\r\n" for name, value in fields])
        lines = len(fields)
        if given.count("\n") != lines or given.count("\r") != lines or "\0" in given or "\n" in str(self._status):
            raise ValueError("Expected fields of a response without line breaks, but found one")
        return f"{start}Connection: {connection}\r\n{coding}{given}\r\n".encode("latin-1")

    def _send_file(self, body: FileWrapper) -> bool:
        """By the system, without copies; False where it cannot."""
        file = body.filelike
        if self._sock.is_encrypted or not has_fileno(file):
            return False
        head = self._begin()
        self._sock.sendall(head)
        if self._left and not self._omits_body:
            self._left -= self._sock.sendfile(file, offset=file.tell(), count=self._left)
        elif self._is_chunked:
            for chunk in body:
                self.write(chunk)
        self._finish()
        return True


def _frame_chunk(chunk: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(chunk), chunk)


_frame_once = lru_cache(maxsize=16)(_frame_chunk)


@lru_cache(maxsize=1)
def _format_date(second: int) -> str:
    return formatdate(second, usegmt=True)
