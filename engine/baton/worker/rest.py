"""HTTP to a Baton: one session per thread, errors as exceptions, an unknown outcome retried only where that is safe."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, cast
from urllib.parse import urlsplit

import requests

from baton.worker.errors import EngineRefused, EngineUnreachable
from baton.worker.tls import make_session
from baton.worker.tracing import HEADER, get_traceparent

DEFAULT_URL = "http://127.0.0.1:8080/engine-rest"
BUSY = frozenset({429, 502, 503, 504})
"""Answers after which the same request may be sent again."""
CONTINUE = "Baton-Continue"
"""The header of an answer that is about the newest instances only: where the next one goes on."""
_CONFLICT = 409
_LONGEST_REQUEST = 180.0
_chance = Random()
"""Its own: a program that seeds Python's, as tests do, is left alone."""


class Rest:
    """``url`` ends in ``/engine-rest``; ``make_session`` is called once per thread. Safe to share between threads.

    ``api_key``: signs in, where Baton requires it; by default what BATON_API_KEY holds. Sessions have the certificates
    that the environment names (``tls.py``), unless ``make_session`` says otherwise. ``on_part``: called when an answer
    is about the newest instances only, and older ones may match too.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        timeout: float = 30.0,
        headers: Mapping[str, str] | None = None,
        api_key: str | None = None,
        make_session: Callable[[], requests.Session] = make_session,
        on_part: Callable[[], None] | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._make_session, self._on_part = make_session, on_part
        self._timeout = timeout
        self._headers = make_headers(headers, api_key)
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        self._lock = threading.Lock()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return self.request("GET", path, params=params)

    def post(self, path: str, body: Any = None, *, timeout: float | None = None, key: str | None = None) -> Any:
        """``key``: the request's idempotency key; sent again with the same key, it has one effect."""
        return self.request("POST", path, json=body if body is not None else {}, timeout=timeout, key=key)

    def post_surely(self, path: str, body: Any, *, give_up: Callable[[], bool], pause: float = 0.1) -> Any:
        """Repeat until the engine answers or ``give_up`` says so; the idempotency key makes the repetition safe."""
        return self.request_surely("POST", path, give_up=give_up, json=body, pause=pause)

    def request_surely(
        self,
        method: str,
        path: str,
        *,
        give_up: Callable[[], bool],
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        files: Any = None,
        pause: float = 0.1,
        on_part: Callable[[str], None] | None = None,
    ) -> Any:
        """As ``post_surely``, for any method. Raises EngineRefused, and EngineUnreachable once ``give_up`` says so."""
        key = None if method == "GET" else str(uuid.uuid4())
        unknown_since: float | None = None
        while True:
            try:
                return self.request(method, path, params=params, json=json, files=files, key=key, on_part=on_part)
            except EngineUnreachable:
                unknown_since = unknown_since or time.monotonic()
                if give_up():
                    raise
            except EngineRefused as error:
                if not _is_still_being_done(error, unknown_since):
                    raise
            time.sleep(_chance.uniform(pause / 2, pause))
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
        on_part: Callable[[str], None] | None = None,
    ) -> Any:
        """Raises EngineRefused for an answer that is an error, EngineUnreachable when there is none (or 502 to 504).

        ``on_part``: called in place of that of all requests, with where the search goes on (``continueFrom``).

        Raises ValueError for a body that JSON cannot hold: repeating it would never help.
        """
        trace = get_traceparent()
        headers = {
            **({HEADER: trace} if trace else {}),
            **self._headers,
            **({"Idempotency-Key": key} if key else {}),
        }
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
        if CONTINUE in response.headers:
            if on_part is not None:
                on_part(response.headers[CONTINUE])
            elif self._on_part is not None:
                self._on_part()
        return _answer(response)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()

    def _session(self) -> requests.Session:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self._make_session()
            with self._lock:
                self._sessions.append(session)
        return cast("requests.Session", session)


def find_url() -> str:
    """Where Baton is: as BATON_URL says, else on this machine."""
    return os.environ.get("BATON_URL") or DEFAULT_URL


def make_headers(headers: Mapping[str, str] | None, api_key: str | None) -> dict[str, str]:
    """Those of every request: the key, unless ``headers`` have an Authorization of their own."""
    key = (api_key or os.environ.get("BATON_API_KEY") or "").strip()
    return {**({"Authorization": f"Bearer {key}"} if key else {}), **(headers or {})}


def normalize_url(url: str) -> str:
    """``http://host:port`` is enough: the path of the API is added. Raises ValueError for what is not a URL."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"Expected a URL such as {DEFAULT_URL}, but found '{url}'")
    return url.rstrip("/") if parts.path.strip("/") else f"{parts.scheme}://{parts.netloc}/engine-rest"


def _answer(response: requests.Response) -> Any:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
    is_json = media_type.endswith(("/json", "+json"))
    body = response.json() if is_json and response.content else response.text
    if response.ok:
        return body
    raise read_refusal(response.status_code, body, response.text or response.reason)


def read_refusal(status: int, body: Any, text: str) -> EngineRefused | EngineUnreachable:
    """The exception for an answer that is an error; ``text`` stands for a message that ``body`` does not have."""
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    message = str(fields.get("message") or text)
    if status in BUSY:
        return EngineUnreachable(f"The engine takes no requests now ({status}): {message}")
    return EngineRefused(status, str(fields.get("type", "")), message, fields)


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
