"""The process itself: the outermost scope of an instance, or of a called process inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from baton.model.definition import Node
from baton.model.elements import Split
from baton.model.records import InstanceState
from baton.runtime import failures
from baton.runtime.compensation import undoing
from baton.runtime.core.element import Element
from baton.runtime.core.errors import STEP_FAILURES
from baton.runtime.core.token_state import TokenState
from baton.runtime.data import inputs
from baton.runtime.elements import inline_listeners
from baton.runtime.events import triggers
from baton.schemas import PROPERTY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from baton.model.definition import ProcessModel
    from baton.model.records import Record
    from baton.model.values import Variables
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


OPENING, ENDING = "opening", "ending"


def list_first_nodes(model: ProcessModel, scope: str) -> list[Node]:
    """Where a scope begins: its none start events; without a start event every node that nothing leads to (§10.5.2,
    §13.3.4)."""
    starts = model.list_starts(scope)
    if starts:
        return [node for node in starts if not node.events]
    return [node for node in model.members.get(scope, ()) if is_implicit_start(node)]


def is_implicit_start(node: Node) -> bool:
    traits = node.traits
    if traits.starts_scope or traits.is_boundary or traits.triggered_by_event or node.incoming or node.for_compensation:
        return False
    return not any(event.kind == "link" for event in node.events if traits.is_intermediate and traits.catches)


class Process(Element):
    """Token 0 of an instance; inside a call activity, the scope of the called process."""

    is_process: ClassVar[bool] = True
    is_visible: ClassVar[bool] = False

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec, spec.model.id)
        self.first_nodes = list_first_nodes(self.model, self.model.id)
        self.initiators = [node.initiator for node in self.model.list_starts(self.model.id) if node.initiator]
        """Variables that get the user who starts an instance."""
        self.schemas = {
            node.id: (node, node.properties[PROPERTY]) for node in self.model.entries if PROPERTY in node.properties
        }
        """JSON Schemas of what starts it, by start events."""
        self.before = inline_listeners.compile_inline(self.model.listeners, inline_listeners.START)
        self.after = inline_listeners.compile_inline(self.model.listeners, inline_listeners.END)

    @property
    def label(self) -> str | None:
        return self.model.name

    def _update_hook(self, my_task: Token) -> bool:
        my_task.wait()
        return False

    def check_variables(self, values: Variables, start: str | None = None) -> None:
        """Raises BadRequest if variables do not fit the schema of the start event, or of each first node."""
        for id_ in (start,) if start is not None else (node.id for node in self.first_nodes):
            if id_ in self.schemas:
                inputs.check(*self.schemas[id_], values)

    def begin(self, scope: Token, start: str | None = None, before: Sequence[str] = ()) -> None:
        """Open the scope: at the start event where something came in, before elements, or at each first node.

        With start listeners that is done in a step of its own, after them.
        """
        if not self.before:
            self._open(scope, start, before)
            return
        scope.memory.at, scope.memory.start, scope.memory.todo = OPENING, start, list(before)
        scope.make_ready(first=True)

    def _run_hook(self, my_task: Token) -> None:
        """Only a process with listeners has steps: when it begins and when it ends."""
        memory = my_task.memory
        if memory.at == OPENING and inline_listeners.run_all(my_task, inline_listeners.START, self.before):
            start, before, memory.at, memory.start, memory.todo = memory.start, memory.todo or [], None, None, None
            my_task.touch()
            self._open(my_task, start, before)
        elif memory.at == ENDING and inline_listeners.run_all(my_task, inline_listeners.END, self.after):
            self._end(my_task)

    def _open(self, scope: Token, start: str | None, before: Sequence[str]) -> None:
        if self.model.id in self.model.event_subprocesses:
            self._arm(scope)
        elements = self.spec.elements
        if start is not None:
            self._begin_at(scope, start)
        for element in before:
            scope.spawn(elements[element])
        if start is None and not before:
            first = self.first_nodes
            if scope.id == 0:
                scope.workflow.start_element = first[0].id if len(first) == 1 else None
            for node in first:
                scope.spawn(elements[node.id])
        if not scope.inside:
            self.on_child_ended(scope)

    def _begin_at(self, scope: Token, element: str) -> None:
        """Begin where a message, signal or timer came in: at a start event, an instantiating receive task, or an event
        behind an instantiating gateway; a parallel one waits for its other events too (§13.4.4).
        """
        model, elements = self.model, self.spec.elements
        scope.spawn(elements[element], TokenState(received=True))
        for flow in model.nodes[element].incoming:
            gateway = model.nodes[model.flows[flow].source]
            if gateway.traits.split is Split.FIRST_EVENT and gateway.gateway_type == "Parallel":
                for other in gateway.outgoing:
                    if model.flows[other].target != element:
                        scope.spawn(elements[model.flows[other].target])

    def _arm(self, scope: Token) -> None:
        """Open the event subprocesses; one whose timer or name cannot be evaluated is an incident of the scope."""
        try:
            triggers.arm_event_subprocesses(scope, self.model.id)
        except STEP_FAILURES as error:
            failures.open_incident(scope, "expression", str(error))

    def on_child_ended(self, scope: Token) -> None:
        if scope.inside or not scope.is_alive:
            return
        if scope.memory.undoes is not None:
            undoing.complete_handler(scope)
        elif self.after:
            scope.memory.at = ENDING
            scope.make_ready(first=True)
        else:
            self._end(scope)

    def on_cancelled(self, token: Token) -> None:
        """Its end listeners run, unless it has not even begun."""
        if self.after and token.memory.at != OPENING:
            inline_listeners.run_cancelled(token, self.after)

    def _end(self, scope: Token) -> None:
        if scope.id == 0:
            scope.workflow.end(InstanceState.COMPLETED)
        else:
            scope.scope.task_spec.on_called_ended(scope.scope)

    def on_triggered(self, token: Token, record: Record, variables: Variables) -> None:
        triggers.start_event_subprocess(token, self.spec.elements[record.element], variables)
