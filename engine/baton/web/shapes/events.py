"""Events as the live stream and the history show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from baton.model.events import Event, EventType
from baton.model.values import Value
from baton.web.fields import Field, Shape, strings
from baton.web.times import iso_text
from baton.web.variables import all_to_rest

EVENT = Shape(
    "Event",
    (
        Field("position", "integer"),
        Field("at", "date"),
        *strings("type", "element"),
        Field("token", "integer"),
        Field("data", "object"),
    ),
)


def event_json(event: Event) -> dict[str, Any]:
    """The shape of docs/reference/stream.md; changed variables get their types."""
    data: Mapping[str, Value] = event.data
    if event.type is EventType.VARIABLES_CHANGED:
        data = {**data, "set": cast("Value", all_to_rest(cast("dict[str, Value]", data.get("set") or {})))}
        data.setdefault("removed", [])
    return {
        "position": event.position,
        "at": iso_text(event.at),
        "type": event.type.value,
        "element": event.element,
        "token": event.token,
        "data": data,
    }
