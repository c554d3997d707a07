"""What surrounds every request: who may send it, its correlation id in the log, and the security headers."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, request

from baton.web.errors import error_response
from baton.web.settings import WebSettings

log = structlog.get_logger("baton.web")

CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # bpmn-js and its properties panel set style attributes
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
_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Content-Security-Policy", CSP),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_ID = re.compile(r"[\w.:\-]{1,128}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def install(app: Flask, settings: WebSettings) -> None:
    """Check Host and Origin before a request, add headers and a log line after it."""

    def before() -> Response | None:
        g.started = time.perf_counter()
        correlation = correlation_id()
        if correlation is not None:
            g.correlation_id = correlation
            structlog.contextvars.bind_contextvars(correlation_id=correlation)
        return _foreign(settings)

    def after(response: Response) -> Response:
        for name, value in _HEADERS:
            response.headers.setdefault(name, value)
        correlation = g.get("correlation_id")
        if correlation is not None:
            response.headers["X-Correlation-Id"] = correlation
        if request.path.startswith("/engine-rest"):
            response.headers.setdefault("Cache-Control", "no-store")
        _log(response)
        return response

    def done(_error: BaseException | None) -> None:
        if g.get("correlation_id") is not None:
            structlog.contextvars.unbind_contextvars("correlation_id")

    app.before_request(before)
    app.after_request(after)
    app.teardown_request(done)


def correlation_id() -> str | None:
    """The request's ``X-Correlation-Id``, else the trace id of its ``traceparent``, else None."""
    given = request.headers.get("X-Correlation-Id")
    if given is not None and _ID.fullmatch(given):
        return given
    match = _TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    return match.group(1) if match else None


def _foreign(settings: WebSettings) -> Response | None:
    host = request.host
    if settings.hosts is not None and _name(host) not in settings.hosts:
        return error_response(
            403,
            "AuthorizationException",
            f"Expected a Host header among {', '.join(settings.hosts)}, but found '{host}' (setting BATON_HOSTS)",
        )
    origin = request.headers.get("Origin")
    if request.method in ("GET", "HEAD", "OPTIONS") or origin is None:
        return None
    if urlsplit(origin).netloc == host or origin in settings.origins:
        return None
    return error_response(
        403,
        "AuthorizationException",
        f"Expected a request from this site, but it came from '{origin}' (setting BATON_ORIGINS)",
    )


def _name(host: str) -> str:
    return host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host


def _log(response: Response) -> None:
    log.debug(
        "request",
        action="request.done",
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=round((time.perf_counter() - g.started) * 1000, 1),
    )
