"""Errors as JSON: ``{"type", "message", "code"}``, with the status that the API promises.

A ``RequestFailed`` says its own status. Anything else is a bug of ours: 500 with an id that is in the log too.
"""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from flask import Flask, Response
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge, RequestTimeout

from baton.model.errors import DeploymentRefused, Overloaded, RequestFailed
from baton.model.problems import Problem
from baton.web.jsons import dump

log = structlog.get_logger("baton.web")

_HTTP_TYPES = {
    404: "NotFoundException",
    405: "NotAllowedException",
    408: "RequestTimeoutException",
    413: "RequestEntityTooLargeException",
    415: "NotSupportedException",
}


def install(app: Flask) -> None:
    """Register the handlers that turn exceptions into answers."""
    app.register_error_handler(RequestFailed, answer_failed_request)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(Exception, answer_bug)


def make_error_response(status: int, kind: str, message: str, code: int = 0, **more: Any) -> Response:
    body = {"type": kind, "message": message, "code": code, **more}
    return Response(dump(body), status, mimetype="application/json")


def make_response(error: Exception) -> Response:
    """The answer for anything that a handler may raise."""
    if isinstance(error, RequestFailed):
        return answer_failed_request(error)
    return answer_http_error(error) if isinstance(error, HTTPException) else answer_bug(error)


def answer_failed_request(error: RequestFailed) -> Response:
    more = show_deployment_details(error) if isinstance(error, DeploymentRefused) else {}
    response = make_error_response(error.status, error.kind, error.message, error.code, **more)
    if isinstance(error, Overloaded):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def answer_http_error(error: HTTPException) -> Response:
    if isinstance(error, ClientDisconnected) and isinstance(error.__context__, TimeoutError):
        error = RequestTimeout(
            "Expected the whole request in time, but its body has not arrived: send it faster "
            "(setting BATON_REQUEST_SECONDS)"
        )
    status = error.code or 500
    message = error.description or error.name
    if isinstance(error, RequestEntityTooLarge):
        message = (
            "Expected a smaller request body: it is larger than this server accepts (setting BATON_MAX_BODY_BYTES)"
        )
    response = make_error_response(status, _HTTP_TYPES.get(status, "RestException"), message)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def answer_bug(error: Exception) -> Response:
    number = secrets.token_hex(8)
    log.error("a request failed", action="request.failed", error_id=number, exc_info=error)
    return make_error_response(
        500, "ProcessEngineException", f"Something went wrong inside Baton; the log has it under error id {number}",
        errorId=number,
    )  # fmt: skip


def show_problem(problem: Problem) -> dict[str, Any]:
    return {
        "rule": problem.rule,
        "severity": problem.severity.value,
        "message": problem.message,
        "element": problem.element,
        "line": problem.line,
        "resource": problem.resource,
        "steps": list(problem.steps),
    }


def show_deployment_details(error: DeploymentRefused) -> dict[str, Any]:
    """``details`` by resource in the shape of Camunda 7's ParseException, and our full list as ``problems``."""
    details: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for problem in error.problems:
        report = details.setdefault(problem.resource or "", {"errors": [], "warnings": []})
        report["errors" if problem.is_error else "warnings"].append(
            {
                "message": problem.message,
                "line": problem.line or 0,
                "column": 0,
                "mainElementId": problem.element,
                "elementIds": [problem.element] if problem.element else [],
            }
        )
    return {"details": details, "problems": [show_problem(problem) for problem in error.problems]}
