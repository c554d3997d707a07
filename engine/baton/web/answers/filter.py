"""Saved filters as they are sent."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from baton.service import SavedFilter
from baton.web.models.base import Answer


class Filter(Answer):
    """What somebody asks for user tasks by, under a name."""

    id: str
    resourceType: str
    name: str
    owner: str | None = Field(description="null where nobody signs in")
    query: dict[str, Any]
    properties: dict[str, Any]
    itemCount: int | None = Field(None, description="how many tasks it finds; null unless asked for by itemCount=true")


def show_filter(saved: SavedFilter, count: int | None = None) -> Filter:
    return Filter(
        id=saved.id,
        resourceType=saved.resource,
        name=saved.name,
        owner=saved.owner,
        query=saved.query,
        properties=saved.properties,
        itemCount=count,
    )
