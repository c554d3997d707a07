"""Event definitions of a node with their expressions compiled."""

from __future__ import annotations

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition, EscalationEventDefinition

from baton.model.definition import EventDefinition, EventKind, Node
from baton.runtime.data.expressions import compile_optional
from baton.runtime.data.mappings import compile_mappings

CODED: dict[EventKind, type[ErrorEventDefinition | EscalationEventDefinition]] = {
    EventKind.ERROR: ErrorEventDefinition,
    EventKind.ESCALATION: EscalationEventDefinition,
}


class EventCode:
    def __init__(self, definition: EventDefinition) -> None:
        self.definition = definition
        self.kind: EventKind = definition.kind
        self.name = compile_optional(definition.name)
        self.code = compile_optional(definition.code)
        self.value = compile_optional(definition.value)
        self.error_message = compile_optional(definition.error_message)
        self.correlation_key = compile_optional(definition.correlation_key)
        self.payload = compile_mappings(definition.payload)

        self._catching = CODED[self.kind](None, self.fixed_code) if self.kind in CODED else None

    @property
    def fixed_code(self) -> str | None:
        """The error or escalation code that is caught; None catches all."""
        return self.code.text if self.code is not None else None

    def catches(self, thrown: BpmnEvent) -> bool:
        """Whether this is a definition of the same kind, and with the same code or with none."""
        return self._catching is not None and self._catching.catches(None, thrown)


def make_thrown(kind: EventKind, code: str | None) -> BpmnEvent:
    """An error or escalation on its way outward."""
    return BpmnEvent(CODED[kind](None, code))


def compile_events(node: Node) -> tuple[EventCode, ...]:
    return tuple(EventCode(definition) for definition in node.events)
