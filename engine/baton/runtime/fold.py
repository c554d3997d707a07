"""History folded up to a moment: the tokens and variables of that moment, from the events alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from baton.model.events import Event, EventType
from baton.model.records import InstanceState
from baton.model.times import Millis
from baton.model.values import Value

GONE = (EventType.ELEMENT_COMPLETED, EventType.ELEMENT_CANCELLED, EventType.TOKEN_MERGED)


@dataclass
class Snapshot:
    """``tokens``: number -> (element, parent number). ``variables``: scope's token number -> name -> value."""

    position: int = 0
    at: Millis = 0
    state: InstanceState = InstanceState.ACTIVE
    tokens: dict[int, tuple[str, int]] = field(default_factory=dict[int, "tuple[str, int]"])
    variables: dict[int, dict[str, Value]] = field(default_factory=dict[int, "dict[str, Value]"])
    flows: dict[str, int] = field(default_factory=dict[str, int])
    completed: dict[str, int] = field(default_factory=dict[str, int])

    def apply(self, event: Event) -> None:
        self.position, self.at = event.position, event.at
        if event.type is EventType.ELEMENT_ENTERED and event.token is not None:
            parent = event.data.get("parent", 0)
            self.tokens[event.token] = (event.element or "", parent if isinstance(parent, int) else 0)
        elif event.type in GONE and event.token is not None:
            self._gone(event)
        elif event.type is EventType.FLOW_TAKEN and event.element is not None:
            self.flows[event.element] = self.flows.get(event.element, 0) + 1
        elif event.type is EventType.VARIABLES_CHANGED:
            self._variables(event)
        else:
            self._state(event)

    def _gone(self, event: Event) -> None:
        self.tokens.pop(event.token or 0, None)
        if event.token:
            self.variables.pop(event.token, None)
        if event.type is EventType.ELEMENT_COMPLETED and event.element is not None:
            self.completed[event.element] = self.completed.get(event.element, 0) + 1

    def _variables(self, event: Event) -> None:
        scope = event.data.get("scope", 0)
        found = self.variables.setdefault(scope if isinstance(scope, int) else 0, {})
        changed, removed = event.data.get("set", {}), event.data.get("removed", [])
        if isinstance(changed, dict):
            found.update(changed)
        for name in removed if isinstance(removed, list) else ():
            found.pop(str(name), None)

    def _state(self, event: Event) -> None:
        if event.type is EventType.INSTANCE_SUSPENDED:
            self.state = InstanceState.SUSPENDED
        elif event.type is EventType.INSTANCE_RESUMED:
            self.state = InstanceState.ACTIVE
        elif event.type is EventType.INSTANCE_ENDED:
            self.state = InstanceState(str(event.data["state"]))


def fold(events: Iterable[Event], *, position: int | None = None, at: Millis | None = None) -> Snapshot:
    """The state after the event ``position``, or after all events up to the moment ``at``; by default at the end."""
    snapshot = Snapshot()
    for event in events:
        if (position is not None and event.position > position) or (at is not None and event.at > at):
            break
        snapshot.apply(event)
    return snapshot
