"""Exclusive gateway: the first flow whose condition holds, in the order of the model (§13.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.mixins import ExclusiveGatewayMixin
from SpiffWorkflow.exceptions import WorkflowException

from baton.runtime.data.expressions import ALWAYS, Condition
from baton.runtime.elements.flow_node import FlowNode

if TYPE_CHECKING:
    from baton.model.definition import Flow
    from baton.runtime.core.token import Token


class ExclusiveGateway(FlowNode, ExclusiveGatewayMixin):
    """The library chooses. It takes a flow without a condition for the default, so one that is not the default is given
    a condition that always holds.
    """

    def _condition_of(self, flow: Flow) -> Condition | None:
        if flow.id == self.node.default:
            return None
        free = None if len(self.outgoing) == 1 else ALWAYS
        return Condition(flow.condition) if flow.condition is not None else free

    def _choose(self, token: Token) -> None:
        if not self.outgoing:
            return
        token.workflow.spec = self.spec
        try:
            ExclusiveGatewayMixin._run_hook(self, token)
        except WorkflowException as error:
            raise self.make_no_way_out() from error
