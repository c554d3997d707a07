"""The OpenAPI 3.1 description, generated from the declared routes, and a page to try it that needs no network."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response

from baton.web.jsons import dump
from baton.web.resources import GROUPS
from baton.web.routes import document

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Baton: the HTTP API</title>
<link rel="stylesheet" href="/openapi/css/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/openapi/js/swagger-ui-bundle.js"></script>
<script src="/openapi/start.js"></script>
</body>
</html>
"""
START = """window.ui = SwaggerUIBundle({
  url: "/openapi/openapi.json",
  dom_id: "#swagger-ui",
  docExpansion: "none",
  filter: true,
  validatorUrl: null,
});
"""


@lru_cache(maxsize=1)
def _text() -> bytes:
    return dump(document.describe(GROUPS))


def install(app: Flask) -> None:
    """Serve the description and the page; its files are those of ``find_assets``."""

    def describe() -> Response:
        return Response(_text(), mimetype="application/json")

    def show_page() -> Response:
        return Response(PAGE, mimetype="text/html")

    def show_start() -> Response:
        return Response(START, mimetype="text/javascript")

    app.add_url_rule("/openapi", "openapi.page", show_page)
    app.add_url_rule("/openapi/openapi.json", "openapi.document", describe)
    app.add_url_rule("/openapi/start.js", "openapi.start", show_start)


def find_assets() -> Path:
    """Swagger UI's files, out of the package that bundles them; the package itself is not imported."""
    spec = importlib.util.find_spec("flask_openapi3_swagger")
    if spec is None or spec.origin is None:
        raise RuntimeError("Expected the package flask-openapi3-swagger, but it is not installed")
    return Path(spec.origin).parent / "templates" / "swagger"
