"""Routes by declaration: path, parameters, body, answers and the handler, in one place for serving and describing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from flask import Flask, Request, Response, request

from baton.web import errors, idempotency, jsons
from baton.web.call import Call, Raw
from baton.web.fields import Field, Shape, parse_body, parse_query
from baton.web.meters import Meter, Meters

if TYPE_CHECKING:
    from baton.service import Engine
    from baton.web.settings import WebSettings

BASE = "/engine-rest"
Handler: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """``answer`` describes the 200 body (a Shape, a list of one, or a media type); None answers 204.

    ``raw_body``: the handler reads the body itself (multipart, XML). ``changes``: honours an Idempotency-Key.
    """

    method: str
    path: str
    tag: str
    summary: str
    handler: Handler
    query: tuple[Field, ...] = ()
    body: Shape | None = None
    answer: Shape | tuple[Shape] | str | None = None
    raw_body: str | None = None
    changes: bool = False
    ours: bool = False
    base: str = BASE
    known_query: dict[str, Field] = field(default_factory=dict[str, Field])
    known_body: dict[str, Field] = field(default_factory=dict[str, Field])

    @property
    def rule(self) -> str:
        return self.base + self.path


class Group:
    """The routes of one resource; its decorators declare them."""

    def __init__(self, tag: str, doc: str, base: str = BASE) -> None:
        self.tag = tag
        self.doc = doc
        self.base = base
        self.routes: list[Route] = []

    def get(self, path: str, summary: str, **more: Any) -> Callable[[Handler], Handler]:
        return self._route("GET", path, summary, **more)

    def post(self, path: str, summary: str, *, changes: bool = True, **more: Any) -> Callable[[Handler], Handler]:
        return self._route("POST", path, summary, changes=changes, **more)

    def put(self, path: str, summary: str, **more: Any) -> Callable[[Handler], Handler]:
        return self._route("PUT", path, summary, **more)

    def delete(self, path: str, summary: str, **more: Any) -> Callable[[Handler], Handler]:
        return self._route("DELETE", path, summary, **more)

    def _route(
        self,
        method: str,
        path: str,
        summary: str,
        *,
        query: Iterable[Field] = (),
        body: Shape | None = None,
        **more: Any,
    ) -> Callable[[Handler], Handler]:
        fields = tuple(query)

        def register(handler: Handler) -> Handler:
            self.routes.append(
                Route(
                    method=method,
                    path=path,
                    tag=self.tag,
                    summary=summary,
                    handler=handler,
                    base=self.base,
                    query=fields,
                    body=body,
                    known_query={one.name: one for one in fields},
                    known_body=body.known() if body else {},
                    **more,
                )
            )
            return handler

        return register


def install(app: Flask, engine: Engine, settings: WebSettings, meters: Meters, groups: Iterable[Group]) -> None:
    """Give Flask one view per declared route."""
    for group in groups:
        for route in group.routes:
            app.add_url_rule(
                route.rule,
                endpoint=f"{route.method} {route.rule}",
                view_func=_view(route, engine, settings, meters.of(route.method, route.rule)),
                methods=[route.method],
                provide_automatic_options=True,
            )


def _view(route: Route, engine: Engine, settings: WebSettings, meter: Meter) -> Callable[..., Response]:
    def answer(path: dict[str, str], current: Request) -> Response:
        if route.changes and "HTTP_IDEMPOTENCY_KEY" in current.environ:
            return idempotency.once(
                engine,
                settings,
                current,
                lambda command_id: _answer(route, engine, settings, current, path, command_id),
            )
        return _answer(route, engine, settings, current, path, None)

    def view(**path: str) -> Response:
        began = time.perf_counter()
        # The current request once: each look through Flask's proxy costs a microsecond.
        current = cast("Request", request._get_current_object())  # pyright: ignore
        try:
            response = answer(path, current)
        except Exception as error:
            response = errors.response_of(error)
        return meter.count(response, began)

    return view


def _answer(
    route: Route,
    engine: Engine,
    settings: WebSettings,
    current: Request,
    path: dict[str, str],
    command_id: str | None,
) -> Response:
    given = current.environ.get("QUERY_STRING")
    query = parse_query(route.known_query, dict(current.args.lists()) if given else {}) if given or route.query else {}
    body: dict[str, Any] = {}
    if route.raw_body is None and route.method != "GET":
        refused = _refused_media_type(current)
        if refused is not None:
            return refused
        loaded = jsons.load_object(current.get_data(cache=False))
        if route.body is not None:
            body = parse_body(route.body, route.known_body, loaded)
    result = route.handler(Call(engine, settings, current, query, body, command_id), **path)
    return as_response(result)


def _refused_media_type(current: Request) -> Response | None:
    declared: str = current.environ.get("CONTENT_TYPE", "")
    if declared == "application/json" or not declared or not current.content_length:
        return None
    media_type = current.mimetype
    if media_type == "application/json" or media_type.endswith("+json"):
        return None
    return errors.error_response(
        415, "NotSupportedException", f"Expected a body of Content-Type application/json, but found {media_type}"
    )


def as_response(result: Any) -> Response:
    """None is 204; ``Raw`` and responses are themselves; anything else is JSON."""
    if result is None:
        return Response(status=204)
    if isinstance(result, Response):
        return result
    if isinstance(result, Raw):
        return result.response()
    return Response(jsons.dumps(result), mimetype="application/json")
