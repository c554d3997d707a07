from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition as EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition as ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    EscalationEventDefinition as EscalationEventDefinition,
)
