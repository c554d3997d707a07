"""Event-based gateway: the first of the events behind it decides; all wait at the gateway's token (§13.4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from baton.model.events import EventType
from baton.runtime.core.token_state import TokenState
from baton.runtime.data import variables
from baton.runtime.elements.flow_node import FlowNode
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from baton.model.records import Record
    from baton.model.values import Variables
    from baton.runtime.core.token import Token


class EventBasedGateway(FlowNode):
    is_eager: ClassVar[bool] = True

    def _execute(self, task: Token) -> bool | None:
        task.workflow.waits.close_of_token(task.id)
        for flow in self.outgoing:
            triggers.arm(task, self.spec.elements[flow.target])
        return None

    def on_triggered(self, token: Token, record: Record, variables: Variables) -> None:
        """The token passes through the event that came; the other ways are closed with it."""
        self.pass_to(token, record.element, variables)

    def pass_to(self, token: Token, element: str, received: Variables) -> None:
        workflow, scope = token.workflow, token.scope
        flow = next(flow for flow in self.outgoing if flow.target == element)
        workflow.journal.record(EventType.ELEMENT_COMPLETED, self.name, token.id)
        workflow.journal.record(EventType.FLOW_TAKEN, flow.id, token.id, {"flow": flow.id})
        variables.set_visible(token, received)
        workflow.remove(token)
        scope.spawn(self.spec.elements[element], TokenState(via=flow.id, received=True))
