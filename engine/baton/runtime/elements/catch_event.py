"""Intermediate catch events: message, timer, signal, condition, link, multiple and parallel multiple (§13.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import EventKind, Node
from baton.runtime import triggers, variables
from baton.runtime.elements.base import FlowNode
from baton.runtime.events import codes
from baton.runtime.failures import close

if TYPE_CHECKING:
    from baton.model.records import Record
    from baton.model.values import Variables
    from baton.runtime.spec import Spec
    from baton.runtime.token import Token


class CatchEvent(FlowNode):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.events = codes(node)
        self.passes = not self.events or all(event.kind is EventKind.LINK for event in self.events)

    def execute(self, token: Token) -> bool | None:
        if self.passes or token.recall("received"):
            return True
        for record in token.workflow.waits.of_token(token.id):
            close(token.workflow, record)
        triggers.arm(token, self)
        return None

    def triggered(self, token: Token, record: Record, variables: Variables) -> None:  # noqa: ARG002
        self.receive(token, variables)

    def receive(self, token: Token, received: Variables) -> None:
        variables.set_visible(token, received)
        for record in token.workflow.waits.of_token(token.id):
            close(token.workflow, record)
        token.remember(received=True)
        token.make_ready()
