"""One request on its way through a handler, and answers that are not plain JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Request, Response
from werkzeug.sansio.utils import get_current_url, get_host

from baton.service import ANYBODY, Caller, Search, read_place

if TYPE_CHECKING:
    from baton.service import Engine
    from baton.web.open_requests import Open
    from baton.web.openid.provider import OpenIdProvider
    from baton.web.settings import WebSettings

CALLER = "baton.caller"
"""In the environment of a request: the caller, if sign-in is required."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not JSON, or has another status or more headers than the usual."""

    data: bytes
    mimetype: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def to_response(self) -> Response:
        return Response(self.data, self.status, headers=self.headers, mimetype=self.mimetype)


@dataclass(slots=True)
class RequestContext:
    """What a handler gets beside what its route declares: the engine, the settings, what is open, and the request."""

    engine: Engine
    settings: WebSettings
    open_requests: Open
    request: Request
    command_id: str | None = None
    """The same for a repeated request with an Idempotency-Key; None without one."""
    openid: OpenIdProvider | None = None
    """The provider that people can sign in by, if there is one."""
    search: Search | None = None
    """How far the answer may look where no index serves, and how far it has looked; None: not a list that searches."""

    def begin_search(self, continue_from: str | None) -> Search:
        """Raises BadRequest for a place that no answer has named."""
        begin = None if continue_from is None else read_place(continue_from)
        self.search = Search(self.settings.most_searched, begin)
        return self.search

    @property
    def root(self) -> str:
        """The address of the API as the client sees it, for links."""
        current = self.request
        return _make_root(current.scheme, current.headers.get("Host"), current.server)

    @property
    def caller(self) -> Caller:
        """The caller, and what they may do."""
        return self.request.environ.get(CALLER, ANYBODY)

    @property
    def by(self) -> str | None:
        """The name of the caller, for history; None if sign-in is not required."""
        found = self.request.environ.get(CALLER)
        return None if found is None else found.name


@lru_cache(maxsize=64)
def _make_root(scheme: str, host: str | None, server: tuple[str, int | None] | None) -> str:
    """Remembered, since each start asks for it and clients name few hosts."""
    return f"{get_current_url(scheme, get_host(scheme, host, server))}engine-rest"
