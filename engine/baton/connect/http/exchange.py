"""One request to one address, and its answer: bounded in time and size, without cookies, proxies or redirects."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from baton.connect.http.deadline import Deadline
from baton.connect.http.errors import CallRefused, NotAnswered
from baton.connect.http.target import Target

_CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def get_header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    method: str
    headers: Mapping[str, str]
    body: bytes | None


class _Plain(HTTPConnection):
    deadline: Deadline

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self.deadline.watch(sock)
        return sock


class _Encrypted(_Plain, HTTPSConnection):
    pass


def exchange(
    target: Target, address: str, message: Message, deadline: Deadline, max_bytes: int, tls: ssl.SSLContext
) -> HttpAnswer:
    """Send to the address given, which was checked. Raises NotAnswered, CallRefused for an answer that is too large."""
    connection = _make_connection(target, address, deadline, tls)
    try:
        connection.request(
            message.method,
            target.resource,
            body=message.body,
            headers={"Accept-Encoding": "identity", **message.headers, "Host": target.origin.partition("://")[2]},
            preload_content=False,
            decode_content=False,
        )
        return _read(connection.getresponse(), deadline, max_bytes)
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        if deadline.has_passed or isinstance(error, TimeoutError):
            raise deadline.make_error() from None
        raise NotAnswered(f"Expected an answer from {target.origin}, but: {_describe(error)}") from None
    finally:
        deadline.release()
        connection.close()


def _make_connection(target: Target, address: str, deadline: Deadline, tls: ssl.SSLContext) -> HTTPConnection:
    rest = deadline.get_rest()
    if target.scheme == "https":
        connection = _Encrypted(
            address,
            target.port,
            timeout=rest,
            ssl_context=tls,
            server_hostname=target.host,
            assert_hostname=target.host,
        )
    else:
        connection = _Plain(address, target.port, timeout=rest)
    connection.deadline = deadline
    return connection


def _read(response: BaseHTTPResponse, deadline: Deadline, max_bytes: int) -> HttpAnswer:
    """An answer that says it is compressed is refused: a few bytes could become very many."""
    with contextlib.closing(response):
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", ""):
            raise CallRefused(f"Expected an answer without Content-Encoding, as was asked for, but found '{encoding}'")
        body = bytearray()
        while chunk := response.read(_CHUNK):
            body += chunk
            if len(body) > max_bytes:
                raise CallRefused(f"Expected an answer of at most {max_bytes:,} bytes, but it is longer")
        if deadline.has_passed:
            raise deadline.make_error()
        return HttpAnswer(status=response.status, headers=dict(response.headers.items()), body=bytes(body))


def _describe(error: Exception) -> str:
    """The innermost reason, without addresses of objects."""
    reason = getattr(error, "reason", None)
    found = reason if isinstance(reason, Exception) else error
    return str(found.__cause__ or found).rpartition(">: ")[2] or type(found).__name__
