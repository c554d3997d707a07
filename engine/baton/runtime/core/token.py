"""A token: SpiffWorkflow's task, told its number, and counted by the workflow that owns it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from baton.model.called import CalledProcess, EndedProcess
from baton.runtime.core.token_state import TokenState

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.core.element import Element
    from baton.runtime.core.sequence_flow import SequenceFlow
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.workflow import TokenWorkflow


class Numbers(dict[int, None]):
    """The numbers of the tokens inside a token, in order. The library has a list, where removing is a search."""

    def append(self, number: int) -> None:
        self[number] = None

    def remove(self, number: int) -> None:
        del self[number]


class Passage(NamedTuple):
    """A token on its way over a sequence flow: what the library updates when a token has completed.

    It goes on in the same step, so it has no number and no row. ``scope`` is the token that it travels inside.
    """

    task_spec: SequenceFlow
    scope: Token

    def has_state(self, state: int) -> bool:
        return (TaskState.FUTURE & state) != 0


class Token(Task):
    """One running element instance.

    The tree holds what is alive and nothing else: a token's parent is the token of the scope it runs in, a completed
    token is taken out. ``data`` are the variables of the scope that the token opens, if any; ``memory`` is what its
    element needs to remember: ``touch`` the token after a change of it, so that its row is written.
    """

    id: int
    workflow: TokenWorkflow
    task_spec: Element
    spec: Spec
    """The definition that its element is of."""
    scope: Token
    """The token of the scope that it runs in; the root is its own."""
    is_alive: bool = True
    """Whether it is in the tree; ``TokenWorkflow.remove`` removes it permanently."""
    comes_first: bool = False
    """Whether the token, once ready, runs before all others that are."""
    passages: Sequence[Passage] = ()
    """Where a token that has completed goes on."""

    def __init__(
        self,
        workflow: TokenWorkflow,
        element: Element,
        parent: Token | None,
        number: int,
        state: TokenState | None = None,
    ) -> None:
        super().__init__(workflow, element, parent, state=TaskState.FUTURE, id=number)
        if number == 0:  # the library takes 0 for no id, and draws one
            del workflow.tasks[self.id]
            self.id = number
            workflow.tasks[number] = self
        self._children = self.inside = Numbers()
        self.spec = element.spec
        self.scope = self if parent is None else parent
        self.memory = TokenState() if state is None else state
        self.chosen: list[SequenceFlow] = []

    @property
    def children(self) -> list[Token]:
        """The living tokens inside this one. Of one that has completed the library asks here what to send on."""
        if self.passages:
            return cast("list[Token]", self.passages)
        if not self.inside:
            return []
        tasks = self.workflow.tasks
        return [tasks[number] for number in self.inside]

    def spawn(self, element: Element, state: TokenState | None = None) -> Token:
        """A new token of ``element`` inside this one, about to be entered."""
        workflow = self.workflow
        child = Token(workflow, element, self, workflow.take_number(), state)
        workflow.enter(child)
        element._update(child)  # pyright: ignore[reportPrivateUsage] -- SpiffWorkflow's own way into a task
        return child

    def touch(self) -> None:
        self.workflow.touched.add(self.id)

    def make_ready(self, *, first: bool = False) -> None:
        """Run this token (again) in this turn; ``first``: before all others that are ready."""
        self.comes_first = first
        self._ready()

    def wait(self) -> None:
        self._set_state(TaskState.WAITING)

    def choose(self, flows: Sequence[SequenceFlow]) -> None:
        """Leave by these flows when the work is done."""
        self._sync_children(list(flows), TaskState.FUTURE)

    def to_row(self) -> list[Value]:
        """The token as plain data: element, parent, state, memory, and its definition where the parent's differs, or
        where it is the scope of a called process, which lists read by itself."""
        parent = self.parent
        definition = self.spec.definition_id
        inherited = parent is not None and parent.spec.definition_id == definition and not self.task_spec.is_process
        values: list[Value] = [self.task_spec.name, self._parent, self._state, self.memory.to_row()]
        return values if inherited else [*values, definition]

    def make_called(self) -> CalledProcess:
        """The called process that the token is the scope of."""
        return CalledProcess(
            id=f"{self.workflow.instance_id}.{self.id}",
            definition_id=self.spec.definition_id,
            started_at=self.memory.since or 0,
            business_key=self.memory.business_key,
        )

    def make_ended(self, *, cancelled: bool) -> EndedProcess:
        """The same, which ends now."""
        caller = self.scope
        while not caller.task_spec.is_process:
            caller = caller.scope
        return EndedProcess(
            called=self.make_called(), ended_at=self.workflow.journal.now, cancelled=cancelled, caller=caller.id
        )

    def restore(self, state: int, memory: dict[str, Any]) -> None:
        """Set what a row says, without telling the workflow that anything changed."""
        self._state = state
        self.memory = TokenState.restore(memory)

    def _set_state(self, value: int) -> None:
        """Without the clock, and without the library's log line for each change."""
        self._state = value
        self.workflow.touched.add(self.id)

    def _add_child(self, task_spec: SequenceFlow, state: int = TaskState.MAYBE) -> None:  # noqa: ARG002
        """The library has chosen a flow: what comes of it is made when the token leaves."""
        self.chosen.append(task_spec)
