"""Going on in another version of the process: every token, record and ledger entry finds its element there.

Everything is looked up before anything is changed. What was open stays open under its id, so that workers keep their
locks and people their tasks; boundary events and event subprocesses that only the new version has are opened.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from baton.model.commands import MigrateInstance
from baton.model.errors import Conflict
from baton.model.events import UNDO, EventType
from baton.model.migration import is_event_start, may_rest
from baton.model.records import Job, JobKind, LedgerEntry, LedgerState, Record, Subscription, SubscriptionKind
from baton.runtime import failures
from baton.runtime.compensation import recording
from baton.runtime.compensation.plan import Selection
from baton.runtime.core.errors import STEP_FAILURES
from baton.runtime.core.ledger import AT_WORK
from baton.runtime.data import inputs, variables
from baton.runtime.elements import activity, loops
from baton.runtime.elements.event_based_gateway import EventBasedGateway
from baton.runtime.elements.joins import Join
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from baton.model.definition import Node
    from baton.model.values import Value
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow
    from baton.runtime.handlers.context import Turn

_AT_WORK = frozenset({activity.STARTED, activity.LEAVE, loops.NEXT})


def migrate(turn: Turn, command: MigrateInstance) -> None:
    turn.require_alive()
    workflow = turn.workflow
    if workflow.root_definition != command.definition_id:
        raise Conflict(
            f"Expected instance '{workflow.instance_id}' to be of '{command.definition_id}', but it is of "
            f"'{workflow.root_definition}'"
        )
    target = workflow.ports.get_spec(command.target_id)
    inputs.check_named(target.schemas, command.variables)
    change = _Migration(workflow, target, command)
    change.look_up()
    change.apply()
    variables.set_local(workflow.root, command.variables)


class _Migration:
    def __init__(self, workflow: TokenWorkflow, target: Spec, command: MigrateInstance) -> None:
        self.workflow, self.source, self.target = workflow, workflow.root.spec, target
        self.moves = {source: to for source, to, _ in command.moves}
        self.anew = {source for source, _, update in command.moves if update}
        self.own = {number: token for number, token in workflow.tasks.items() if self._is_own(token)}
        self.elements: dict[int, str] = {}
        self.entries: list[LedgerEntry] = []
        self.arrived: dict[int, dict[str, int]] = {}

    def _is_own(self, token: Token) -> bool:
        """Not inside a called process, and not undoing what one has done."""
        while token.id != 0:
            seq = token.memory.undoes
            if token.task_spec.is_process or (seq is not None and _is_of_called(self.workflow.ledger.entries[seq])):
                return False
            token = token.scope
        return True

    # -- looking up

    def look_up(self) -> None:
        """Find the element for everything. Raises Conflict, which names all that has none."""
        missing = self._look_up_ledger()
        for number, token in self.own.items():
            name = token.task_spec.name
            found = self.find_past(name) if token.memory.revived is not None else self.find(name)
            if found is None:
                missing.append(f"a token is at '{name}', which is mapped to nothing")
            else:
                self.elements[number] = found
                missing += self._look_up_flows(token, found)
        if missing:
            raise Conflict(
                f"Expected everything in instance '{self.workflow.instance_id}' to have a place in "
                f"'{self.target.definition_id}', but {'; '.join(dict.fromkeys(missing))}"
            )

    def find(self, name: str) -> str | None:
        """What becomes of an element: what the plan says; an element that is only passed stays the one of its id."""
        if name == UNDO:
            return UNDO
        if name == self.source.model.id:
            return self.target.model.id
        if name in self.moves:
            return self.moves[name]
        node = self.source.model.nodes[name]
        return None if may_rest(node, self.source.model) else self._find_same(node)

    def find_past(self, name: str) -> str | None:
        """The same of an element at which the instance has been: also without an instruction the one of its id."""
        if name in self.moves:
            return self.moves[name]
        node = self.source.model.nodes.get(name)
        return None if node is None else self._find_same(node)

    def _find_same(self, node: Node) -> str | None:
        same = self.target.model.nodes.get(node.id)
        if same is None or same.kind is not node.kind:
            return None
        scope = self.target.model.id if node.scope == self.source.model.id else self.find_past(node.scope)
        return same.id if same.scope == scope else None

    def _look_up_ledger(self) -> list[str]:
        missing: list[str] = []
        for entry in self.workflow.ledger.entries.values():
            if _is_of_called(entry) or not (entry.state is LedgerState.UNDOABLE or entry.state in AT_WORK):
                continue
            found = self._look_up_entry(entry)
            if found is None:
                missing.append(f"'{entry.element}' has completed and can be undone, which the new version cannot")
            else:
                self.entries.append(found)
        return missing

    def _look_up_entry(self, entry: LedgerEntry) -> LedgerEntry | None:
        """What can be undone stays so, by what undoes it in the new version."""
        name = self.find_past(entry.element)
        if name is None:
            return None
        handler = recording.find_handler(self.target.elements[name])
        if entry.inner_scope is None:
            if handler is None or not self._follows(entry, handler):
                return None
            return replace(entry, element=name, handler=handler)
        if entry.handler is None or entry.handler_definition_id is not None:
            return replace(entry, element=name)
        inside = recording.find_event_subprocess(self.target.model, name)
        fits = inside is not None and self._follows(entry, inside)
        return replace(entry, element=name, handler=inside) if fits else None

    def _follows(self, entry: LedgerEntry, handler: str) -> bool:
        """Whether a handler that is at work can go on as the one of the new version."""
        if entry.state is LedgerState.UNDOABLE or entry.handler is None:
            return True
        before, after = self.source.model.nodes[entry.handler], self.target.model.nodes[handler]
        return before.kind is after.kind and self.moves.setdefault(entry.handler, handler) == handler

    def _look_up_flows(self, token: Token, target: str) -> list[str]:
        """Where tokens have come to a gateway: the flows of the new version over which they have."""
        arrived = token.memory.arrivals
        if not arrived:
            return []
        model, incoming = self.target.model, self.target.model.nodes[target].incoming
        found: dict[str, int] = {}
        for flow, count in arrived.items():
            free = [other for other in incoming if other not in found]
            origin = self.find_past(self.source.model.flows[flow].source)
            chosen = [other for other in free if other == flow]
            chosen += [other for other in free if model.flows[other].source == origin]
            if not (chosen or free):
                return [f"at '{target}' tokens wait that have come over more flows than lead to it"]
            found[(chosen or free)[0]] = count
        self.arrived[token.id] = found
        return []

    # -- changing

    def apply(self) -> None:
        workflow = self.workflow
        workflow.spec, workflow.root_definition = self.target, self.target.definition_id
        workflow.undo_queues.clear()
        moved: dict[str, Value] = {}
        for number, token in self.own.items():
            if token.task_spec.name not in (UNDO, self.source.model.id):
                moved[str(number)] = self.elements[number]
        data: dict[str, Value] = {"from": self.source.definition_id, "definition": self.target.definition_id}
        workflow.journal.record(EventType.INSTANCE_MIGRATED, None, None, {**data, "elements": moved})
        self._move_visits()
        held = {number: token.task_spec.name for number, token in self.own.items()}
        for token in self.own.values():
            self._move_token(token)
        workflow.parked = {
            (token.scope.id, token.task_spec.name): token.id for token in workflow.tasks.values() if token.memory.parked
        }
        workflow.touched.update(workflow.tasks)
        for entry in self.entries:
            workflow.ledger.put(entry)
        for number, token in self.own.items():
            self._move_records(token, held[number])
            self._open_new(token, held[number])
        for token in list(self.own.values()):
            _complete_join(token)

    def _move_token(self, token: Token) -> None:
        workflow, before, after = self.workflow, token.task_spec.name, self.elements[token.id]
        if token.task_spec.is_visible and not token.memory.body:
            workflow.move_count(before, after)
        token.task_spec, token.spec = self.target.elements[after], self.target
        memory = token.memory
        if memory.via is not None:
            memory.via = memory.via if memory.via in self.target.model.flows else None
        if memory.start is not None:
            memory.start = self.find_past(memory.start) or memory.start
        if memory.source is not None:
            memory.source = self.find_past(memory.source) or memory.source
        if memory.to is not None:
            memory.to = self.find_past(memory.to) or memory.to
        if memory.todo is not None:
            memory.todo = [found for name in memory.todo if (found := self.find_past(name)) is not None]
        if memory.arrived is not None:
            memory.arrived = self.arrived.get(token.id, memory.arrived)
        if memory.undo is not None:
            selection = Selection.from_row(memory.undo)
            names = None if selection.elements is None else tuple(self.find_past(e) or e for e in selection.elements)
            memory.undo = replace(selection, elements=names).to_row()

    def _move_visits(self) -> None:
        """How often and when elements were come to, in the scopes that go on; and what has completed."""
        workflow = self.workflow
        for number in self.own:
            visits = workflow.visits.get(number, {})
            places = {name: self.find_past(name) for name in visits}
            if any(name != found for name, found in places.items()):
                moved = {found: visits[name] for name, found in places.items() if found is not None}
                workflow.replace_visits(number, moved)
        places = [self.find_past(name) for name in workflow.completed_activities]
        workflow.replace_completed({found for found in places if found is not None})

    def _move_records(self, token: Token, before: str) -> None:
        waits = self.workflow.waits
        for record in waits.list_of_token(token.id):
            element = token.task_spec.name if record.element == before else self._find_waited_for(token, record)
            is_trigger = isinstance(record, Subscription) or (isinstance(record, Job) and record.kind is JobKind.TIMER)
            if element is None or (is_trigger and record.element in self.anew):
                waits.close(record)
                continue
            moved = replace(record, element=element, definition_id=self.target.definition_id)
            if isinstance(moved, Subscription) and moved.kind in _NAMED_BY_ELEMENT:
                moved = replace(moved, name=element)
            waits.put(moved)

    def _find_waited_for(self, token: Token, record: Record) -> str | None:
        """What becomes of an event that the token waits for: a boundary event, the start of an event subprocess, an
        event behind a gateway. One that the plan does not name is not waited for any more."""
        if record.element in self.moves:
            return self.moves[record.element]
        node = self.source.model.nodes[record.element]
        return self.find_past(node.id) if node.traits.is_intermediate and token.task_spec.is_node else None

    def _open_new(self, token: Token, before: str) -> None:
        """Open what the new version waits for beside what was waited for, and what is to be opened anew."""
        kept = {self.moves[name] for name in self.moves if name not in self.anew}
        for element in self._list_triggers(token, before):
            if element in kept and element != token.task_spec.name:
                continue
            if any(record.element == element for record in self.workflow.waits.list_of_token(token.id)):
                continue
            try:
                triggers.arm(token, self.target.elements[element])
            except STEP_FAILURES as error:
                failures.open_incident(token, "expression", str(error))

    def _list_triggers(self, token: Token, before: str) -> Iterable[str]:
        """The elements whose events the token, at work, waits for."""
        model, name, memory = self.target.model, token.task_spec.name, token.memory
        if token.id == 0 or (model.nodes[name].traits.is_scope and memory.at == activity.STARTED and not memory.body):
            yield from self._list_event_starts(token, name)
        if token.id == 0 or memory.inner:
            return
        if memory.body or memory.at in _AT_WORK:
            yield from (boundary.id for boundary in model.boundaries.get(name, ()))
        waits = self.workflow.waits.list_of_token(token.id)
        if before in self.anew and not any(record.element == name for record in waits):
            yield name
        if isinstance(token.task_spec, EventBasedGateway):
            yield from (model.flows[flow].target for flow in model.nodes[name].outgoing)

    def _list_event_starts(self, token: Token, scope: str) -> Iterable[str]:
        model = self.target.model
        runs = {child.task_spec.name for child in token.children if child.spec is self.target}
        for node in model.event_subprocesses.get(scope, ()):
            starts = [start for start in model.list_starts(node.id) if is_event_start(start, model)]
            if node.id not in runs or not any(start.interrupting for start in starts):
                yield from (start.id for start in starts)


_NAMED_BY_ELEMENT = frozenset({SubscriptionKind.CONDITIONAL, SubscriptionKind.TRIGGER})


def _is_of_called(entry: LedgerEntry) -> bool:
    return entry.definition_id is not None


def _complete_join(token: Token) -> None:
    """Fewer flows may lead to the gateway now: then all that it waited for has come."""
    element = token.task_spec
    waits = token.is_alive and token.memory.parked and token.memory.arrived is not None
    if waits and isinstance(element, Join) and element.complete(token):
        element.release(token)
