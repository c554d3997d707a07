"""The OpenAPI 3.1 description: what flask-openapi3 makes of the routes, and the rules that hold for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from flask_openapi3.models import Info, License, Server
from flask_openapi3.openapi import OpenAPI

import baton
from baton.web.answers.common import Error
from baton.web.routes.declaration import Declaration
from baton.web.routes.group import Group

_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "a repeated request with this key has one effect and gets the first answer",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_WARNING = {"description": "names the fields of the body that were ignored", "schema": {"type": "string"}}


def describe(groups: Iterable[Group]) -> dict[str, Any]:
    """The whole description of the routes of these groups."""
    api, listed = _empty(), tuple(groups)
    for group in listed:
        group.blueprint.describe()
        api.paths.update(group.blueprint.paths)
        api.components_schemas.update(group.blueprint.components_schemas)
        api.tags.extend(tag for tag in group.blueprint.tags if tag not in api.tags)
    api.generate_spec_json()
    found = cast("dict[str, Any]", _tidied(api.spec_json))
    found["components"] = {kind: parts for kind, parts in found["components"].items() if parts is not None}
    for declared in (item for group in listed for item in group.declared):
        _complete(found["paths"][declared.path][declared.method.lower()], declared)
    return found


def _empty() -> OpenAPI:
    info = Info(
        title="Baton",
        version=baton.__version__,
        description="A BPMN 2.0 workflow service. The conventions are those of Camunda 7.",
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
    )
    return OpenAPI(
        "baton.description", info=info, servers=[Server(url="/")], doc_ui=False, validation_error_model=Error
    )


def _complete(operation: dict[str, Any], declared: Declaration) -> None:
    """Add to one operation what is the same for all."""
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        _describe_query_parameter(parameter)
    parameters[:0] = list(_path_parameters(declared))
    if declared.changes:
        parameters.append(_KEY_PARAMETER)
    responses = operation["responses"]
    responses.pop("422", None)
    responses["default"] = {"description": "An error", "content": _ERROR}
    if "requestBody" in operation:
        for status in responses.keys() & {"200", "202", "204"}:
            responses[status]["headers"] = {"Warning": _WARNING}


def _path_parameters(declared: Declaration) -> Iterator[dict[str, Any]]:
    for kind, name in declared.parts:
        schema = {"type": "integer", "minimum": 0} if kind == "int" else {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _describe_query_parameter(parameter: dict[str, Any]) -> None:
    """A query string has no null, and its lists are separated by commas."""
    schema = parameter["schema"]
    if isinstance(schema.get("type"), list):
        kinds = [kind for kind in schema["type"] if kind != "null"]
        schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    if "enum" in schema:
        schema["enum"] = [item for item in schema["enum"] if item is not None]
    if schema.get("type") == "array":
        parameter.update(style="form", explode=False)


def _tidied(value: Any) -> Any:
    """Without the titles that pydantic makes of names, and with null as one of a field's types."""
    if isinstance(value, list):
        return [_tidied(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    schema = {name: _tidied(entry) for name, entry in cast("dict[str, Any]", value).items()}
    if isinstance(schema.get("title"), str) and "openapi" not in schema and "version" not in schema:
        del schema["title"]
    if "default" in schema and schema["default"] is None:
        del schema["default"]
    return _with_null(schema)


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    options = schema.get("anyOf")
    if not isinstance(options, list) or {"type": "null"} not in options or len(cast("list[Any]", options)) != 2:
        return schema
    (other,) = (item for item in cast("list[dict[str, Any]]", options) if item != {"type": "null"})
    if not isinstance(other.get("type"), str):
        return schema
    rest = {name: entry for name, entry in schema.items() if name != "anyOf"}
    merged = {**other, **rest, "type": [other["type"], "null"]}
    if "enum" in merged:
        merged["enum"] = [*merged["enum"], None]
    return merged
