"""Boundary events: their activity waits for them; a token is here only when one has happened."""

from __future__ import annotations

from baton.model.definition import Node
from baton.runtime.core.spec import Spec
from baton.runtime.core.token import Token
from baton.runtime.elements.flow_node import FlowNode
from baton.runtime.events.definitions import compile_events


class BoundaryEvent(FlowNode):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.events = compile_events(node)

    def _execute(self, task: Token) -> bool | None:
        if self.has_outputs:
            self.map_outputs(task)
        return True
