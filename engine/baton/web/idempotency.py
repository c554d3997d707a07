"""``Idempotency-Key``: a repeated request has one effect and gets the first answer again.

The command id is derived from the key, so that even a request whose answer was never kept (the process died in
between) has no second effect when it is repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Request, Response

from baton.model.errors import BadRequest, RequestFailed
from baton.web.context import CALLER
from baton.web.errors import answer_failed_request

if TYPE_CHECKING:
    from baton.service import Caller, Engine
    from baton.web.settings import WebSettings

MAX_KEY = 255


def do_once(engine: Engine, settings: WebSettings, request: Request, act: Callable[[str], Response]) -> Response:
    """Do ``act`` unless the key was seen.

    Raises IdempotencyMismatch for another body, Conflict while the first request is being done.
    """
    header = request.headers["Idempotency-Key"]
    if not 0 < len(header) <= MAX_KEY:
        raise BadRequest(f"Expected an Idempotency-Key of 1 to {MAX_KEY} characters, but found {len(header)}")
    caller: Caller | None = request.environ.get(CALLER)
    whose = "" if caller is None else f" {caller.kind} {caller.name}"
    key = hashlib.sha256(f"{request.method} {request.path} {header}{whose}".encode()).hexdigest()
    fingerprint = hashlib.sha256(request.query_string + b"\n" + request.get_data(cache=True)).hexdigest()
    claim = engine.idempotency.claim(key, fingerprint, int(settings.idempotency_hours * 3_600_000))
    if claim.stored is not None:
        response = Response(claim.stored.body, claim.stored.status, mimetype=claim.stored.content_type)
        response.headers["Idempotent-Replayed"] = "true"
        return response
    return _keep(engine, key, act)


def _keep(engine: Engine, key: str, act: Callable[[str], Response]) -> Response:
    try:
        response = act(key)
    except RequestFailed as error:
        response = answer_failed_request(error)
    except BaseException:
        engine.idempotency.release(key)
        raise
    if response.status_code >= 500 or response.status_code == 429:  # as if it had never been asked
        engine.idempotency.release(key)
    else:
        engine.idempotency.finish(key, response.status_code, response.mimetype or "", response.get_data())
    return response
