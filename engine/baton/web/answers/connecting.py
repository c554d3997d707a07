"""Sinks of events, and events that could not be sent or taken."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from baton.web.models.base import Answer


class EventSink(Answer):
    """A sink, and how far it is."""

    name: str
    kind: str
    lag: int = Field(description="milliseconds: the age of the oldest turn that it does not have yet; 0: it has all")
    deadLetters: int
    error: str | None = Field(description="why it gets nothing now")
    failingSince: str | None


class EventSource(Answer):
    """A source, and what is in it."""

    name: str
    kind: str
    waiting: int | None = Field(description="events not taken yet, about; null if the bus cannot tell")
    deadLetters: int
    error: str | None = Field(description="why nothing can be taken from it now")
    failingSince: str | None
    reportedAt: str | None = Field(description="when this was last known")


class ShownDeadLetter(Answer):
    """An event that could not be sent or taken."""

    id: str
    direction: str = Field(json_schema_extra={"enum": ["out", "in"]})
    place: str = Field(description="the sink, or where the event came from")
    event: dict[str, Any] = Field(description="a CloudEvent")
    error: str
    at: str | None
    again: bool = Field(description="it waits to be sent again")
    attempts: int = Field(description="how often it came to nothing, the time included in which its sink was away")


class ShownTakenEvent(Answer):
    """What became of an event."""

    id: str
    source: str
    instances: list[str] = Field(description="those that it reached or started")
    deadLetter: str | None = Field(description="the id of the dead letter, if it fits nothing")
