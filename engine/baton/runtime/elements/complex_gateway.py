"""Complex gateway: an activation condition says when enough has come (§13.4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from baton.model.definition import Flow, Node
from baton.model.events import EventType
from baton.runtime.elements.joins import Join
from baton.runtime.expressions import maybe
from baton.runtime.reachability import Reachability

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.spec import Spec
    from baton.runtime.token import Token


class ComplexGateway(Join):
    """Two phases. It waits for its start until ``activationCondition`` holds, with ``activationCount`` the number of
    flows that have brought a token, or without a condition until every flow has. It then fires, and waits for its
    reset: tokens that still come over the other flows are taken in until no more can, as at an inclusive gateway.
    ``waitingForStart`` tells the outgoing conditions which phase it is; flows are taken on reset only if their
    condition says so explicitly.
    """

    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.activation = maybe(node.activation)
        self.reachability = Reachability.of(spec.model)

    def arrive(self, token: Token) -> bool:
        if len(self.node.incoming) < 2 or token.recall("past"):
            return True
        gate = self.gather(token)
        if not gate.recall("fired"):
            gate.make_ready(first=True)
        return False

    def execute(self, token: Token) -> bool | None:
        if not token.recall("parked"):
            return True
        if self.complete(token):
            token.remember(fired=True)
            token.scope.spawn(self, past=True)
        return None

    def complete(self, gate: Token) -> bool:
        arrived = gate.recall("arrived")
        if self.activation is None:
            return len(arrived) >= len(self.node.incoming)
        counts: dict[str, Value] = {f"activationCount_{flow}": count for flow, count in arrived.items()}
        return self.activation.holds(gate, {**counts, "activationCount": len(arrived), "waitingForStart": True})

    def select(self, token: Token) -> Sequence[Flow]:
        extra: dict[str, Value] = {"waitingForStart": True}
        chosen = [
            flow
            for flow in self.outgoing
            if flow.id != self.node.default
            and (flow.id not in self.conditions or self.conditions[flow.id].holds(token, extra))
        ]
        return chosen or (self.default_flow() if self.outgoing else ())

    def settle(self, token: Token) -> bool:
        """Reset when nothing can come any more over the flows that have brought nothing."""
        arrived = token.recall("arrived")
        empty = [flow for flow in self.node.incoming if flow not in arrived]
        others = [other for other in token.scope.children if other is not token]
        reach = self.reachability
        if any(reach.leads(o.task_spec.name, flow, past=self.name) for o in others for flow in empty):
            return False
        if not token.recall("fired"):
            return False
        workflow, scope = token.workflow, token.scope
        workflow.journal.event(EventType.ELEMENT_COMPLETED, self.name, token.id)
        workflow.remove(token)
        scope.task_spec.child_ended(scope)
        return True
