"""Answers that many resources share."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from baton.model.errors import NotFound, Rejected
from baton.web.models.base import Answer

if TYPE_CHECKING:
    from baton.model.definition import Node
    from baton.service import Engine


class Error(Answer):
    """Why a request was refused. A deployment that was refused has ``details`` and ``problems`` as well."""

    type: str
    message: str
    code: int
    errorId: str | None = None
    details: dict[str, Any] | None = None
    problems: list[dict[str, Any]] | None = None


class Count(Answer):
    """How many."""

    count: int


class Link(Answer):
    """Where more can be found."""

    method: str
    href: str
    rel: str


def make_execution_id(instance_id: str, token: int) -> str:
    """The id of a token for the outside; the instance's own scope is the instance."""
    return f"{instance_id}.{token}" if token else instance_id


def find_version_tag(engine: Engine, definition_id: str) -> str | None:
    """The definition's version tag; None when the definition is gone."""
    return _version_tag(engine, definition_id)


@lru_cache(maxsize=4096)
def _version_tag(engine: Engine, definition_id: str) -> str | None:
    try:
        return engine.definitions.get(definition_id).version_tag
    except NotFound:
        return None


def find_node(engine: Engine, definition_id: str, element: str) -> Node | None:
    """The element's node in the model; None when the definition or the element is gone."""
    try:
        return engine.definitions.get_model(definition_id).nodes.get(element)
    except Rejected:
        return None
