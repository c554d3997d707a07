"""What a source is: something from which events come, and which is told what is done with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote

import orjson


@dataclass(frozen=True, slots=True)
class Received:
    """``body``: the event as JSON, or its data in binary mode, where it has ``attributes``. ``mark``: the source's."""

    body: bytes
    mark: Any
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


class Source(Protocol):
    """Not safe for threads. Raises any error of its library; it is then closed, and opened again later."""

    def receive(self, wait_ms: int) -> Sequence[Received]:
        """What comes next, also what was received before and not acknowledged; waits if there is nothing."""
        ...

    def confirm(self, done: Sequence[Received]) -> None:
        """These have had their effect: they do not come again. They are what was received, from the first on."""
        ...

    def count_waiting(self) -> int | None:
        """How many have not been received or acknowledged yet, about; None if the bus cannot tell."""
        ...

    def close(self) -> None: ...


def read_attributes(headers: Mapping[str, Any], *prefixes: str) -> dict[str, str]:
    """The attributes of an event in binary mode, none in structured mode; ``prefixes``: of their headers."""
    texts = {name: value.decode() if isinstance(value, bytes) else str(value) for name, value in headers.items()}
    found = {
        name.removeprefix(prefix): unquote(text)
        for name, text in texts.items()
        for prefix in prefixes
        if name.startswith(prefix)
    }
    return found if "specversion" in found else {}


def read_event(received: Received) -> Any:
    """Raises JSONDecodeError."""
    body: Any = orjson.loads(received.body or b"null")
    return {**received.attributes, "data": body} if received.attributes else body
