"""Resources out of a request: multipart forms, JSON lists, or one raw file."""

from __future__ import annotations

from typing import Any, cast

from flask import Request

from baton.model.errors import BadRequest
from baton.service import Resource
from baton.web import jsons


def read_form_resources(request: Request) -> list[Resource]:
    """Every file part of a multipart form, in its order. Raises BadRequest for a part without a file name."""
    found: list[Resource] = []
    for part, file in request.files.items(multi=True):
        if not file.filename:
            raise BadRequest(f"Expected a file name for the form part '{part}', but found none")
        found.append(Resource(name=file.filename, content=file.read()))
    return found


def read_resources(request: Request, name: str | None) -> list[Resource]:
    """Resources in whichever way they come: multipart, ``{"resources": [{"name", "content"}]}``, or one XML body."""
    if request.mimetype == "multipart/form-data":
        found = read_form_resources(request)
    elif request.mimetype == "application/json":
        found = _json_resources(jsons.load_object(request.get_data(cache=False)))
    else:
        data = request.get_data(cache=False)
        found = [Resource(name=name or "diagram.bpmn", content=data)] if data else []
    if not found:
        raise BadRequest("Expected at least one file to check, but found none")
    return found


def _json_resources(body: dict[str, Any]) -> list[Resource]:
    listed = body.get("resources")
    if not isinstance(listed, list):
        raise BadRequest('Expected {"resources": [{"name": …, "content": …}]}, but found no list of resources')
    return [_json_resource(item) for item in cast("list[Any]", listed)]


def _json_resource(value: Any) -> Resource:
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    name, content = fields.get("name"), fields.get("content")
    if not isinstance(name, str) or not isinstance(content, str):
        raise BadRequest('Expected {"name": …, "content": …} with two texts for each resource')
    return Resource(name=name, content=content.encode())
