"""Complex gateway: an activation condition says when enough has come (§13.4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import Node
from baton.model.events import EventType
from baton.runtime.core.reachability import Reachability
from baton.runtime.core.token_state import TokenState
from baton.runtime.data.expressions import compile_optional
from baton.runtime.elements.joins import Join

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class ComplexGateway(Join):
    """Two phases. It waits for its start until ``activationCondition`` holds, with ``activationCount`` the number of
    flows that have brought a token, or without a condition until every flow has. It then fires, and waits for its
    reset: tokens that still come over the other flows are taken in until no more can, as at an inclusive gateway.
    ``waitingForStart`` tells the outgoing conditions which phase it is; flows are taken on reset only if their
    condition says so explicitly.
    """

    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.activation = compile_optional(node.activation)
        self.reachability = Reachability.from_model(spec.model)

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.node.incoming) < 2 or my_task.memory.past:
            return True
        gate = self.gather(my_task)
        if not gate.memory.fired:
            gate.make_ready(first=True)
        return False

    def _execute(self, task: Token) -> bool | None:
        if not task.memory.parked:
            return True
        if self.complete(task):
            task.memory.fired = True
            task.touch()
            task.scope.spawn(self, TokenState(past=True))
        return None

    def complete(self, gate: Token) -> bool:
        arrived = gate.memory.arrivals
        if self.activation is None:
            return len(arrived) >= len(self.node.incoming)
        counts: dict[str, Value] = {f"activationCount_{flow}": count for flow, count in arrived.items()}
        return self.activation.holds(gate, {**counts, "activationCount": len(arrived), "waitingForStart": True})

    def _choose(self, token: Token) -> None:
        """The library's conditions do not provide ``waitingForStart``."""
        if not self.outgoing:
            return
        extra: dict[str, Value] = {"waitingForStart": True}
        chosen = [
            self.spec.flows[flow]
            for condition, flow in self.cond_task_specs
            if flow != self.node.default and (condition is None or condition.args[0].holds(token, extra))
        ]
        token.choose(chosen or [self.get_default_flow()])

    def settle(self, token: Token) -> bool:
        """Reset when nothing can come any more over the flows that have brought nothing."""
        arrived = token.memory.arrivals
        empty = [flow for flow in self.node.incoming if flow not in arrived]
        others = [other for other in token.scope.children if other is not token]
        reach = self.reachability
        if any(reach.leads(o.task_spec.name, flow, past=self.name) for o in others for flow in empty):
            return False
        if not token.memory.fired:
            return False
        workflow, scope = token.workflow, token.scope
        workflow.journal.record(EventType.ELEMENT_COMPLETED, self.name, token.id)
        workflow.remove(token)
        scope.task_spec.on_child_ended(scope)
        return True
