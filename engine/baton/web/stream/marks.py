"""How often each element was entered and left and each flow taken: the marks on the diagram."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from baton.model.events import Event, EventType

_COUNTED = {
    EventType.ELEMENT_ENTERED: "entered",
    EventType.ELEMENT_COMPLETED: "completed",
    EventType.ELEMENT_CANCELLED: "cancelled",
}


class Marks:
    """Counts by id; ids of a called process carry its definition's id as a prefix.

    The body of a loop is at its element beside the iterations: only these count.
    """

    def __init__(self) -> None:
        self.elements: dict[str, dict[str, int]] = {}
        self.flows: dict[str, int] = {}
        self._prefix: dict[int, str] = {0: ""}
        self._inside: dict[int, str] = {0: ""}
        self._bodies: set[int] = set()

    def add(self, events: Iterable[Event]) -> Marks:
        for event in events:
            counter = _COUNTED.get(event.type)
            if counter is not None and event.element is not None:
                self._element(event, event.element, counter)
            elif event.type is EventType.FLOW_TAKEN:
                flow = f"{self._prefix.get(event.token or 0, '')}{event.data.get('flow') or event.element}"
                self.flows[flow] = self.flows.get(flow, 0) + 1
        return self

    def _element(self, event: Event, element: str, counter: str) -> None:
        token = event.token or 0
        if event.type is EventType.ELEMENT_ENTERED:
            self._place(token, event.data)
            if event.data.get("body"):
                self._bodies.add(token)
        if token in self._bodies:
            return
        name = f"{self._prefix.get(token, '')}{element}"
        counts = self.elements.setdefault(name, {"entered": 0, "completed": 0, "cancelled": 0})
        counts[counter] += 1

    def _place(self, token: int, data: Any) -> None:
        parent = data.get("parent") or 0
        prefix = self._inside.get(parent, "")
        called = data.get("called")
        self._prefix[token] = prefix
        self._inside[token] = f"{called}/" if called else prefix
