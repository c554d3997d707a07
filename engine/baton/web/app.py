"""The Flask application: routes, errors, guard, description, designer, health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from flask_openapi3.openapi import OpenAPI

from baton.web import errors, health, openapi, static_files
from baton.web.apart import OpenApart
from baton.web.callers import Callers
from baton.web.guard import Guard
from baton.web.meters import Meters
from baton.web.open_requests import OpenRequests
from baton.web.openid.settings import OpenIdSettings
from baton.web.resources import GROUPS
from baton.web.routes.fast import Shortcut
from baton.web.routes.rule import LazyRule
from baton.web.routes.view import Server
from baton.web.settings import WebSettings

if TYPE_CHECKING:
    from baton.service import Engine
    from baton.web.openid.provider import OpenIdProvider


def create_app(engine: Engine, settings: WebSettings | None = None, openid: OpenIdSettings | None = None) -> Flask:
    """The whole web of one engine; without settings they come from the environment."""
    chosen = settings or WebSettings.from_environment()
    app = OpenAPI("baton.web", static_folder=None, template_folder=None, doc_ui=False)
    app.url_rule_class = LazyRule
    app.config["MAX_CONTENT_LENGTH"] = chosen.max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = chosen.max_body_bytes
    app.url_map.strict_slashes = False
    errors.install(app)
    meters, open_requests = Meters(chosen.metrics_folder), OpenRequests()
    callers = Callers(engine.sign_in, chosen) if chosen.requires_sign_in else None
    apart = None if chosen.streams_socket is None else OpenApart(chosen.streams_socket)
    health.install(app, engine, meters.registry, open_requests, callers, apart)
    provider = _find_provider(engine, openid or OpenIdSettings.from_environment()) if callers is not None else None
    app.extensions["baton"] = Server(engine, chosen, meters, open_requests, callers, provider)
    for group in GROUPS:
        app.register_blueprint(group.blueprint)
    openapi.install(app)
    static_files.install(app, {"/": chosen.static, "/openapi/": openapi.find_assets()})
    if chosen.fast_routes:
        routes = app.extensions["baton"].fast_routes
        app.wsgi_app = Shortcut(app.wsgi_app, routes, chosen.max_body_bytes)  # type: ignore[method-assign]
    app.wsgi_app = Guard(app.wsgi_app, chosen)  # type: ignore[method-assign]
    return app


def _find_provider(engine: Engine, settings: OpenIdSettings) -> OpenIdProvider | None:
    if not settings.is_on:
        return None
    from baton.web.openid.provider import OpenIdProvider  # a quarter of a second that few servers need

    return OpenIdProvider(settings, engine.clock.now)
