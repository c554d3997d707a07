"""Sequence flows as task specs: a token that takes one goes on at its target in the same step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin

from baton.runtime.core.shared_parts import share_parts
from baton.runtime.core.token_state import TokenState

if TYPE_CHECKING:
    from baton.model.definition import Flow
    from baton.runtime.core.element import Element
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Passage


class SequenceFlow(BpmnSpecMixin):
    """One sequence flow between two elements; the library connects elements with flows, and flows with elements."""

    def __init__(self, spec: Spec, flow: Flow) -> None:
        super().__init__(spec, flow.id)
        share_parts(self)
        self.target: Element = spec.elements[flow.target]
        self.connect(self.target)

    def _update_hook(self, my_task: Passage) -> bool:
        """The library sends a token over this flow. A scope that has ended meanwhile takes no more."""
        if my_task.scope.is_alive:
            my_task.scope.spawn(self.target, TokenState(via=self.name))
        return False
