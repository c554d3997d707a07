"""Reads the head of a plain request: one that has one meaning only, for every reader.

httptools (the parser of Node.js, in its strict mode) checks the syntax. Whatever it refuses, and whatever is beyond the
usual, is not plain: gunicorn reads that, and refuses it or not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from gunicorn.util import unquote_to_wsgi_str
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

Environ: TypeAlias = dict[str, Any]
LONGEST, LONGEST_LINE, MOST_FIELDS = 8_000, 4_000, 90
"""Bytes of a plain head and of its first line, and its fields: less than gunicorn's limits."""
METHODS = frozenset({b"GET", b"POST", b"PUT", b"DELETE", b"HEAD", b"OPTIONS"})
NOT_PLAIN = frozenset({"EXPECT", "HTTP2-SETTINGS", "PROXY", "TE", "TRAILER", "TRANSFER-ENCODING", "UPGRADE"})
SINGLE = frozenset({"HTTP_HOST", "HTTP_CONNECTION", "CONTENT_TYPE", "CONTENT_LENGTH"})
CONNECTIONS = frozenset({"", "keep-alive", "close"})
_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)


class _Reading:
    """What the parser tells."""

    __slots__ = ("fields", "is_complete", "target")

    def __init__(self) -> None:
        self.target = b""
        self.fields: list[tuple[bytes, bytes]] = []
        self.is_complete = False

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        self.is_complete = True


def read_head(head: bytes, base: Environ, schemes: Mapping[str, str]) -> Environ | None:
    """The environment of a request, from ``base`` and all bytes up to its empty line; None if it is not plain.

    ``schemes``: the fields by which this client may say that it was reached by TLS, and their value if it was.
    """
    if len(head) > LONGEST or head.find(b"\r\n") > LONGEST_LINE or b"\r\n " in head or b"\r\n\t" in head:
        return None
    reading = _Reading()
    parser = HttpRequestParser(reading)
    try:
        parser.feed_data(head)
    except (HttpParserError, HttpParserUpgrade):
        return None
    method = parser.get_method()
    if not reading.is_complete or method not in METHODS or parser.get_http_version() != "1.1":
        return None
    if not head.startswith(b"%b %b HTTP/1.1\r\n" % (method, reading.target)):
        return None  # the parser takes several blanks for one
    environ = base.copy()
    environ["REQUEST_METHOD"] = method.decode()
    if _add_target(environ, reading.target) and _add_fields(environ, reading.fields, schemes):
        return environ
    return None


def _add_target(environ: Environ, given: bytes) -> bool:
    target = given.decode("latin-1")
    if not target.startswith("/") or target.startswith("//") or "#" in target or not target.isascii():
        return False
    path, _, environ["QUERY_STRING"] = target.partition("?")
    environ["RAW_URI"] = target
    environ["PATH_INFO"] = unquote_to_wsgi_str(path) if "%" in path else path
    return True


def _add_fields(environ: Environ, fields: list[tuple[bytes, bytes]], schemes: Mapping[str, str]) -> bool:
    if len(fields) > MOST_FIELDS:
        return False
    for name, value in fields:
        key = _find_key(name)
        if key is None:
            return False
        text = value.decode("latin-1").strip(" \t")
        if key not in environ:
            environ[key] = text
        elif key in SINGLE or key in schemes:
            return False
        else:
            environ[key] = f"{environ[key]},{text}"
    return "HTTP_HOST" in environ and _has_plain_values(environ) and _add_scheme(environ, schemes)


@lru_cache(maxsize=512)
def _find_key(name: bytes) -> str | None:
    """The name of a field in the environment; None for one that makes a request unusual."""
    upper = name.decode("latin-1").upper()
    if "_" in upper or upper in NOT_PLAIN:
        return None
    key = upper.replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _has_plain_values(environ: Environ) -> bool:
    if environ.get("HTTP_CONNECTION", "").lower() not in CONNECTIONS:
        return False
    return _LENGTH.fullmatch(environ.get("CONTENT_LENGTH", "0")) is not None


def _add_scheme(environ: Environ, schemes: Mapping[str, str]) -> bool:
    """Whether all fields about it say the same."""
    said = {environ[key] == secure for key, secure in schemes.items() if key in environ}
    if said:
        environ["wsgi.url_scheme"] = "https" if True in said else "http"
    return len(said) < 2
