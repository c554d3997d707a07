"""Event definitions of a node with their expressions compiled."""

from __future__ import annotations

from baton.model.definition import EventDefinition, EventKind, Node
from baton.runtime.expressions import maybe


class EventCode:
    def __init__(self, definition: EventDefinition) -> None:
        self.definition = definition
        self.kind: EventKind = definition.kind
        self.name = maybe(definition.name)
        self.code = maybe(definition.code)
        self.value = maybe(definition.value)
        self.error_message = maybe(definition.error_message)
        self.correlation_key = maybe(definition.correlation_key)
        self.payload = [(mapping, maybe(mapping.expression)) for mapping in definition.payload]

    @property
    def fixed_code(self) -> str | None:
        """The error or escalation code that is caught; None catches all."""
        return self.code.text if self.code is not None else None


def codes(node: Node) -> tuple[EventCode, ...]:
    return tuple(EventCode(definition) for definition in node.events)
