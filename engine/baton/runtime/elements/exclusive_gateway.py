"""Exclusive gateway: the first flow whose condition holds, in the order of the model (§13.4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from baton.model.definition import Flow
from baton.runtime.elements.base import FlowNode

if TYPE_CHECKING:
    from baton.runtime.token import Token


class ExclusiveGateway(FlowNode):
    def select(self, token: Token) -> Sequence[Flow]:
        if len(self.outgoing) == 1 and self.outgoing[0].id not in self.conditions:
            return self.outgoing
        for flow in self.outgoing:
            if flow.id == self.node.default:
                continue
            if flow.id not in self.conditions or self.conditions[flow.id].holds(token):
                return (flow,)
        return self.default_flow() if self.outgoing else ()
