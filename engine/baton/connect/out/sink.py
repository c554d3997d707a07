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


Kind = type | tuple[type, ...]
NUMBER = (int, float)


class WrongOption(ValueError):
    """An option of a sink that is missing, unknown or of the wrong kind."""


def take_options(
    options: Mapping[str, Any], needed: Mapping[str, Kind], optional: Mapping[str, Kind] | None = None
) -> dict[str, Any]:
    """The options of a kind of sink. Raises WrongOption."""
    known = {**needed, **(optional or {})}
    unknown = sorted(options.keys() - known.keys())
    missing = sorted(needed.keys() - options.keys())
    if unknown or missing:
        found = f"there is no option '{unknown[0]}'" if unknown else f"the option '{missing[0]}' is missing"
        raise WrongOption(f"{found}; there are {', '.join(sorted(known))}")
    for name, value in options.items():
        if not isinstance(value, known[name]):
            raise WrongOption(f"the option '{name}' is {value!r}, which is of another type")
    return dict(options)


def to_bytes(event: Mapping[str, Any]) -> bytes:
    """Structured JSON of CloudEvents."""
    return orjson.dumps(event, default=to_json_value)


def describe(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
