"""Server-Sent Events, and how the stream of one instance becomes its events, each once (docs/reference/stream.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from baton.client.shapes import Event, Instance

PAUSE = 1.0
"""Seconds before a stream that was lost is opened again."""
SILENCE = 45.0
"""Seconds without a line after which the connection counts as lost: a comment comes every 15."""


@dataclass(slots=True)
class Message:
    event: str
    data: Any


@dataclass(slots=True)
class SseReader:
    """Lines in, messages out."""

    _event: str = ""
    _data: list[str] = field(default_factory=list[str])

    def read_line(self, line: str) -> Message | None:
        """A message when this line ends one."""
        if line:
            name, _, value = line.partition(":")
            self._take(name, value.removeprefix(" "))
            return None
        event, text = self._event or "message", "\n".join(self._data)
        self._event, self._data = "", []
        return Message(event, json.loads(text)) if text else None

    def _take(self, name: str, value: str) -> None:
        if name == "event":
            self._event = value
        elif name == "data":
            self._data.append(value)


@dataclass(slots=True)
class Follower:
    """Where one who follows an instance is. ``instance`` is its last header."""

    position: int = 0
    instance: Instance | None = None

    def take(self, message: Message) -> Iterator[Event]:
        """The events of a message that were not given before."""
        if message.event == "snapshot":
            found = message.data["history"]["events"]
        elif message.event == "events":
            found = message.data["events"]
        else:
            return
        self.instance = Instance.model_validate(message.data["header"])
        for fields in found:
            if fields["position"] > self.position:
                self.position = fields["position"]
                yield Event.model_validate(fields)

    def find_gap(self, message: Message) -> range:
        """Positions that a snapshot leaves out: it holds the last events only."""
        first = message.data["history"]["from"] if message.event == "snapshot" else 0
        return range(self.position + 1, max(first, self.position + 1))

    @property
    def at_end(self) -> bool:
        return self.instance is not None and self.instance.ended and self.position >= self.instance.position
