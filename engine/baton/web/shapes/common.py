"""Shapes that many resources share."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from baton.model.errors import NotFound, Rejected
from baton.web.fields import Field, Shape

if TYPE_CHECKING:
    from baton.model.definition import Node
    from baton.service import Engine

ERROR = Shape("Error", (Field("type"), Field("message"), Field("code", "integer")))
COUNT = Shape("Count", (Field("count", "integer"),))
LINK = Shape("Link", (Field("method"), Field("href"), Field("rel")))
VARIABLE = Shape("Variable", (Field("value", "any"), Field("type"), Field("valueInfo", "object")))
VARIABLES = Shape("Variables", (), open=True)
SORTING = Shape("Sorting", (Field("sortBy", required=True), Field("sortOrder", required=True, choices=("asc", "desc"))))


def execution_id(instance_id: str, token: int) -> str:
    """The id of a token for the outside; the instance's own scope is the instance."""
    return f"{instance_id}.{token}" if token else instance_id


def version_tag(engine: Engine, definition_id: str) -> str | None:
    """The definition's version tag; None when the definition is gone."""
    return _version_tag(engine, definition_id)


@lru_cache(maxsize=4096)
def _version_tag(engine: Engine, definition_id: str) -> str | None:
    try:
        return engine.definitions.get(definition_id).version_tag
    except NotFound:
        return None


def node_of(engine: Engine, definition_id: str, element: str) -> Node | None:
    """The element's node in the model; None when the definition or the element is gone."""
    try:
        return engine.definitions.model(definition_id).nodes.get(element)
    except Rejected:
        return None
