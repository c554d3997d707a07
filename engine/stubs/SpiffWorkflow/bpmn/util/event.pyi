from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

class BpmnEvent:
    event_definition: EventDefinition
    payload: Any
    target: Any
    def __init__(
        self, event_definition: EventDefinition, payload: Any = ..., correlations: Any = ..., target: Any = ...
    ) -> None: ...
