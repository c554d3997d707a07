"""A process model as a SpiffWorkflow spec: a task spec for each node and flow, the process, and undoing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from baton.runtime.core.sequence_flow import SequenceFlow
from baton.schemas import PROPERTY

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel
    from baton.runtime.core.element import Element


class Spec(BpmnProcessSpec):
    """``elements`` finds a task spec by element id; the process's own has the id of the process.

    The library's own ``Start``, ``End`` and ``….EndJoin`` are taken out: an element of the model may have such an id,
    and a scope here begins and ends without them.
    """

    root: Element
    """The process itself."""

    def __init__(self, model: ProcessModel, definition_id: str) -> None:
        super().__init__(model.id)
        self.task_specs.clear()
        self.model = model
        self.definition_id = definition_id
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, SequenceFlow] = {}
        self.schemas = [
            (node, node.properties[PROPERTY]) for node in model.nodes.values() if PROPERTY in node.properties
        ]
        """Elements with the JSON Schema that they have of variables."""
        self.activities = sum(node.traits.is_activity for node in model.nodes.values())
