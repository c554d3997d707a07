"""What a turn has changed so far: fields of the state, events, things to send. Emptied when the turn is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from baton.model.events import NAMES_CAUSE, NAMES_TRACE, Event, EventType
from baton.model.times import Millis
from baton.model.turn_result import Outgoing
from baton.model.values import Value


@dataclass
class Journal:
    now: Millis = 0
    position: int = 0
    by: str | None = None
    """The person or key whose command is being applied."""
    traceparent: str | None = None
    """The span of a trace that the command belongs to."""
    put: dict[str, Value] = field(default_factory=dict[str, Value])
    drop: set[str] = field(default_factory=set[str])
    events: list[Event] = field(default_factory=list[Event])
    outgoing: list[Outgoing] = field(default_factory=list[Outgoing])

    def write(self, name: str, value: Value) -> None:
        self.drop.discard(name)
        self.put[name] = value

    def erase(self, name: str) -> None:
        self.put.pop(name, None)
        self.drop.add(name)

    def record(
        self,
        kind: EventType,
        element: str | None = None,
        token: int | None = None,
        data: Mapping[str, Value] | None = None,
    ) -> None:
        self.position += 1
        if self.by is not None and kind in NAMES_CAUSE:
            data = {"by": self.by, **(data or {})}
        if self.traceparent is not None and kind in NAMES_TRACE:
            data = {**(data or {}), "traceparent": self.traceparent}
        self.events.append(
            Event(position=self.position, at=self.now, type=kind, element=element, token=token, data=data or {})
        )

    def begin(self, now: Millis) -> None:
        """Start a new turn at ``now``."""
        self.now = now
        self.put, self.drop, self.events, self.outgoing = {}, set(), [], []
