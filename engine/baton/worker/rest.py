"""HTTP to a Baton: one session per thread, errors as exceptions, an unknown outcome retried only where that is safe."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, cast

import requests

from baton.worker.errors import EngineRefused, EngineUnreachable

DEFAULT_URL = "http://127.0.0.1:8080/engine-rest"
BUSY = frozenset({429, 502, 503, 504})
"""Answers after which the same request may be sent again."""
_CONFLICT = 409
_LONGEST_REQUEST = 180.0


class Rest:
    """``url`` ends in ``/engine-rest``. Safe to share between threads."""

    def __init__(
        self, url: str = DEFAULT_URL, *, timeout: float = 30.0, headers: Mapping[str, str] | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._headers = dict(headers or {})
        self._local = threading.local()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return self.request("GET", path, params=params)

    def post(self, path: str, body: Any = None, *, timeout: float | None = None, key: str | None = None) -> Any:
        """``key``: the request's idempotency key; sent again with the same key, it has one effect."""
        return self.request("POST", path, json=body if body is not None else {}, timeout=timeout, key=key)

    def post_surely(self, path: str, body: Any, *, give_up: Callable[[], bool], pause: float = 0.1) -> Any:
        """Repeat until the engine answers or ``give_up`` says so; the idempotency key makes the repetition safe."""
        key = str(uuid.uuid4())
        unknown_since: float | None = None
        while True:
            try:
                return self.post(path, body, key=key)
            except EngineUnreachable:
                unknown_since = unknown_since or time.monotonic()
                if give_up():
                    raise
            except EngineRefused as error:
                if not _is_still_being_done(error, unknown_since):
                    raise
            time.sleep(random.uniform(pause / 2, pause))
            pause = min(pause * 2, 5.0)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        files: Any = None,
        timeout: float | None = None,
        key: str | None = None,
    ) -> Any:
        """Raises EngineRefused for an answer that is an error, EngineUnreachable when there is none (or 502 to 504).

        Raises ValueError for a body that JSON cannot hold: repeating it would never help.
        """
        headers = {**self._headers, **({"Idempotency-Key": key} if key else {})}
        try:
            response = self._session().request(
                method,
                self.url + path,
                params=cast("Any", params),
                json=json,
                files=files,
                headers=headers,
                timeout=timeout or self._timeout,
            )
        except requests.exceptions.InvalidJSONError as error:
            raise ValueError(f"Expected a body that JSON can hold, but: {error}") from error
        except requests.RequestException as error:
            raise EngineUnreachable(f"Expected an answer from {self.url}, but: {_reason(error)}") from error
        return _answer(response)

    def _session(self) -> requests.Session:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
        return cast("requests.Session", session)


def _answer(response: requests.Response) -> Any:
    is_json = "json" in response.headers.get("Content-Type", "")
    body = response.json() if is_json and response.content else response.text
    if response.ok:
        return body
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    message = str(fields.get("message") or response.text or response.reason)
    if response.status_code in BUSY:
        raise EngineUnreachable(f"The engine takes no requests now ({response.status_code}): {message}")
    raise EngineRefused(response.status_code, str(fields.get("type", "")), message, fields)


def _is_still_being_done(error: EngineRefused, unknown_since: float | None) -> bool:
    """The engine is still at the first of our requests, whose answer we lost."""
    repeated = unknown_since is not None and time.monotonic() < unknown_since + _LONGEST_REQUEST
    return repeated and error.status == _CONFLICT


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.ConnectionError):
        return "the connection failed or was lost"
    if isinstance(error, requests.Timeout):
        return "it took too long"
    return str(error)
