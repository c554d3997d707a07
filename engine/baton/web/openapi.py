"""The OpenAPI 3.1 description, generated from the declared routes, and a page to try it that needs no network."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response

import baton
from baton.web import static_files
from baton.web.fields import Field, Kind, Shape
from baton.web.jsons import dumps
from baton.web.resources import GROUPS, OLD_GROUPS
from baton.web.routes import document
from baton.web.routes.group import Group as NewGroup
from baton.web.routing import Group, Route
from baton.web.shapes.common import ERROR

_TYPES: dict[Kind, dict[str, Any]] = {
    "string": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "date": {"type": ["string", "null"], "examples": ["2026-11-20T18:04:05.000+0000"]},
    "strings": {"type": ["array", "null"], "items": {"type": "string"}},
    "variables": {"type": ["object", "null"], "additionalProperties": {"$ref": "#/components/schemas/Variable"}},
    "variable": {"$ref": "#/components/schemas/Variable"},
    "object": {"type": ["object", "null"]},
    "objects": {"type": ["array", "null"], "items": {"type": "object"}},
    "any": {},
}
_QUERY_TYPES: dict[Kind, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "strings": {"type": "string", "description": "comma separated"},
}
VARIABLE_SCHEMA = {
    "type": "object",
    "properties": {"value": {}, "type": {"type": ["string", "null"]}, "valueInfo": {"type": ["object", "null"]}},
    "examples": [{"value": 12, "type": "Integer"}],
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "a repeated request with this key has one effect and gets the first answer",
    "schema": {"type": "string", "maxLength": 255},
}


def describe(groups: Iterable[Group]) -> dict[str, Any]:
    """The whole description."""
    listed = tuple(groups)
    schemas: dict[str, Any] = {"Variable": VARIABLE_SCHEMA}
    _component(ERROR, schemas)
    paths: dict[str, dict[str, Any]] = {}
    for group in listed:
        for route in group.routes:
            paths.setdefault(path_of(route), {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Baton",
            "version": baton.__version__,
            "description": "A BPMN 2.0 workflow service. The conventions are those of Camunda 7.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": group.tag, "description": group.doc} for group in listed],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def path_of(route: Route) -> str:
    """The path with OpenAPI's braces."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule)


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"<(?:\w+:)?(\w+)>", route.rule)
    ]
    parameters += [_query_parameter(field) for field in route.query]
    if route.changes:
        parameters.append(KEY_PARAMETER)
    operation: dict[str, Any] = {
        "tags": [route.tag],
        "summary": route.summary,
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "parameters": parameters,
        "responses": _responses(route, schemas),
    }
    if route.ours:
        operation["x-baton"] = True
    body = _body(route, schemas)
    return {**operation, "requestBody": body} if body else operation


def _query_parameter(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_QUERY_TYPES.get(field.kind, {"type": "string"}))
    if field.choices:
        schema["enum"] = list(field.choices)
    return {"name": field.name, "in": "query", "required": field.required, "description": field.doc, "schema": schema}


def _body(route: Route, schemas: dict[str, Any]) -> dict[str, Any] | None:
    if route.raw_body == "multipart/form-data":
        form = {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}}
        return {"content": {route.raw_body: {"schema": form}}}
    if route.raw_body is not None:
        return {"content": {route.raw_body: {"schema": {"type": "object"}}, "application/xml": {}}}
    if route.body is None:
        return None
    return {"content": {"application/json": {"schema": _component(route.body, schemas)}}}


def _responses(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    responses: dict[str, Any] = {"default": {"description": "An error", "content": error}}
    answer = route.answer
    if answer is None:
        responses["204"] = {"description": "Done"}
        return responses
    if isinstance(answer, str):
        content: dict[str, Any] = (
            {answer: {"schema": {"type": "string"}}} if answer != "application/json" else {answer: {}}
        )
    elif isinstance(answer, tuple):
        content = {"application/json": {"schema": {"type": "array", "items": _component(answer[0], schemas)}}}
    else:
        content = {"application/json": {"schema": _component(answer, schemas)}}
    responses["200"] = {"description": "The answer", "content": content}
    return responses


def _component(shape: Shape, schemas: dict[str, Any]) -> dict[str, Any]:
    if shape.name not in schemas:
        schemas[shape.name] = {}
        properties = {field.name: _property(field, schemas) for field in shape.fields}
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        required = [field.name for field in shape.fields if field.required]
        if required:
            schema["required"] = required
        if shape.name == "Variables":
            schema["additionalProperties"] = {"$ref": "#/components/schemas/Variable"}
        schemas[shape.name] = schema
    return {"$ref": f"#/components/schemas/{shape.name}"}


def _property(field: Field, schemas: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_TYPES[field.kind])
    if field.shape is not None:
        inner: dict[str, Any] = _component(field.shape, schemas)
        schema = {"type": "array", "items": inner} if field.kind == "objects" else inner
    if field.choices:
        schema["enum"] = [*field.choices, None]
    if field.doc:
        schema["description"] = field.doc
    return schema


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


def describe_all(groups: Iterable[NewGroup], old: Iterable[Group]) -> dict[str, Any]:
    """The description of the groups that have models, and of those that have not yet."""
    new, found = document.describe(groups), describe(old)
    found["tags"] += new["tags"]
    for path, operations in new["paths"].items():
        found["paths"].setdefault(path, {}).update(operations)
    found["components"]["schemas"].update(new["components"]["schemas"])
    return found


@lru_cache(maxsize=1)
def _text() -> bytes:
    return dumps(describe_all(GROUPS, OLD_GROUPS))


def install(app: Flask) -> None:
    """Serve the description and the page."""
    assets = _assets()

    def describe() -> Response:
        return Response(_text(), mimetype="application/json")

    def page() -> Response:
        return Response(PAGE, mimetype="text/html")

    def start() -> Response:
        return Response(START, mimetype="text/javascript")

    def asset(name: str) -> Response:
        return static_files.serve_file(assets, name)

    app.add_url_rule("/openapi", "openapi.page", page)
    app.add_url_rule("/openapi/openapi.json", "openapi.document", describe)
    app.add_url_rule("/openapi/start.js", "openapi.start", start)
    app.add_url_rule("/openapi/<path:name>", "openapi.asset", asset)


def _assets() -> Path:
    """Swagger UI's files, out of the package that bundles them; the package itself is not imported."""
    spec = importlib.util.find_spec("flask_openapi3_swagger")
    if spec is None or spec.origin is None:
        raise RuntimeError("Expected the package flask-openapi3-swagger, but it is not installed")
    return Path(spec.origin).parent / "templates" / "swagger"
