"""From a request to an answer: what is declared is read, the handler is called, what it returns is sent."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import structlog
from flask import Request, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from baton.model.commands import OnFailure
from baton.model.errors import BadRequest, Forbidden
from baton.model.traces import read_traceparent
from baton.service import act_as, narrow
from baton.web import errors, idempotency, jsons
from baton.web.context import CALLER, Raw, RequestContext
from baton.web.limits import CallersLimits
from baton.web.models.base import Command, Query
from baton.web.models.names import Reading, make_warning
from baton.web.models.reading import read, read_body, read_query
from baton.web.routes.auditing import Auditor, make_auditor
from baton.web.routes.declaration import ANYBODY, SIGNED_IN
from baton.web.routes.fast import Answer, FastRoutes
from baton.web.routes.masking import Mask, find_mask

if TYPE_CHECKING:
    from baton.model.reach import Access
    from baton.service import Caller, Engine
    from baton.web.callers import Callers
    from baton.web.meters import Meters
    from baton.web.open_requests import Open, OpenRequests
    from baton.web.openid.provider import OpenIdProvider
    from baton.web.routes.declaration import Declaration
    from baton.web.settings import WebSettings

log = structlog.get_logger("baton.web")
_HANDLED = "baton.handled"
"""In the environment of a request whose handler was called: what is wrong from then on is not the request alone."""
MOST_NARROWED = 256
"""Engines of callers with limited rights that are kept, about 50 kB each."""


@dataclass(frozen=True)
class Server:
    """What all routes of one application share."""

    engine: Engine
    settings: WebSettings
    meters: Meters
    open_requests: OpenRequests
    callers: Callers | None = None
    """None: nobody has to sign in."""
    openid: OpenIdProvider | None = None
    fast_routes: FastRoutes = field(default_factory=FastRoutes)
    _narrowed: OrderedDict[Access, Engine] = field(default_factory=OrderedDict["Access", "Engine"], init=False)

    @cached_property
    def limits(self) -> CallersLimits:
        """How much one caller may ask for."""
        return CallersLimits(self.engine.rates, self.settings)

    def find_open_requests(self, environ: dict[str, Any]) -> Open:
        """Those of the caller, if there is one: they end with what the caller may do."""
        callers, caller = self.callers, environ.get(CALLER)
        if callers is None or caller is None:
            return self.open_requests
        return self.limits.make_open_requests(self.open_requests, caller, lambda: callers.allows(environ, caller))

    def narrow(self, caller: Caller, needs: str, whole: bool) -> Engine:
        """The engine as far as a caller may use it for what a route needs. Raises Forbidden."""
        caller.require(needs)
        access = caller.find_access(needs)
        if access is None:
            return self.engine
        if whole:
            caller.require_whole(needs)
            return self.engine
        found = self._narrowed.get(access)
        if found is None:
            found = self._narrowed[access] = narrow(self.engine, access)
            while len(self._narrowed) > MOST_NARROWED:
                self._narrowed.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A declared route with what its handler takes beside the parts of the path."""

    declared: Declaration
    query: type[Query] | None = None
    form: type[Command] | None = None
    body: type[Query | Command] | None = None
    raw: bool = False
    __name__: str = field(default="route", init=False)

    def bind(self, server: Server) -> Answer:
        """The route of one application."""
        meter = server.meters.get_meter(self.declared.method, self.declared.full_rule)
        changes, needs, whole = self.declared.changes, self.declared.needs, self.declared.whole
        callers = None if needs == ANYBODY else server.callers
        checked = needs != SIGNED_IN
        auditor = make_auditor(server.engine, server.settings, self.declared)
        reads_json = self.form is None and not self.raw and self.declared.method != "GET"

        def answer(current: Request, parts: dict[str, Any]) -> Response:
            began = time.perf_counter()
            mask: Mask | None = None
            try:
                engine = server.engine
                if callers is not None:
                    caller = current.environ[CALLER] = callers.find(current.environ)
                    server.limits.count(caller, needs)
                    if checked:
                        try:
                            engine = server.narrow(caller, needs, whole)
                        except Forbidden as error:
                            auditor.record_refusal(current, error)
                            raise
                mask = None if callers is None else find_mask(server.engine, current, needs)
                if mask is not None:
                    mask.check_request(current, reads_json)
                if changes and "HTTP_IDEMPOTENCY_KEY" in current.environ:
                    response = self._once(server, engine, auditor, current, parts)
                else:
                    response = self._answer(server, engine, auditor, current, parts, None)
                if mask is not None:
                    response = mask.hide_response(current, response)
            except Exception as error:
                response = errors.make_response(error)
                if mask is not None and _HANDLED in current.environ:
                    response = mask.hide_error(response)
            return meter.count(response, began)

        return answer

    def _once(
        self, server: Server, engine: Engine, auditor: Auditor, current: Request, parts: dict[str, Any]
    ) -> Response:
        return idempotency.do_once(
            server.engine,
            server.settings,
            current,
            lambda command_id: self._answer(server, engine, auditor, current, parts, command_id),
        )

    def _answer(
        self,
        server: Server,
        engine: Engine,
        auditor: Auditor,
        current: Request,
        parts: dict[str, Any],
        command_id: str | None,
    ) -> Response:
        reading = Reading()
        taken = self._read_query(current, parts, reading)
        if self.form is not None:
            taken["form"] = read(self.form, dict(current.form), reading)
        elif self.raw:
            taken = {**taken, "raw": current}
        elif self.declared.method != "GET":
            refused = _refused_media_type(current)
            if refused is not None:
                return refused
            self._read_body(current, taken, reading)
        opened = server.find_open_requests(current.environ)
        context = RequestContext(engine, server.settings, opened, current, command_id, server.openid)
        current.environ[_HANDLED] = True
        trace = read_traceparent(current.environ.get("HTTP_TRACEPARENT"))
        with act_as(context.by, _read_on_failure(current), trace):
            if auditor.counts(current):
                response = auditor.watch(current, lambda: to_response(self.declared.handler(context, **taken)))
            else:
                response = to_response(self.declared.handler(context, **taken))
        if reading.ignored:
            self._warn(response, reading)
        if context.search is not None and context.search.stopped is not None:
            response.headers["Baton-Continue"] = str(context.search.stopped)
        return response

    def _read_query(self, current: Request, parts: dict[str, Any], reading: Reading) -> dict[str, Any]:
        text: str = current.environ.get("QUERY_STRING", "")
        if self.query is None:
            if text:
                read_query(Query, text, reading.ignored)
            return parts
        return {**parts, "query": read_query(self.query, text, reading.ignored)}

    def _read_body(self, current: Request, taken: dict[str, Any], reading: Reading) -> None:
        data = current.get_data(cache=self.declared.audited)
        if current.content_length is None and len(data) == current.max_content_length:
            raise RequestEntityTooLarge  # a body without a length is read up to the limit, and cut off there
        if self.body is not None:
            taken["body"] = read_body(self.body, data, reading)
        elif data:
            read_body(Command, data, reading)

    def _warn(self, response: Response, reading: Reading) -> None:
        response.headers["Warning"] = make_warning(reading.ignored)
        log.warning(
            "fields of a request were ignored",
            action="request.fields_ignored",
            method=self.declared.method,
            route=self.declared.full_rule,
            names=sorted(set(reading.ignored)),
        )


