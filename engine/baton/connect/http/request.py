"""A call as the variables of the task ask for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from baton.connect.http.encoding import (
    Encode,
    choose_for_body,
    encode_in_header,
    encode_in_query,
    encode_in_url,
    join,
    to_json,
    to_text,
)
from baton.connect.http.errors import CallRefused
from baton.expression import ExpressionError
from baton.expression.timing import parse_duration
from baton.model.http_statuses import HttpStatuses, parse_error_codes, parse_statuses
from baton.worker import Task

TEMPLATES = "baton:templates"
"""Header of the task: a JSON list of the inputs that are lists of constants and values, such as ``headers.X-Order``."""
INPUTS = ("url", "method", "headers", "query", "payload", "accept", "errors", "retry", "timeout", "configOptions")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_OWN = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect"})
"""Headers that say how the message is sent, which is the connector's business."""
_OPTIONS = frozenset({"throw-http-error", "connection-timeout", "socket-timeout", "connection-request-timeout"})
"""Of Camunda's ``configOptions``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """``accept``, ``retry``, ``errors``: what becomes of which status. ``timeout``: seconds, if the model says so."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    accept: HttpStatuses
    retry: HttpStatuses
    errors: Mapping[str, str]
    timeout: float | None


def read_request(task: Task, get_secret: Callable[[str], str]) -> HttpRequest:
    """Raises CallRefused for what cannot be sent, and what ``get_secret`` raises."""
    return _Reader(task, get_secret).read()


class _Reader:
    def __init__(self, task: Task, get_secret: Callable[[str], str]) -> None:
        self._task, self._get_secret = task, get_secret
        self._templates = frozenset(cast("list[str]", json.loads(task.headers.get(TEMPLATES, "[]"))))

    def read(self) -> HttpRequest:
        method = self._get_text("method", "GET").upper()
        if method not in METHODS:
            raise CallRefused(f"Expected a method such as GET or POST, but found '{method[:40]}'")
        headers = self._read_headers()
        payload = self._task.variables.get("payload")
        body = None if payload in (None, "") else self._read_body(payload, headers)
        if method not in SAFE and not _has(headers, "Idempotency-Key"):
            headers["Idempotency-Key"] = self._task.idempotency_key
        if self._task.traceparent is not None and not _has(headers, "traceparent"):
            headers["traceparent"] = self._task.traceparent
        try:
            return HttpRequest(
                method=method,
                url=self._read_url(),
                headers=headers,
                body=body,
                accept=self._read_accepted(),
                retry=parse_statuses(self._get_text("retry", "408, 425, 429, 5xx")),
                errors=parse_error_codes(self._get_text("errors", "")),
                timeout=self._read_timeout(),
            )
        except ValueError as error:
            raise CallRefused(str(error)) from None

    def _join(self, parts: Any, encode: Encode) -> str:
        return join(_take_list(parts), encode, self._get_secret)

    def _get_text(self, name: str, default: str) -> str:
        return to_text(self._task.variables.get(name)).strip() or default

    def _read_url(self) -> str:
        value = self._task.variables.get("url")
        text = self._join(value, encode_in_url) if "url" in self._templates else to_text(value).strip()
        if not text:
            raise CallRefused("Expected an address in the input 'url', but found none")
        query = "&".join(f"{encode_in_query(name, '')}={value}" for name, value in self._read_query().items())
        return text + (("&" if "?" in text else "?") + query if query else "")

    def _read_query(self) -> dict[str, str]:
        """Names and encoded values."""
        value = self._task.variables.get("query")
        if "query" in self._templates:
            return _read_lines(self._join(value, encode_in_query), "=", "query")
        if isinstance(value, str):
            found = _read_lines(value, "=", "query")
            return {name: encode_in_query(text, "") for name, text in found.items()}
        return {
            name: self._join(item, encode_in_query) if f"query.{name}" in self._templates else encode_in_query(item, "")
            for name, item in _take_map(value, "query").items()
        }

    def _read_headers(self) -> dict[str, str]:
        value = self._task.variables.get("headers")
        if "headers" in self._templates:
            found = _read_lines(self._join(value, encode_in_header), ":", "headers")
        elif isinstance(value, str):
            found = _read_lines(value, ":", "headers")
        else:
            found = {
                name: self._join(item, encode_in_header)
                if f"headers.{name}" in self._templates
                else encode_in_header(item, "")
                for name, item in _take_map(value, "headers").items()
            }
        return {name: _check_header(name, text) for name, text in found.items()}

    def _read_body(self, payload: Any, headers: dict[str, str]) -> bytes:
        is_template = "payload" in self._templates
        media_type = _get(headers, "Content-Type")
        if media_type is None:
            first = str(_take_list(payload)[0]).lstrip()[:1] if is_template else ""
            structured = not isinstance(payload, str) and (not is_template or first in ("{", "["))
            media_type = headers["Content-Type"] = "application/json" if structured else "text/plain; charset=utf-8"
        if is_template:
            return self._join(payload, choose_for_body(media_type)).encode()
        return (payload if isinstance(payload, str) else to_json(payload)).encode()

    def _read_accepted(self) -> HttpStatuses:
        options = _take_map(self._task.variables.get("configOptions"), "configOptions")
        unknown = sorted(options.keys() - _OPTIONS)
        if unknown:
            raise CallRefused(f"Expected configOptions among {', '.join(sorted(_OPTIONS))}, but found '{unknown[0]}'")
        throws = to_text(options.get("throw-http-error")).lower() == "true"
        return parse_statuses("1xx, 2xx, 3xx" if throws else self._get_text("accept", "2xx"))

    def _read_timeout(self) -> float | None:
        text = self._get_text("timeout", "")
        if text:
            return _read_duration(text)
        options = _take_map(self._task.variables.get("configOptions"), "configOptions")
        limits = [to_text(value) for name, value in options.items() if name.endswith("-timeout")]
        return sum(float(value) for value in limits) / 1000 or None


