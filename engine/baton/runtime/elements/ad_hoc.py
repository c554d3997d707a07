"""Ad-hoc subprocess: its elements run in any order until the completion condition holds (§13.3.5).

Each element that nothing leads to runs once, all at a time or one after the other by ``ordering``; an active-elements
expression chooses which; more can be started from outside while it is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from baton.model.definition import Node
from baton.runtime.core.errors import StepFailed
from baton.runtime.data.expressions import compile_optional
from baton.runtime.elements.activity import LEAVE
from baton.runtime.elements.process import is_implicit_start
from baton.runtime.elements.sub_process import SubProcess
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token

CHECK = "check"


class AdHocSubProcess(SubProcess):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.condition = compile_optional(node.completion_condition)
        self.active = compile_optional(node.active_elements)

    def _execute(self, task: Token) -> bool | None:
        triggers.arm_event_subprocesses(task, self.name)
        self.start(task, self._first(task))
        return not task.inside and self.condition is None

    def start(self, token: Token, elements: Iterable[str]) -> None:
        """Start elements now, or in their turn when the ordering is sequential."""
        todo = [*(token.memory.todo or []), *elements]
        at_once = len(todo) if self.node.ordering == "Parallel" else 0 if token.inside else 1
        token.memory.todo = todo[at_once:] or None
        token.touch()
        for element in todo[:at_once]:
            token.spawn(self.spec.elements[element])

    def list_startable(self) -> list[str]:
        return [node.id for node in self.model.members.get(self.name, ()) if is_implicit_start(node)]

    def on_child_ended(self, scope: Token) -> None:
        """An element has completed: look at the condition in a step of its own, which can fail and be repeated."""
        if not scope.is_alive or scope.memory.body:
            return
        if scope.memory.revived is not None:
            super().on_child_ended(scope)
        else:
            scope.memory.at = CHECK
            scope.touch()
            scope.make_ready(first=True)

    def _run_hook(self, my_task: Token) -> bool | None:
        if my_task.memory.at == CHECK and not self._complete(my_task):
            return None
        return super()._run_hook(my_task)

    def _complete(self, scope: Token) -> bool:
        if scope.memory.complete or (self.condition is not None and self.condition.holds(scope)):
            scope.memory.todo = None
            scope.memory.complete = True
            scope.touch()
            if self.node.cancel_remaining:
                scope.workflow.cancel_children(scope)
        else:
            self.start(scope, ())
        over = not scope.inside and (self.condition is None or bool(scope.memory.complete))
        if over:
            scope.memory.at = LEAVE
            scope.touch()
        return over

    def _first(self, token: Token) -> list[str]:
        startable = self.list_startable()
        if self.active is None:
            return startable
        chosen = self.active.evaluate_texts(token)
        unknown = [element for element in chosen if element not in startable]
        if unknown:
            raise StepFailed(
                "failedJob",
                f"Expected elements of '{self.name}' that can be started ({', '.join(startable)}), "
                f"but found {', '.join(unknown)}",
            )
        return list(chosen)
