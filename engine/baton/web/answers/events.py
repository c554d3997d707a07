"""Events as the live stream and the history show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from baton.model import events
from baton.model.declared import apply_declarations
from baton.model.values import Value
from baton.web.models.base import Answer
from baton.web.times import format_iso
from baton.web.variables import to_rest_variables


class Event(Answer):
    """Something that happened in an instance (docs/reference/stream.md)."""

    position: int
    at: str
    type: str
    element: str | None
    token: int | None
    data: dict[str, Any]


def show_event(event: events.Event) -> Event:
    return Event(**show_event_fields(event))


def show_event_fields(event: events.Event) -> dict[str, Any]:
    """The fields of an event by name; changed variables get their types."""
    data: Mapping[str, Value] = event.data
    if event.type is events.EventType.VARIABLES_CHANGED:
        given = apply_declarations(cast("dict[str, Value]", data.get("set") or {}), data.get("types"))
        data = {name: value for name, value in data.items() if name != "types"}
        data["set"] = cast("Value", to_rest_variables(given))
        data.setdefault("removed", [])
    return {
        "position": event.position,
        "at": format_iso(event.at),
        "type": event.type.value,
        "element": event.shown_element,
        "token": event.token,
        "data": dict(data),
    }
