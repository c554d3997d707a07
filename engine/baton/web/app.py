"""The Flask application: routes, errors, guard, description, designer, health."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from baton.web import errors, guard, health, openapi, routing, static_files
from baton.web.resources import GROUPS
from baton.web.settings import WebSettings

if TYPE_CHECKING:
    from baton.service import Engine

ALIAS = "/engine-rest/engine/default/"


def create_app(engine: Engine, settings: WebSettings | None = None) -> Flask:
    """The whole web of one engine; without settings they come from the environment."""
    chosen = settings or WebSettings.from_environment()
    app = Flask("baton.web", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = chosen.max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = chosen.max_body_bytes
    app.url_map.strict_slashes = False
    errors.install(app)
    health.install(app, engine)
    guard.install(app, chosen)
    routing.install(app, engine, chosen, GROUPS)
    openapi.install(app, GROUPS)
    static_files.install(app, chosen.static)
    app.wsgi_app = _Alias(app.wsgi_app)  # type: ignore[method-assign]
    return app


class _Alias:
    """``/engine-rest/engine/default/…`` is the same as ``/engine-rest/…``."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(ALIAS):
            environ["PATH_INFO"] = "/engine-rest/" + path[len(ALIAS) :]
        return self.app(environ, start_response)
