"""Boundary events: their activity waits for them; a token is here only when one has happened."""

from __future__ import annotations

from baton.model.definition import Node
from baton.runtime.elements.base import FlowNode
from baton.runtime.events import codes
from baton.runtime.spec import Spec
from baton.runtime.token import Token


class BoundaryEvent(FlowNode):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.events = codes(node)

    def _execute(self, task: Token) -> bool | None:
        self.map_outputs(task)
        return True
