"""A process model as a SpiffWorkflow spec: one task spec per node, one for the process, one for undoing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.specs import WorkflowSpec

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel
    from baton.runtime.elements.base import Element


class Spec(WorkflowSpec):
    """``elements`` finds a task spec by element id; the process's own has the id of the process."""

    def __init__(self, model: ProcessModel, definition_id: str) -> None:
        super().__init__(model.id)
        self.model = model
        self.definition_id = definition_id
        self.elements: dict[str, Element] = {}

    def _add_notify(self, task_spec: Element) -> None:
        super()._add_notify(task_spec)
        self.elements[task_spec.name] = task_spec

    @property
    def root(self) -> Element:
        return self.elements[self.model.id]


def build(model: ProcessModel, definition_id: str) -> Spec:
    """Build the spec of a checked model. Raises KeyError for a node kind without a row in the element table."""
    from baton.runtime.elements import table

    spec = Spec(model, definition_id)
    table.process(spec)
    for node in model.nodes.values():
        table.element(spec, node)
    for flow in model.flows.values():
        spec.elements[flow.source].connect(spec.elements[flow.target])
    return spec
