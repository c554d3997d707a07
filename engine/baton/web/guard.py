"""What surrounds every request: who may send it, its correlation id in the log, and the security headers.

Plain WSGI around the application: it is on the way of every request, and this costs a few microseconds only.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from flask import Response

from baton.model.traces import parse_traceparent
from baton.web.errors import make_error_response
from baton.web.settings import WebSettings

log = structlog.get_logger("baton.web")
_levels = logging.getLogger("baton.web")

ALIAS = "/engine-rest/engine/default/"
CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        # diagram-js sets style attributes; CodeMirror, in which the properties panel edits expressions, style elements
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Content-Security-Policy", CSP),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
HSTS = ("Strict-Transport-Security", "max-age=31536000")
"""Where the web has TLS itself; a proxy that has it says so itself."""
DESKTOP = "file://"
"""The origin of a modeler on the desktop. A browser says ``null`` for a file that it shows."""
_LOOPBACK = re.compile(r"127(\.\d+){3}|::1|::ffff:127(\.\d+){3}")
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")
"""What a proxy on this machine adds to the requests of others."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ID = re.compile(r"[\w.:\-]{1,128}")


class Guard:
    """Refuses foreign hosts and origins, adds headers, and knows the alias of the default engine's address."""

    def __init__(self, app: Callable[..., Iterable[bytes]], settings: WebSettings) -> None:
        self.app = app
        self.settings = settings
        self._hosts = settings.accepted_hosts

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(ALIAS):
            path = environ["PATH_INFO"] = "/engine-rest/" + path[len(ALIAS) :]
        began = time.perf_counter()
        correlation = find_correlation_id(environ)

        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            headers.extend(HEADERS)
            if environ["wsgi.url_scheme"] == "https":
                headers.append(HSTS)
            if path.startswith("/engine-rest") and not any(name == "Cache-Control" for name, _ in headers):
                headers.append(("Cache-Control", "no-store"))
            if correlation is not None:
                headers.append(("X-Correlation-Id", correlation))
            if status.startswith("401"):
                headers.extend(_challenge(environ))
            if _levels.isEnabledFor(logging.DEBUG):
                _log(environ, status, began)
            return start_response(status, headers, *more)

        refused = _refuse_path(path) or self._foreign(environ)
        if refused is not None:
            return refused(environ, begin)
        if correlation is None:
            return self.app(environ, begin)
        with structlog.contextvars.bound_contextvars(correlation_id=correlation):
            return self.app(environ, begin)

    def _foreign(self, environ: dict[str, Any]) -> Response | None:
        host: str = environ.get("HTTP_HOST", "")
        hosts = self.settings.hosts
        if self._hosts is not None and hosts is not None and _name(host) not in self._hosts:
            return make_error_response(
                403,
                "AuthorizationException",
                f"Expected a Host header among {', '.join(hosts)}, but found '{host}' (setting BATON_HOSTS)",
            )
        origin: str | None = environ.get("HTTP_ORIGIN")
        if origin is None or environ["REQUEST_METHOD"] in _SAFE:
            return None
        if origin.partition("://")[2] == host or origin in self.settings.origins:
            return None
        if origin == DESKTOP and _is_from_this_machine(environ):
            return None
        return make_error_response(
            403,
            "AuthorizationException",
            f"Expected a request from this site, but it came from '{origin}' (setting BATON_ORIGINS)",
        )


def _challenge(environ: dict[str, Any]) -> list[tuple[str, str]]:
    """The ways to authenticate. A browser that reads ``Basic`` opens its own window in front of the page."""
    schemes = ["Bearer"] if "HTTP_SEC_FETCH_MODE" in environ else ["Bearer", 'Basic realm="Baton", charset="UTF-8"']
    return [("WWW-Authenticate", scheme) for scheme in schemes]


def _refuse_path(path: str) -> Response | None:
    if _CONTROL.search(path) is None:
        return None
    return make_error_response(
        400, "InvalidRequestException", "Expected an address without control characters, but found some in the path"
    )


def _is_from_this_machine(environ: dict[str, Any]) -> bool:
    peer: str = environ.get("REMOTE_ADDR", "")
    return _LOOPBACK.fullmatch(peer) is not None and not any(name in environ for name in _FORWARDED)


def find_correlation_id(environ: dict[str, Any]) -> str | None:
    """The request's ``X-Correlation-Id``, else the trace id of its ``traceparent``, else None."""
    given: str | None = environ.get("HTTP_X_CORRELATION_ID")
    if given is not None and _ID.fullmatch(given):
        return given
    trace: str | None = environ.get("HTTP_TRACEPARENT")
    found = parse_traceparent(trace) if trace else None
    return found.trace_id if found else None


def _name(host: str) -> str:
    return host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host


def _log(environ: dict[str, Any], status: str, began: float) -> None:
    log.debug(
        "request",
        action="request.done",
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        status=int(status[:3]),
        ms=round((time.perf_counter() - began) * 1000, 1),
    )
