"""A kept-alive HTTP connection that costs the load generator little: it shares the cores with what it measures."""

from __future__ import annotations

import json
import re
import socket
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Connection:
    """For one thread. Knows just what Baton answers with: a length, no chunks."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = f"127.0.0.1:{port}"

    def post(self, path: str, body: Any) -> Any:
        """The JSON answer. Raises RuntimeError for anything but 2xx."""
        data = json.dumps(body)
        self._socket.sendall(
            f"POST /engine-rest{path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n{data}".encode()
        )
        status, text = self._answer()
        if not 200 <= status < 300:
            raise RuntimeError(f"POST {path}: {status} {text[:500]!r}")
        return json.loads(text) if text else None

    def close(self) -> None:
        self._socket.close()

    def _answer(self) -> tuple[int, bytes]:
        found = b""
        while (end := found.find(b"\r\n\r\n")) < 0:
            found += self._more()
        length = _LENGTH.search(found, 0, end)
        wanted = end + 4 + (int(length.group(1)) if length else 0)
        while len(found) < wanted:
            found += self._more()
        return int(found[9:12]), found[end + 4 : wanted]

    def _more(self) -> bytes:
        data = self._socket.recv(65_536)
        if not data:
            raise RuntimeError("Expected an answer, but the server closed the connection")
        return data
