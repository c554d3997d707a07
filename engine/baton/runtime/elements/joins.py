"""Tokens that wait for each other at a gateway: one parked token counts what has come, by incoming flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.events import EventType
from baton.runtime.core.token_state import TokenState
from baton.runtime.elements.flow_node import FlowNode

if TYPE_CHECKING:
    from baton.runtime.core.token import Token


class Join(FlowNode):
    """A gateway that may wait. What came over each flow is counted, so that excess tokens stay for the next round."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.node.incoming) < 2:
            return True
        gate = self.gather(my_task)
        if self.complete(gate):
            self.release(gate)
        return False

    def complete(self, gate: Token) -> bool:
        """Whether enough has come over the incoming flows."""
        raise NotImplementedError

    def gather(self, token: Token) -> Token:
        """Count the token at the gateway's parked token, which it becomes if it is the first."""
        workflow = token.workflow
        flow = self._flow_of(token)
        gate = workflow.tasks.get(workflow.parked.get((token.scope.id, self.name), -1))
        if gate is None:
            token.memory.arrived = {flow: 1}
            token.touch()
            workflow.park(token)
            token.wait()
            return token
        arrived = dict(gate.memory.arrivals)
        arrived[flow] = arrived.get(flow, 0) + 1
        gate.memory.arrived = arrived
        gate.touch()
        workflow.journal.record(EventType.TOKEN_MERGED, self.name, token.id, {"into": gate.id})
        workflow.remove(token)
        return gate

    def release(self, gate: Token) -> None:
        """One token of each flow goes on as one; what is left over waits again in a token of its own."""
        workflow = gate.workflow
        left = {flow: count - 1 for flow, count in gate.memory.arrivals.items() if count > 1}
        workflow.unpark(gate)
        gate.memory.arrived = None
        gate.touch()
        if left:
            self._park_rest(gate, left)
        gate.make_ready()

    def _park_rest(self, gate: Token, left: dict[str, int]) -> None:
        first, *others = [flow for flow, count in left.items() for _ in range(count)]
        rest = gate.scope.spawn(self, TokenState(via=first))
        for flow in others:
            rest.scope.spawn(self, TokenState(via=flow))

    def _flow_of(self, token: Token) -> str:
        """The flow the token came by; one that an operator put here counts for the first flow that is missing."""
        via = token.memory.via
        if via in self.node.incoming:
            return str(via)
        gate = token.workflow.tasks.get(token.workflow.parked.get((token.scope.id, self.name), -1))
        arrived: dict[str, int] = gate.memory.arrivals if gate is not None else {}
        return next((flow for flow in self.node.incoming if flow not in arrived), self.node.incoming[0])
