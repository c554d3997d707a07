"""SpiffWorkflow's workflow with its tasks indexed: what is ready is queued, what waits is found without a search.

Every step costs the same however large or old the instance is: the tree holds only what is alive, and nothing scans it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from baton.model.called import CalledProcess, EndedProcess
from baton.model.declared import FIELD, get_declaration
from baton.model.events import EventType
from baton.model.records import InstanceState
from baton.model.times import to_datetime
from baton.model.values import Value
from baton.runtime.core.errors import STEP_FAILURES
from baton.runtime.core.hooks import HOOKS
from baton.runtime.core.journal import Journal
from baton.runtime.core.ledger import Ledger
from baton.runtime.core.ports import run_untimed
from baton.runtime.core.token import Token
from baton.runtime.core.waits import Waits

if TYPE_CHECKING:
    from baton.runtime.core.ports import Ports
    from baton.runtime.core.spec import Spec


class TokenWorkflow(BpmnWorkflow):
    """All tokens of one instance, and what they share. ``root`` (number 0) is the instance's own scope."""

    tasks: dict[int, Token]

    def __init__(self, instance_id: str, spec: Spec, ports: Ports) -> None:
        super().__init__(spec, script_engine=ports.script_engine, deserializing=True)
        self.task_tree = None  # the root comes with the start
        self.instance_id = instance_id
        self.ports = ports
        self.journal = Journal()
        self.waits = Waits(self.journal)
        self.ledger = Ledger(self.journal)
        self.numbers = 0
        self.state = InstanceState.ACTIVE
        self.is_started = False
        self.business_key: str | None = None
        self.tenant_id: str | None = None
        self.root_definition = spec.definition_id
        self.start_element: str | None = None
        self.started_by: str | None = None
        self.end_element: str | None = None
        self.reason: str | None = None
        self.active_counts: Counter[str] = Counter()
        self.visits: dict[int, dict[str, list[int]]] = {}
        self.completed_activities: set[str] = set()
        """Activities of the model, not of those that it calls, that have completed at least once."""
        self.parked: dict[tuple[int, str], int] = {}
        self.undo_queues: dict[int, list[Any]] = {}
        self.throwers: set[int] = set()
        self._values: dict[int, dict[str, Value]] = {}
        self.ready: deque[Token] = deque()
        """Tokens in the order in which they run; one that has ended meanwhile, or waits again, is skipped."""
        self._running: Token | None = None
        self._settled = False
        self.touched: set[int] = set()
        """Numbers of the tokens whose rows this turn writes."""
        self._stored: set[int] = set()
        self.changed_variables: set[tuple[str, str]] = set()
        """Name and kind of change (create, update, delete) since conditions were last evaluated."""
        self.new_conditions: set[str] = set()
        self.given_task: Mapping[str, Value] | None = None
        """What the command that creates a task says of it."""
        self.listening: tuple[str, bool] | None = None
        """The event of the listener that runs now, and whether its node is being cancelled."""
        self.time_is_up = run_untimed()
        self.failure: str | None = None
        """Why the first step failed that the command at hand has led to; those that undo do not count."""
        self.pending = False
        """Whether the state says what the turn before has left."""
        self.called_begun: dict[int, Token] = {}
        """The scopes of called processes that this turn has opened, by number."""
        self.called_over: list[CalledProcess] = []
        self.called_ended: list[EndedProcess] = []

    # -- tokens -------------------------------------------------------------------------------------------------

    @property
    def root(self) -> Token:
        return self.tasks[0]

    @property
    def suspended(self) -> bool:
        return self.state is InstanceState.SUSPENDED

    def take_number(self) -> int:
        """The next free number; tokens and records share the count, so that a number names one thing."""
        self.numbers += 1
        return self.numbers

    def take_id(self) -> str:
        return f"{self.instance_id}.{self.take_number()}"

    def open_root(self, spec: Spec) -> Token:
        root = Token(self, spec.root, None, 0)
        self.task_tree, self.is_started = root, True
        root.touch()
        return root

    def enter(self, token: Token) -> None:
        """A token has come to its element: count it, note how often and when (by the ledger and by the history) the
        element was come to, and write it into history."""
        element, memory = token.task_spec, token.memory
        name, scope = element.name, token.scope
        if element.is_visible:
            self.active_counts[name] += 1
        if element.is_node and not memory.inner:
            visits = self.visits.setdefault(scope.id, {})
            count = visits[name][0] + 1 if name in visits else 1
            visits[name] = visit = [count, self.ledger.last, self.journal.position]
            self.journal.write(f"e{scope.id}/{name}", list[Value](visit))
        data: dict[str, Value] = {"parent": scope.id} if scope.id else {}
        if element.repeats and element.is_body(token):
            data["body"] = True
        if element.is_process:
            data["called"] = token.spec.definition_id
            self.called_begun[token.id] = token
        self.journal.record(EventType.ELEMENT_ENTERED, name, token.id, data)
        memory.since = self.journal.now
        self.touched.add(token.id)

    def hide(self, token: Token) -> None:
        """The token is not a place where the instance is any more: the tokens inside it are."""
        self._count_out(token.task_spec.name)

    def set_value(self, token: Token, name: str, value: Value) -> None:
        """Keep a value for as long as the token lives, in a field of its own (a row is written as a whole)."""
        self._values.setdefault(token.id, {})[name] = value
        self.journal.write(f"b{token.id}/{name}", value)

    def get_value(self, token: Token, name: str) -> Value:
        return self._values.get(token.id, {}).get(name)

    def restore_value(self, number: int, name: str, value: Value) -> None:
        self._values.setdefault(number, {})[name] = value

    def erase_variable(self, token: Token, name: str) -> None:
        """Take a variable out of the stored state."""
        field = f"v{token.id}/{name}"
        self.journal.erase(field)
        if get_declaration(token.data[name]) is not None:
            self.journal.erase(FIELD + field)

    def mark_stored(self, number: int) -> None:
        """The token has a row in the state already."""
        self._stored.add(number)

    def remove(self, token: Token, *, cancelled: bool = False) -> None:
        """Take a token out of the tree, with its variables and all that it held open."""
        number, memory = token.id, token.memory
        self.waits.close_of_token(number)
        if memory.parked:
            self.unpark(token)
        if token.task_spec.is_visible and not memory.body:
            self._count_out(token.task_spec.name)
        if number in self._values:
            for name in self._values.pop(number):
                self.journal.erase(f"b{number}/{name}")
        self.undo_queues.pop(number, None)
        self.throwers.discard(number)
        for name in token.data:
            self.erase_variable(token, name)
        if number in self.visits:
            for element in self.visits.pop(number):
                self.journal.erase(f"e{number}/{element}")
        if token.task_spec.is_process:
            if self.called_begun.pop(number, None) is None:
                self.called_over.append(token.make_called())
            self.called_ended.append(token.make_ended(cancelled=cancelled))
        del token.scope.inside[number]
        token.is_alive = False
        del self.tasks[number]
        self.touched.discard(number)
        if number in self._stored:
            self._stored.discard(number)
            self.journal.erase(f"t{number}")

    def cancel_token(self, token: Token, *, discard: bool = True) -> set[int]:
        """Cancel a token and everything inside it, innermost first; returns the numbers of all cancelled.

        What completed inside can never be undone any more, unless ``discard`` is False (compensation rules 1 and 15).
        A handler is cancelled with its thrower; what it has done itself is never undone.
        """
        seq = token.memory.undoes
        gone: set[int] = {token.id, *HOOKS.scopes_held(token)}
        for inner in (*token.children, *HOOKS.tokens_held(token)):
            if inner.is_alive:
                gone |= self.cancel_token(inner, discard=discard or seq is not None)
        if seq is not None:
            self.ledger.mark_interrupted(seq)
        if discard or seq is not None:
            for scope in (token.id, *HOOKS.scopes_held(token)):
                self.ledger.discard_scope(scope)
        token.task_spec.on_cancelled(token)
        self.journal.record(EventType.ELEMENT_CANCELLED, token.task_spec.name, token.id)
        self.remove(token, cancelled=True)
        return gone

    def cancel_children(self, scope: Token, *, but: Token | None = None, discard: bool = True) -> set[int]:
        gone: set[int] = set()
        for child in scope.children:
            if child is not but and child.is_alive:
                gone |= self.cancel_token(child, discard=discard)
        return gone

    # -- running ------------------------------------------------------------------------------------------------

    def run(self, steps: int) -> int:
        """Run until every token waits, or ``steps`` or the time are used up; returns the steps left."""
        while steps > 0 and self._step():
            steps = 0 if self.time_is_up() else steps - 1
        return steps

    def get_next_task(self, first_task: Task | None = None, **kwargs: object) -> Token | None:  # noqa: ARG002
        """The token that has been ready longest; the library would search the tree for it.

        None if none is, or if a condition has been met first: joins and conditions have settled then. A token's state
        is checked again: a terminate event may have ended it since it was queued.
        """
        if self.waits.conditions and self._evaluate_conditions():
            self._settled = True
            return None
        while self.ready:
            token = self.ready.popleft()
            if token.is_alive and token.state == TaskState.READY:
                self._running = token
                return token
        self._settled = self._settle()
        return None

    def update_waiting_tasks(self) -> None:
        """What waits is found by the record that was met; the library would look at every task, after each step."""

    def _step(self) -> bool:
        """Let the library run one token. Whether anything was done: its own answer is the same for a token that waits.

        What stops a step is kept at its token; anything else that is raised is a bug.
        """
        self._running, self._settled = None, False
        try:
            self.run_next(use_last_task=False, halt_on_manual=False)
        except STEP_FAILURES as error:
            if self._running is None:
                raise
            HOOKS.step_failed(self._running, error)
        return self._settled or self._running is not None

    def _mark_complete(self, task: Task) -> None:
        """The library takes a task named ``End`` for the end of the workflow; here that is a name like any other."""

    def list_ready(self) -> list[Token]:
        return [token for token in self.ready if token.is_alive and token.state == TaskState.READY]

    def queue_again(self, numbers: Iterable[int]) -> None:
        """Take up the queue of an earlier turn: the order matters to those that must be ready before others."""
        self.ready = deque(self.tasks[number] for number in numbers)

    def end(self, state: InstanceState, element: str | None = None) -> None:
        """End the instance; whatever is still in it is cancelled."""
        if self.state.is_ended:
            return
        root = self.tasks[0]
        stopped = self.cancel_children(root) if root.inside else None
        self.waits.close_of_token(0)
        if stopped or state is not InstanceState.COMPLETED:
            self.ledger.discard_scope(0)
        self.state = state
        self.end_element = element or self.end_element
        data: dict[str, Value] = {"state": state.value}
        if self.reason is not None:
            data["reason"] = self.reason
        self.journal.record(EventType.INSTANCE_ENDED, self.end_element, None, data)

    def collect_facts(self, token: Token) -> Mapping[str, Value]:
        """What an expression may know of the engine."""
        definition = self.ports.definitions.get_definition(token.spec.definition_id)
        return {
            "execution": {
                "id": f"{self.instance_id}.{token.id}",
                "processInstanceId": self.instance_id,
                "processInstanceBusinessKey": self.business_key,
                "processBusinessKey": self.business_key,
                "businessKey": self.business_key,
                "processDefinitionId": definition.id,
                "processDefinitionKey": definition.key,
                "currentActivityId": token.task_spec.name,
                "currentActivityName": token.task_spec.label,
                "activityInstanceId": f"{self.instance_id}.{token.id}",
                "tenantId": self.tenant_id,
                "eventName": self.listening[0] if self.listening is not None else None,
                "canceled": self.listening is not None and self.listening[1],
            },
            "now": to_datetime(self.journal.now),
        }

    # -- rows ---------------------------------------------------------------------------------------------------

    def write_rows(self) -> None:
        """Write the rows of the tokens that changed in this turn."""
        for number in self.touched:
            token = self.tasks.get(number)
            if token is not None:
                self.journal.write(f"t{number}", token.to_row())
                self._stored.add(number)
        self.touched = set()

    def park(self, token: Token) -> None:
        """The token waits at its gateway for others to join it."""
        token.memory.parked = True
        token.touch()
        self.parked[(token.scope.id, token.task_spec.name)] = token.id

    def unpark(self, token: Token) -> None:
        token.memory.parked = None
        token.touch()
        self.parked.pop((token.scope.id, token.task_spec.name), None)

    def _settle(self) -> bool:
        if self.state.is_ended:
            return False
        self.changed_variables.clear()
        if self.throwers and HOOKS.nothing_ready(self):
            return True
        return any(self._settles(self.tasks[number]) for number in list(self.parked.values()))

    def _evaluate_conditions(self) -> bool:
        if not self.changed_variables and not self.new_conditions:
            return False
        changes, self.changed_variables = self.changed_variables, set()
        return HOOKS.variables_changed(self, changes)

    def _settles(self, token: Token) -> bool:
        return token.task_spec.settle(token)

    def forget_visits(self, scope: int, elements: Iterable[str]) -> None:
        """A rollback has gone back over the elements: what was done there since is no longer so."""
        for element in elements:
            count, _, position = self.visits[scope][element]
            self.visits[scope][element] = visit = [count, -1, position]
            self.journal.write(f"e{scope}/{element}", list[Value](visit))

    def note_completed(self, token: Token) -> None:
        """An activity has completed; of one that repeats, all of it."""
        name = token.task_spec.name
        if name not in self.completed_activities and token.spec.definition_id == self.root_definition:
            self.completed_activities.add(name)
            self.journal.write(f"a{name}", True)

    def replace_completed(self, elements: set[str]) -> None:
        """Elements have become others."""
        for element in self.completed_activities - elements:
            self.journal.erase(f"a{element}")
        for element in elements - self.completed_activities:
            self.journal.write(f"a{element}", True)
        self.completed_activities = elements

    def forget_past(self) -> None:
        """Nobody goes back in an instance that has ended, or asks how far it is."""
        for activity in self.completed_activities:
            self.journal.erase(f"a{activity}")
        self.completed_activities.clear()
        for scope, visits in self.visits.items():
            for element in visits:
                self.journal.erase(f"e{scope}/{element}")
        self.visits.clear()

    def replace_visits(self, scope: int, visits: dict[str, list[int]]) -> None:
        """Elements of the scope have become others; what has no visit here has never been come to."""
        for element in self.visits.pop(scope, {}):
            self.journal.erase(f"e{scope}/{element}")
        self.visits[scope] = visits
        for element, visit in visits.items():
            self.journal.write(f"e{scope}/{element}", list[Value](visit))

    def move_count(self, before: str, after: str) -> None:
        """A token is at another element, to which it has not come."""
        self._count_out(before)
        self.active_counts[after] += 1

    def _count_out(self, name: str) -> None:
        left = self.active_counts[name] - 1
        if left > 0:
            self.active_counts[name] = left
        else:
            del self.active_counts[name]
