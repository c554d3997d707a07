"""What all activities share: mappings, boundary events, asynchronous continuations, loops, the ledger entry.

A token remembers in ``at`` how far it is, so that a step that failed, or waits for a job, goes on exactly there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.attributes import Script
from baton.model.definition import Node
from baton.model.events import EventType
from baton.runtime.compensation import recording, undoing
from baton.runtime.data import associations, variables
from baton.runtime.data.expressions import CompiledMapping
from baton.runtime.elements import inline_listeners, listeners, loops
from baton.runtime.events import triggers
from baton.runtime.events.definitions import compile_events
from baton.schemas import PROPERTY

if TYPE_CHECKING:
    from baton.model.records import Record
    from baton.model.values import Value, Variables
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token

BEGIN, STARTED, LEAVE, ENDING, LEFT = "begin", "started", "leave", "ending", "left"


class Activity(loops.Repeatable):
    def __init__(self, spec: Spec, node: Node, **kwargs: object) -> None:
        super().__init__(spec, node, **kwargs)
        self.events = compile_events(node)
        self.input_mappings = tuple((mapping.name, CompiledMapping(mapping.value)) for mapping in node.inputs)
        self.start_listeners = listeners.compile_listeners(node, listeners.START)
        self.end_listeners = listeners.compile_listeners(node, listeners.END)
        self.repeats = self.loop is not None
        self.schema = node.properties.get(PROPERTY) if node.properties else None
        """JSON Schema of what completes it."""
        traits = node.traits
        self.is_recorded = traits.is_scope or traits.calls_process or recording.find_handler(self) is not None
        """Whether there may be something to undo when it completes: by what ran inside, or by a handler."""
        self.is_async = node.async_before or node.async_after or node.inner_async_before or node.inner_async_after

    # -- what kinds of activity override --------------------------------------------------------------------------

    def conclude(self, token: Token) -> None:
        """The work is done, its output mappings are not: a place to set variables."""

    def is_body(self, token: Token) -> bool:
        return self.repeats and not token.memory.inner and token.memory.revived is None

    def _record(self, token: Token) -> None:
        """It has completed: into the ledger, if it can be undone."""
        recording.record(token, self, token)

    # -- the way of a token -----------------------------------------------------------------------------------------

    def _update_hook(self, my_task: Token) -> bool:
        if my_task.memory.revived is not None:
            return False
        single = self.node.start_quantity <= 1 or my_task.memory.inner or my_task.memory.undoes is not None
        return (single or self._gather(my_task)) and super()._update_hook(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        """An activity remembers in ``at`` what a node without steps of its own remembers in ``job``."""
        if not self._proceed(my_task):
            return None
        if my_task.memory.undoes is None and not my_task.memory.inner:
            self._choose(my_task)
            return not self.on_flow or self._listen_on_flows(my_task) or None
        return True

    def is_at_work(self, token: Token) -> bool:
        return token.memory.at not in (None, ENDING, LEFT) and not token.memory.body

    def _proceed(self, token: Token) -> bool | None:
        """Go on from the step in ``at``; True when all are done."""
        at = token.memory.at
        if at is None and self.is_async and self._postponed(token, before=True):
            return None
        if at in (None, BEGIN) and not self._begin(token):
            return None
        if at == STARTED and not self._start(token):
            return None
        if at == loops.NEXT and not loops.proceed(self, token):
            return None
        if at not in (ENDING, LEFT) and not self._conclude(token):
            return None
        return True if at == LEFT else self._end(token) or None

    def resume(self, token: Token) -> None:
        """What the token waited for has happened, its work or a listener's; it goes on in this turn."""
        if token.memory.hearing:
            listeners.finish_listener(token)
        else:
            token.memory.at = LEAVE
        token.make_ready()

    def _on_complete_hook(self, my_task: Token) -> None:
        if my_task.memory.undoes is not None:
            undoing.complete_handler(my_task)
        elif my_task.memory.inner:
            loops.complete_iteration(self, my_task)
        else:
            super()._on_complete_hook(my_task)

    def on_iteration_ended(self, body: Token) -> None:
        loops.count_next(body)

    def on_triggered(self, token: Token, record: Record, variables: Variables) -> None:
        element = self.spec.elements[record.element]
        if record.element == self.name:
            self.on_received(token, variables)
        else:
            triggers.fire_boundary(token, element, variables)

    def on_received(self, token: Token, received: Variables) -> None:
        variables.set_visible(token, received)
        self.resume(token)

    # -- steps ----------------------------------------------------------------------------------------------------

    def _begin(self, token: Token) -> bool:
        """Enter the activity; starting over after a failure leaves nothing twice."""
        token.memory.at = BEGIN
        token.memory.heard = None
        token.memory.hearing = None
        token.memory.ran = None
        token.touch()
        if token.inside:
            token.workflow.cancel_children(token)
        token.workflow.waits.close_of_token(token.id)
        if self.boundaries and not token.memory.inner:
            triggers.arm_boundaries(token, self.boundaries)
        if self.repeats and self.is_body(token):
            return loops.begin(self, token)
        if self.node.input_data:
            associations.read(token, self.node.input_data)
        if self.input_mappings:
            self._map_inputs(token)
        if self.node.pre_script is not None:
            self._run_script(token, self.node.pre_script)
        return self._start(token)

    def _start(self, token: Token) -> bool:
        token.memory.at = STARTED
        token.touch()
        return (
            (not self.before or inline_listeners.run_all(token, inline_listeners.START, self.before))
            and (not self.start_listeners or listeners.call(token, self.start_listeners))
            and bool(self._execute(token))
        )

    def _run_script(self, token: Token, script: Script) -> None:
        variables.set_visible(token, token.workflow.script_engine.run(token, script).variables_set)

    def _map_inputs(self, token: Token) -> None:
        mapped: dict[str, Value] = {}
        for name, code in self.input_mappings:
            set_path(mapped, name, code.evaluate_at(token, mapped))
        variables.set_local(token, mapped)

    def _conclude(self, token: Token) -> bool:
        """The work is done: what comes of it, the listeners, then the outputs. False if a listener threw an error."""
        token.memory.at = LEAVE
        token.touch()
        if not token.memory.body:
            self.conclude(token)
            if self.after and not inline_listeners.run_all(token, inline_listeners.END, self.after):
                return False
            if self.node.output_data:
                associations.write(token, self.node.output_data)
            if self.node.post_script is not None:
                self._run_script(token, self.node.post_script)
            if self.output_mappings:
                self.map_outputs(token)
        token.memory.at = ENDING
        token.memory.heard = None
        token.touch()
        return True

    def _end(self, token: Token) -> bool:
        """Call the last listeners, then the activity has completed: it goes into the ledger, nothing stays open."""
        if not token.memory.body:
            if self.end_listeners and not listeners.call(token, self.end_listeners):
                return False
            if self.is_recorded:
                self._record(token)
        token.workflow.waits.close_of_token(token.id)
        token.memory.at = LEFT
        token.touch()
        return not (self.is_async and self._postponed(token, before=False))

    def map_outputs(self, token: Token) -> None:
        mapped: dict[str, Value] = {}
        for name, code in self.output_mappings:
            set_path(mapped, name, code.evaluate_at(token, mapped))
        variables.set_visible(token.scope, mapped)

    def _postponed(self, token: Token, *, before: bool) -> bool:
        """Whether an asynchronous continuation comes first (``camunda:asyncBefore``, ``asyncAfter``)."""
        node, inner = self.node, bool(token.memory.inner)
        after = node.inner_async_after if inner else node.async_after
        if not ((node.inner_async_before if inner else node.async_before) if before else after):
            return False
        token.memory.at = BEGIN if before else LEFT
        self.postpone(token)
        return True

    def _gather(self, token: Token) -> bool:
        """Wait until ``startQuantity`` tokens have come (§13.3.2)."""
        workflow = token.workflow
        gate = workflow.tasks.get(workflow.parked.get((token.scope.id, self.name), -1))
        if gate is None:
            token.memory.gathered = 1
            token.touch()
            workflow.park(token)
            token.wait()
            return False
        gate.memory.gathered = (gate.memory.gathered or 0) + 1
        gate.touch()
        workflow.journal.record(EventType.TOKEN_MERGED, self.name, token.id, {"into": gate.id})
        workflow.remove(token)
        if (gate.memory.gathered or 0) >= self.node.start_quantity:
            workflow.unpark(gate)
            gate.memory.gathered = None
            gate.touch()
            gate.make_ready()
        return False


def set_path(target: dict[str, Value], path: str, value: Value) -> None:
    """Set ``a.b.c`` inside a mapping, making the contexts on the way (``zeebe:`` targets)."""
    *parents, last = path.split(".")
    for name in parents:
        inner = target.get(name)
        if not isinstance(inner, dict):
            inner = target[name] = {}
        target = inner
    target[last] = value
