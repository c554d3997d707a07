"""flask-openapi3's blueprint, with two of its seams filled (docs/decisions/0013).

The view is our own: the library's makes the JSON schema of the query's model anew for every request, and takes a
malformed body for an empty one. And routes are described only when somebody asks for the description, because that
takes about half a second, for which nobody who starts a server should wait.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models import Tag
from flask_openapi3.utils import parse_parameters

from baton.web.routes.declaration import Declaration, Handler
from baton.web.routes.description import describe_responses
from baton.web.routes.view import Route, Server, make_view


class Blueprint(APIBlueprint):
    """Serves declared handlers; ``describe`` fills ``paths`` and ``components_schemas``."""

    def __init__(self, name: str, url_prefix: str, tag: Tag) -> None:
        super().__init__(name, __name__, url_prefix=url_prefix, abp_tags=[tag])
        self.declared: dict[Handler, Declaration] = {}
        self._undescribed: list[Callable[[], Any]] = []

    def declare(self, declared: Declaration) -> None:
        """Add a route by the library's own decorator of its method."""
        self.declared[declared.handler] = declared
        decorate = getattr(super(), declared.method.lower())
        extensions = {"x-baton": True} if declared.baton_extension else {}
        decorate(
            declared.rule,
            summary=declared.summary,
            operation_id=declared.operation_id,
            openapi_extensions=extensions,
            endpoint=f"{declared.method} {declared.full_rule}",
        )(declared.handler)

    def describe(self) -> None:
        """Describe all routes that are not described yet."""
        while self._undescribed:
            self._undescribed.pop(0)()

    def _collect_openapi_info(self, rule: str, func: Handler, **more: Any) -> Any:
        collect = super()._collect_openapi_info

        def describe() -> None:
            more["responses"] = describe_responses(self.declared[func], self.components_schemas)
            collect(rule, func, **more)

        self._undescribed.append(describe)
        return parse_parameters(func, doc_ui=False)

    def create_view_func(self, func: Handler, *models: Any, **more: Any) -> Route:
        """The route, in place of the library's view; the models are in the library's order."""
        del more
        _header, _cookie, _path, query, form, body, raw = models
        return Route(self.declared[func], query=query, form=form, body=body, raw=raw is not None)

    def _add_url_rule(self, rule: str, view_func: Any = None, **options: Any) -> None:
        del rule
        route: Route = view_func

        def serve(state: Any) -> None:
            server: Server = state.app.extensions["baton"]
            answer = route.bind(server)
            # Straight on the application: Flask looks through the hooks of a blueprint for each of its requests.
            state.app.add_url_rule(route.declared.full_rule, view_func=make_view(answer), **options)
            if route.declared.fast:
                server.fast_routes.add(route.declared, answer)

        self.record(serve)
