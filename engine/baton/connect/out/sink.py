"""What a sink is: something that takes events in their order, and says which of them it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from baton.service import OutgoingEvent, to_json_value


@dataclass(frozen=True, slots=True)
class Sent:
    """``count``: so many of the events, from the first on, have surely arrived. ``error``: why the next one has not.

    ``refused``: the sink does not want this event, and will not want it later either.
    """

    count: int
    error: str = ""
    refused: bool = False


class Sink(Protocol):
    """Not safe for threads: each has its pump. Repeats of an event have the same id."""

    at_once: int
    """Events that it gets together: so many as surely take no more than some seconds."""

    def send(self, events: Sequence[OutgoingEvent]) -> Sent:
        """Send in this order. Never raises for what is wrong with the sink or an event."""
        ...

    def close(self) -> None: ...


def to_bytes(event: Mapping[str, Any]) -> bytes:
    """Structured JSON of CloudEvents."""
    return orjson.dumps(event, default=to_json_value)


def describe(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