def make_view(answer: Answer) -> Callable[..., Response]:
    """A bound route as a view of Flask."""

    def answer_current(**parts: Any) -> Response:
        # The current request once: each look through Flask's proxy costs a microsecond.
        return answer(cast("Request", request._get_current_object()), parts)  # pyright: ignore

    return answer_current


def _read_on_failure(current: Request) -> OnFailure | None:
    """What becomes of commands that fail, if the request says. Raises BadRequest."""
    given = current.environ.get("HTTP_X_BATON_ON_FAILURE")
    if given not in (None, "incident", "reject"):
        raise BadRequest(f"Expected incident or reject for the header X-Baton-On-Failure, but found '{given}'")
    return given


def _refused_media_type(current: Request) -> Response | None:
    declared: str = current.environ.get("CONTENT_TYPE", "")
    if declared == "application/json" or not declared or not current.content_length:
        return None
    media_type = current.mimetype
    if media_type == "application/json" or media_type.endswith("+json"):
        return None
    return errors.make_error_response(
        415, "NotSupportedException", f"Expected a body of Content-Type application/json, but found {media_type}"
    )


def to_response(result: Any) -> Response:
    """None is 204; ``Raw`` and responses are themselves; anything else is JSON."""
    if result is None:
        return Response(status=204)
    if isinstance(result, Response):
        return result
    if isinstance(result, Raw):
        return result.to_response()
    return Response(jsons.dump(result), mimetype="application/json")
