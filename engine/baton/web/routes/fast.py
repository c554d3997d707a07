"""The few requests that workers send all day, answered without Flask in between.

What is declared, read, checked and counted is the route's, which is the same object as Flask's view calls. Left out is
only what these requests do not use: Flask's contexts, hooks and session, and the search through all rules. Any request
that is not of the plainest kind goes to Flask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from flask import Request, Response
from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import ClientDisconnected

from baton.web.routes.declaration import Declaration

Environ: TypeAlias = dict[str, Any]
Answer: TypeAlias = Callable[[Request, dict[str, Any]], Response]
"""A bound route: from a request and the variable parts of its path to a response; it never raises."""
JSON_TYPES = frozenset(
    {"application/json", "application/json; charset=utf-8", "application/json; charset=UTF-8"}
    | {"application/json;charset=utf-8", "application/json;charset=UTF-8"}
)
_PART = r"([\w.:\-]+)"
_UNUSUAL = ("HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "QUERY_STRING", "SCRIPT_NAME")
_REWRITTEN = frozenset({"location", "content-location"})
"""Headers that the library completes when it sends them."""
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


class FastRequest(Request):
    """A POST with a short JSON body and without a query.

    It sets what the library's own constructor sets, as far as a route of JSON looks at it; the body is read from the
    server's stream at once, since its length is known and small enough.
    """

    def __init__(self, environ: Environ, parts: dict[str, Any], length: int) -> None:
        # Not the constructor above: it decodes and splits what is known here, in a fifth of the time of a request.
        self.environ = environ
        self.method, self.path, self.root_path, self.query_string = "POST", environ["PATH_INFO"], "", b""
        self.scheme, self.remote_addr = environ["wsgi.url_scheme"], environ.get("REMOTE_ADDR")
        self.server = environ.get("SERVER_NAME", ""), int(environ.get("SERVER_PORT") or 0)
        self.headers = EnvironHeaders(environ)
        self.shallow = False
        self.view_args = parts
        self._length, self._data = length, None

    def get_data(self, cache: bool = True, as_text: bool = False, parse_form_data: bool = False) -> Any:
        """The body. Raises ClientDisconnected when it does not arrive."""
        del cache, parse_form_data
        if self._data is None:
            self._data = self._read()
        return self._data.decode() if as_text else self._data

    def _read(self) -> bytes:
        try:
            data: bytes = self.environ["wsgi.input"].read(self._length)
        except (OSError, ValueError) as error:  # the server's errors about a body are of these kinds
            raise ClientDisconnected from error
        if len(data) < self._length:
            raise ClientDisconnected
        return data


class FastRoutes:
    """Finds the route of a request among the declared ones that are ``fast``; it is filled as they are bound."""

    def __init__(self) -> None:
        self._fixed: dict[str, Answer] = {}
        self._variable: list[tuple[re.Pattern[str], list[str], Answer]] = []

    def add(self, declared: Declaration, answer: Answer) -> None:
        names = [name for _, name in declared.parts]
        if not names:
            self._fixed[declared.full_rule] = answer
            return
        pattern = re.sub(r"<\w+>", lambda _: _PART, re.escape(declared.full_rule))
        self._variable.append((re.compile(pattern, re.ASCII), names, answer))

    def find(self, path: str) -> tuple[Answer, dict[str, Any]] | None:
        """The route, and the parts of the path by name; None for any other path."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed, {}
        for pattern, names, answer in self._variable:
            match = pattern.fullmatch(path)
            if match is not None:
                return answer, dict(zip(names, match.groups(), strict=True))
        return None


class Shortcut:
    """WSGI in front of the application: plain requests of fast routes are answered here, all others there."""

    def __init__(self, app: Callable[..., Iterable[bytes]], routes: FastRoutes, max_body_bytes: int) -> None:
        self._app, self._routes, self._max_body_bytes = app, routes, max_body_bytes

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = self._find_length(environ)
        found = None if length is None else self._routes.find(environ["PATH_INFO"])
        if found is None or length is None:
            return self._app(environ, start_response)
        answer, parts = found
        return send(answer(FastRequest(environ, parts, length), parts), environ, start_response)

    def _find_length(self, environ: Environ) -> int | None:
        """Of the body of a plain request; None for a request of another kind, which is Flask's."""
        if environ["REQUEST_METHOD"] != "POST" or environ.get("CONTENT_TYPE") not in JSON_TYPES:
            return None
        for name in _UNUSUAL:
            if environ.get(name):
                return None
        given = environ.get("CONTENT_LENGTH", "")
        if _NUMBER.fullmatch(given) is None:
            return None
        length = int(given)
        return length if length <= self._max_body_bytes else None


def send(response: Response, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The response as the library sends it; a whole body with a usual status needs none of what it looks for."""
    status = response.status_code
    headers = response.headers.to_wsgi_list()
    names = {name.lower() for name, _ in headers}
    if status not in (200, 204) or not response.is_sequence or not names.isdisjoint(_REWRITTEN):
        return response(environ, start_response)
    if status == 204:
        start_response(response.status, headers)
        return ()
    body = response.get_data()
    if "content-length" not in names:
        headers.append(("Content-Length", str(len(body))))
    start_response(response.status, headers)
    return (body,)
