"""What becomes of an answer: variables, a BPMN error, a further try, or an incident."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from baton.connect.http.exchange import HttpAnswer
from baton.connect.http.request import HttpRequest
from baton.model.http_statuses import find_error_code
from baton.worker import BpmnError, Failure

_LONGEST_PAUSE_S = 3_600
_EXCERPT = 300


def read_outcome(request: HttpRequest, answer: HttpAnswer, hide: Callable[[str], str] = str) -> dict[str, Any]:
    """The variables of an answer that is accepted. Raises BpmnError, Failure. ``hide``: takes secrets out of texts."""
    status = answer.status
    code = find_error_code(dict(request.errors), status)
    if code is not None:
        raise BpmnError(code, hide(_describe(request, answer)))
    if status in request.accept:
        return _make_variables(answer, hide)
    if status in request.retry:
        raise Failure(hide(_describe(request, answer)), retry_in=_read_pause(answer))
    raise Failure(hide(_describe(request, answer)), retries=0)


def _make_variables(answer: HttpAnswer, hide: Callable[[str], str]) -> dict[str, Any]:
    """As Camunda's connector names them; ``json`` is the answer as a value, if it is JSON."""
    media_type = (answer.get_header("Content-Type") or "").lower()
    text = hide(_decode(answer.body, media_type))
    headers = {name: hide(value) for name, value in answer.headers.items()}
    found: dict[str, Any] = {"statusCode": answer.status, "response": text, "headers": headers}
    if "json" in media_type.partition(";")[0] and text.strip():
        try:
            found["json"] = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Failure(f"Expected JSON, as the answer says, but: {error}", details=text[:_EXCERPT]) from None
    return found


def _decode(body: bytes, media_type: str) -> str:
    charset = media_type.partition("charset=")[2].partition(";")[0].strip(" \"'") or "utf-8"
    try:
        return body.decode(charset, errors="replace")
    except LookupError:
        return body.decode(errors="replace")


def _describe(request: HttpRequest, answer: HttpAnswer) -> str:
    said = _decode(answer.body[: 4 * _EXCERPT], "")[:_EXCERPT].strip()
    place = request.url.partition("?")[0]
    return f"{request.method} {place} was answered with {answer.status}" + (f": {said}" if said else "")


def _read_pause(answer: HttpAnswer) -> float | None:
    """``Retry-After`` in seconds, if the host says it so."""
    text = (answer.get_header("Retry-After") or "").strip()
    return min(float(text), _LONGEST_PAUSE_S) if text.isascii() and text.isdigit() else None