def _read_duration(text: str) -> float:
    """Seconds, or a duration of ISO 8601. Raises CallRefused."""
    try:
        seconds = float(text) if not text.startswith("P") else parse_duration(text).add_to(0) / 1000
    except (ValueError, ExpressionError):
        raise CallRefused(f"Expected a timeout such as PT10S, but found '{text[:40]}'") from None
    if not 0 < seconds < 1e6:
        raise CallRefused(f"Expected a timeout above zero, but found '{text[:40]}'")
    return seconds


def _take_list(value: Any) -> list[Any]:
    """A template's constants and values."""
    return cast("list[Any]", value) if isinstance(value, list) and value else [""]


def _take_map(value: Any, name: str) -> dict[str, Any]:
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise CallRefused(f"Expected a map or lines of text in the input '{name}', but found {type(value).__name__}")
    return cast("dict[str, Any]", value)


def _read_lines(text: str, sign: str, name: str) -> dict[str, str]:
    """``Accept: text/csv`` or ``page=2``, one a line."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, found_sign, value = line.partition(sign)
        if line.strip() and not found_sign:
            raise CallRefused(
                f"Expected lines such as 'name{sign}value' in the input '{name}', but found {line[:80]!r}"
            )
        if line.strip():
            found[key.strip()] = value.strip()
    return found


def _check_header(name: str, text: str) -> str:
    if not _TOKEN.fullmatch(name) or name.lower() in _OWN:
        raise CallRefused(f"Expected a header that a model can set, but found {name[:80]!r}")
    try:
        encode_in_header(text, "").encode("latin-1")
    except UnicodeEncodeError:
        raise CallRefused(f"Expected characters of Latin-1 in the header '{name}', but found {text[:80]!r}") from None
    return text


def _has(headers: Mapping[str, str], name: str) -> bool:
    return _get(headers, name) is not None


def _get(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)
