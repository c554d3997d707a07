"""Listeners that are an expression or a script: run in place at their event, in the order of the model.

A listener that fails stops the step: the token stays there, and repeating the step goes on with that listener.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.expression.scripts import BpmnErrorRaised
from baton.model.definition import Listener
from baton.runtime.core.errors import STEP_FAILURES
from baton.runtime.data import variables
from baton.runtime.data.expressions import compile_optional
from baton.runtime.events import propagation
from baton.runtime.failures import open_incident

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from baton.runtime.core.token import Token

START, END, TAKE = "start", "end", "take"
ORDER = (START, END, TAKE)


class InlineListener:
    """An expression or script, compiled."""

    def __init__(self, listener: Listener) -> None:
        self.event = listener.event
        self.expression = compile_optional(listener.expression)
        self.script = listener.script

    def run(self, token: Token, *, cancelled: bool = False) -> None:
        """Raises ExpressionError, or BpmnErrorRaised."""
        workflow = token.workflow
        workflow.listening = self.event, cancelled
        try:
            if self.expression is not None:
                self.expression.evaluate_at(token)
            elif self.script is not None:
                variables.set_visible(token, workflow.script_engine.run(token, self.script).variables_set)
        finally:
            workflow.listening = None


def compile_inline(listeners: Iterable[Listener], event: str) -> tuple[InlineListener, ...]:
    """The execution listeners of a node or flow for the event that run in place."""
    return tuple(
        InlineListener(listener)
        for listener in listeners
        if listener.is_inline and not listener.of_task and listener.event == event
    )


def run_all(token: Token, event: str, listeners: Sequence[InlineListener]) -> bool:
    """Run those that have not run yet; False if one has thrown a BPMN error, and the token does not go on from here."""
    while (done := _count_run(token, event, len(listeners))) < len(listeners):
        try:
            listeners[done].run(token)
        except BpmnErrorRaised as error:
            propagation.throw_error(token, error.code, error.message)
            return False
        token.memory.ran = [event, done + 1]
        token.touch()
    return True


def run_cancelled(token: Token, listeners: Sequence[InlineListener]) -> None:
    """The node is left by a cancellation: its end listeners run nevertheless. A failing one cannot stop that, and is
    an incident of the scope around."""
    for listener in listeners[_count_run(token, END, len(listeners)) :]:
        try:
            listener.run(token, cancelled=True)
        except (*STEP_FAILURES, BpmnErrorRaised) as error:
            open_incident(token.scope, "expression", f"A listener of '{token.task_spec.name}' failed: {error}")


def _count_run(token: Token, event: str, count: int) -> int:
    """How many of ``count`` have run: a step that is repeated may be past its first events."""
    if token.memory.ran is None:
        return 0
    latest, ran = token.memory.ran
    if latest == event:
        return int(ran)
    return count if ORDER.index(latest) > ORDER.index(event) else 0
