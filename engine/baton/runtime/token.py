"""A token: SpiffWorkflow's task, told its number and the time, and counted by the workflow that owns it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.elements.base import Element
    from baton.runtime.spec import Spec
    from baton.runtime.workflow import TokenWorkflow


class Token(Task):
    """One running element instance.

    The tree holds what is alive and nothing else: a token's parent is the token of the scope it runs in, a completed
    token is taken out. ``data`` are the variables of the scope that the token opens, if any; ``internal_data`` is what
    its element needs to remember. SpiffWorkflow's constructor is not called: it draws a random id and reads the clock.
    """

    id: int
    workflow: TokenWorkflow
    task_spec: Element

    def __init__(self, workflow: TokenWorkflow, element: Element, parent: Token | None, number: int) -> None:
        self.id = number
        self.workflow = workflow
        self.task_spec = element
        self._parent = parent.id if parent is not None else None
        self._children: dict[int, None] = {}
        self._state = TaskState.FUTURE
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Value] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0
        if parent is not None:
            parent._children[number] = None
        workflow.tasks[number] = self

    @property
    def parent(self) -> Token | None:
        return self.workflow.tasks.get(self._parent)

    @property
    def scope(self) -> Token:
        """The token of the scope that this token runs in; the root is its own."""
        return self.workflow.tasks[self._parent] if self._parent is not None else self

    @property
    def children(self) -> list[Token]:
        tasks = self.workflow.tasks
        return [tasks[number] for number in self._children]

    @property
    def has_children(self) -> bool:
        return bool(self._children)

    @property
    def spec(self) -> Spec:
        return self.task_spec.spec

    @property
    def is_alive(self) -> bool:
        return self.workflow.tasks.get(self.id) is self

    def spawn(self, element: Element, **memory: object) -> Token:
        """A new token of ``element`` inside this one, about to be entered."""
        child = Token(self.workflow, element, self, self.workflow.next_number())
        child.internal_data.update(memory)
        self.workflow.entered(child)
        element._update(child)  # pyright: ignore[reportPrivateUsage] -- SpiffWorkflow's own way into a task
        return child

    def recall(self, name: str, default: Any = None) -> Any:
        """What ``remember`` kept, or the default."""
        return self.internal_data.get(name, default)

    def remember(self, **memory: object) -> None:
        """Keep something for this token over turns; None forgets."""
        for name, value in memory.items():
            if value is None:
                self.internal_data.pop(name, None)
            else:
                self.internal_data[name] = value
        self.workflow.touch(self)

    def make_ready(self, *, first: bool = False) -> None:
        """Run this token (again) in this turn; ``first``: before all others that are ready."""
        self._state = TaskState.READY
        self.workflow.queue(self, first=first)

    def wait(self) -> None:
        self._set_state(TaskState.WAITING)

    def cancel(self) -> None:
        """Take the token and all inside it out of the tree, innermost first."""
        self.workflow.cancel_token(self)

    def _set_state(self, value: int) -> None:
        self._state = value
        self.workflow.touch(self)

    def row(self) -> list[Value]:
        """The token as plain data: element, parent, state, memory, and its definition where the parent's differs."""
        parent = self.parent
        definition = self.spec.definition_id
        inherited = parent is not None and parent.spec.definition_id == definition
        values: list[Value] = [self.task_spec.name, self._parent, self._state, dict(self.internal_data)]
        return values if inherited else [*values, definition]

    def restore(self, state: int, memory: dict[str, Value]) -> None:
        """Set what a row says, without telling the workflow that anything changed."""
        self._state = state
        self.internal_data = cast("dict[str, Any]", memory)
