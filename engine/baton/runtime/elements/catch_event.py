"""Intermediate catch events: message, timer, signal, condition, link, multiple and parallel multiple (§13.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from baton.model.definition import EventKind, Node
from baton.model.events import EventType
from baton.model.records import Job
from baton.runtime.core.token_state import TokenState
from baton.runtime.data.expressions import CompiledMapping
from baton.runtime.data.variables import set_local, set_visible
from baton.runtime.elements.flow_node import FlowNode
from baton.runtime.events import triggers
from baton.runtime.events.definitions import compile_events

if TYPE_CHECKING:
    from baton.model.records import Record
    from baton.model.values import Value, Variables
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class CatchEvent(FlowNode):
    is_eager: ClassVar[bool] = True

    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.events = compile_events(node)
        self.input_mappings = tuple((mapping.name, CompiledMapping(mapping.value)) for mapping in node.inputs)
        self.passes = not self.events or all(event.kind is EventKind.LINK for event in self.events)

    def _execute(self, task: Token) -> bool | None:
        if self.passes or task.memory.received:
            if (
                self.input_mappings and not task.data
            ):  # behind an event-based gateway the event has not waited, and so not mapped, itself
                self._map_inputs(task)
            if self.has_outputs:
                self.map_outputs(task)
            return True
        task.workflow.waits.close_of_token(task.id)
        if self.input_mappings:
            self._map_inputs(task)
        triggers.arm(task, self)
        return None

    def _map_inputs(self, token: Token) -> None:
        """Input mappings are local to the event: what it waits for, and what it is correlated by, may need them."""
        mapped: dict[str, Value] = {}
        for name, code in self.input_mappings:
            mapped[name] = code.evaluate_at(token, mapped)
        set_local(token, mapped)

    def on_triggered(self, token: Token, record: Record, variables: Variables) -> None:
        cycles = isinstance(record, Job) and record.repeat is not None
        if cycles and token.workflow.waits.get(Job, record.id) is not None:
            self._again(token)
            return
        if variables:
            set_visible(token, variables)
        token.workflow.waits.close_of_token(token.id)
        token.memory.received = True
        token.make_ready()

    def _again(self, token: Token) -> None:
        """A timer cycle goes on: a token leaves for this occurrence, this one waits for the next (§10.5.5)."""
        workflow, scope = token.workflow, token.scope
        self._choose(token)
        flows, token.chosen = token.chosen, []
        for flow in flows:
            workflow.journal.record(EventType.FLOW_TAKEN, flow.name, token.id, {"flow": flow.name})
            scope.spawn(flow.target, TokenState(via=flow.name))
