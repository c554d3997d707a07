"""The answers of a route for the description, from what its handler returns."""

from __future__ import annotations

import types
from functools import reduce
from typing import Any, Union, get_args, get_origin, get_type_hints

from flask import Response
from flask_openapi3.models import OPENAPI3_REF_TEMPLATE, Schema
from pydantic import TypeAdapter

from baton.web.routes.declaration import Declaration


def describe_responses(declared: Declaration, components: dict[str, Any]) -> dict[str, Any]:
    """The responses of success; models that they name are added to ``components``. Errors are the same everywhere."""
    returned: Any = get_type_hints(declared.handler, include_extras=True).get("return", type(None))
    found: dict[str, Any] = {}
    if type(None) in _parts(returned):
        found["204"] = {"description": "Done"}
    if declared.media is not None or _list_models(returned):
        found["200"] = {"description": "The answer", "content": _content(declared, returned, components)}
    if declared.pending:
        found["202"] = {**found["200"], "description": "Not yet"}
    return found


def _parts(returned: Any) -> tuple[Any, ...]:
    return get_args(returned) if get_origin(returned) in (Union, types.UnionType) else (returned,)


def _list_models(returned: Any) -> list[Any]:
    return [part for part in _parts(returned) if part not in (type(None), Response)]


def _content(declared: Declaration, returned: Any, components: dict[str, Any]) -> dict[str, Any]:
    if declared.media is not None:
        return {declared.media: {"schema": {"type": "string"}}}
    answer: Any = reduce(lambda one, other: one | other, _list_models(returned))
    # As the items of a list, because only what is inside something else is described by reference.
    listed: Any = list[answer]
    adapter: TypeAdapter[Any] = TypeAdapter(listed)
    schema = adapter.json_schema(mode="serialization", ref_template=OPENAPI3_REF_TEMPLATE)
    components.update({name: Schema(**value) for name, value in schema.get("$defs", {}).items()})
    content = {"application/json": {"schema": schema["items"]}}
    return content if declared.also is None else {**content, declared.also: {"schema": {"type": "string"}}}
