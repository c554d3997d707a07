"""Inclusive gateway: waits for whatever may still come, sends along every flow whose condition holds (§13.4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.runtime.core.reachability import Reachability
from baton.runtime.elements.joins import Join

if TYPE_CHECKING:
    from baton.model.definition import Node
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class InclusiveGateway(Join):
    """It joins when no token elsewhere in the scope can still reach an empty incoming flow.

    A token counts only if it cannot also reach a flow that has a token already: such a one would come through anyway
    (the standard's condition, which makes loops work). For that only sequence flows count: what a boundary event brings
    is another token than the one at its activity.
    """

    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.reachability = Reachability.from_model(spec.model)

    def complete(self, gate: Token) -> bool:
        return len(gate.memory.arrivals) >= len(self.node.incoming)

    def settle(self, token: Token) -> bool:
        arrived = token.memory.arrivals
        empty = [flow for flow in self.node.incoming if flow not in arrived]
        if any(self._may_come(other, empty, arrived) for other in token.scope.children if other is not token):
            return False
        self.release(token)
        return True

    def _may_come(self, other: Token, empty: list[str], arrived: dict[str, int]) -> bool:
        source = other.task_spec.name
        reach = self.reachability
        if not any(reach.leads(source, flow, past=self.name) for flow in empty):
            return False
        return not any(reach.leads_by_flows(source, flow, past=self.name) for flow in arrived)
