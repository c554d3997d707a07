"""Compensation: undoing what the ledger holds, one at a time in strict reverse (§13.5.5).

What asks for undoing (a throw event, the cancellation of a transaction, an operator) is a token that waits: the
thrower. It remembers which entries it is about (``undo``); the next one is read from the ledger, so a crash loses
nothing. Where two are about the same entries, the later one waits (``blocked``) until the earlier one is done with
them: nothing is undone twice, and never two at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import EventKind
from baton.model.events import EventType
from baton.model.records import LedgerEntry, LedgerState
from baton.runtime.compensation.plan import PlanStep, Selection, list_steps
from baton.runtime.core.ledger import AT_WORK
from baton.runtime.core.token_state import TokenState
from baton.runtime.data import variables

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.core.element import Element
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow


def find_throw_scopes(token: Token) -> tuple[Token, ...]:
    """The scopes that a throw in ``token`` is about (rule 3): its own; inside an event subprocess also the one around.

    What a compensation event subprocess has done itself is the work of a handler, and never undone.
    """
    scope = token.scope
    model = scope.spec.model
    node = model.nodes.get(scope.task_spec.name)
    if node is None or not node.traits.triggered_by_event:
        return (scope,)
    handles = any(
        event.kind is EventKind.COMPENSATION for start in model.list_starts(node.id) for event in start.events
    )
    return (scope.scope,) if handles else (scope, scope.scope)


def find_scope_with(token: Token, element: str) -> Token:
    """The scope of an ``activityRef``: the throw's own, or the one around its event subprocess (rule 4)."""
    inside = token.spec.model.nodes[element].scope == token.scope.task_spec.name
    return token.scope if inside else find_throw_scopes(token)[-1]


def get_ledger_scope(scope: Token) -> int:
    """The number under which the ledger knows the scope: a revived scope stands for the one that completed."""
    return scope.id if scope.memory.revived is None else scope.memory.revived


def begin(thrower: Token, selection: Selection) -> bool:
    """Undo the selection; True if there was nothing to undo, else the thrower waits."""
    workflow = thrower.workflow
    plan: list[Value] = [step.entry.seq for step in list_steps(workflow.ledger, selection)]
    workflow.journal.record(EventType.COMPENSATION_STARTED, thrower.task_spec.name, thrower.id, {"plan": plan})
    thrower.memory.undo = selection.to_row()
    thrower.memory.turn = workflow.take_number()
    thrower.touch()
    workflow.throwers.add(thrower.id)
    return advance(thrower)


def advance(thrower: Token) -> bool:
    """Start the next handler; True when all is undone."""
    workflow = thrower.workflow
    queue = _queue(thrower)
    if _has_to_wait(thrower):
        thrower.memory.blocked = True
        thrower.touch()
        return False
    while queue:
        step = queue.pop()
        entry = workflow.ledger.entries[step.entry.seq]
        if entry.state is not LedgerState.UNDOABLE:
            continue
        if not step.runs:
            _mark_undone(workflow, entry)
            continue
        _start_handler(thrower, entry)
        return False
    workflow.undo_queues.pop(thrower.id, None)
    workflow.throwers.discard(thrower.id)
    thrower.memory.undo = None
    thrower.memory.turn = None
    thrower.touch()
    workflow.journal.record(EventType.COMPENSATION_COMPLETED, thrower.task_spec.name, thrower.id)
    return True


def wake(workflow: TokenWorkflow) -> bool:
    """Let an undoing go on that waited for an entry of another one. Returns whether one did."""
    throwers = [workflow.tasks[number] for number in workflow.throwers]
    for thrower in sorted(throwers, key=_turn):
        if thrower.memory.blocked and not _has_to_wait(thrower):
            thrower.memory.blocked = None
            thrower.touch()
            _go_on(thrower)
            return True
    return False


def complete_handler(token: Token) -> None:
    """A compensation handler has completed: its entry is undone, the thrower goes on."""
    workflow = token.workflow
    seq, thrower = _get_handled(token)
    workflow.journal.record(EventType.ELEMENT_COMPLETED, token.task_spec.name, token.id)
    workflow.note_completed(token)
    workflow.remove(token)
    _mark_undone(workflow, workflow.ledger.entries[seq])
    _go_on(workflow.tasks.get(thrower))


def settle(token: Token, state: LedgerState, by: str | None = None) -> None:
    """The handler of ``token`` has been ended by an operator: take it out and go on with the undoing."""
    workflow = token.workflow
    seq, thrower = _get_handled(token)
    workflow.cancel_token(token)
    entry = workflow.ledger.entries[seq]
    if state is LedgerState.UNDONE:
        _mark_undone(workflow, entry, by)
    else:
        workflow.ledger.change(seq, state, by=by)
        _discard_inside(workflow, entry)
        workflow.journal.record(EventType.UNDO_SKIPPED, entry.element, entry.token, {"seq": seq, "by": by})
    _go_on(workflow.tasks.get(thrower))


def find_handler_token(workflow: TokenWorkflow, seq: int) -> Token | None:
    """The token that runs the handler of a ledger entry now."""
    return next((token for token in workflow.tasks.values() if token.memory.undoes == seq), None)


def list_handlers(thrower: Token) -> list[Token]:
    """The handler that runs for a thrower, if any: it runs beside it, in the same scope."""
    if thrower.memory.undo is None:
        return []
    return [token for token in thrower.scope.children if token.memory.thrower == thrower.id]


def list_interrupted_scopes(thrower: Token) -> tuple[int, ...]:
    """The scopes that were interrupted for what the thrower undoes: they have ended, but are not done with."""
    row = thrower.memory.undo
    return () if row is None else Selection.from_row(row).inside


def _go_on(thrower: Token | None) -> None:
    if thrower is not None and advance(thrower):
        thrower.task_spec.resume_undone(thrower)


def _turn(thrower: Token) -> int:
    return thrower.memory.turn or 0


def _has_to_wait(thrower: Token) -> bool:
    """Whether an undoing that began before is about some of the same entries, and not done with them."""
    workflow = thrower.workflow
    if len(workflow.throwers) < 2:
        return False
    others = [workflow.tasks[number] for number in workflow.throwers]
    earlier = [other for other in others if _turn(other) < _turn(thrower)]
    mine = {step.entry.seq for step in _queue(thrower) if _is_open(workflow, step)}
    return any(
        step.entry.seq in mine for other in earlier for step in _queue(other) if _is_open(workflow, step)
    ) or any(handler.memory.undoes in mine for other in earlier for handler in list_handlers(other))


def _is_open(workflow: TokenWorkflow, step: PlanStep) -> bool:
    state = workflow.ledger.entries[step.entry.seq].state
    return state is LedgerState.UNDOABLE or state in AT_WORK


def _get_handled(token: Token) -> tuple[int, int]:
    """What a handler's token undoes, and for whom."""
    seq, thrower = token.memory.undoes, token.memory.thrower
    if seq is None or thrower is None:
        raise ValueError(
            f"Expected a token that runs a compensation handler, but found one at '{token.task_spec.name}'"
        )
    return seq, thrower


def _queue(thrower: Token) -> list[PlanStep]:
    queues = thrower.workflow.undo_queues
    if thrower.id not in queues:
        selection = Selection.from_row(thrower.memory.undo or [])
        queues[thrower.id] = list_steps(thrower.workflow.ledger, selection, at_work=True)[::-1]
    return queues[thrower.id]


def _mark_undone(workflow: TokenWorkflow, entry: LedgerEntry, by: str | None = None) -> None:
    workflow.ledger.change(entry.seq, LedgerState.UNDONE, by=by)
    _discard_inside(workflow, entry)
    data: dict[str, Value] = {"seq": entry.seq} if by is None else {"seq": entry.seq, "by": by}
    workflow.journal.record(EventType.UNDO_COMPLETED, entry.element, entry.token, data)


def _discard_inside(workflow: TokenWorkflow, entry: LedgerEntry) -> None:
    """What the group's own handler left alone can never be undone any more."""
    if entry.inner_scope is not None:
        workflow.ledger.discard_scope(entry.inner_scope)


def _start_handler(thrower: Token, entry: LedgerEntry) -> None:
    workflow = thrower.workflow
    workflow.ledger.change(entry.seq, LedgerState.UNDOING)
    definition = entry.handler_definition_id or entry.definition_id or workflow.root_definition
    handler = workflow.ports.get_spec(definition).elements[entry.handler or entry.element]
    state = TokenState(undoes=entry.seq, thrower=thrower.id)
    if entry.inner_scope is None:
        token = thrower.scope.spawn(handler, state)
        _record_start(token, entry)
    else:
        _revive(thrower, entry, handler, state)


def _revive(thrower: Token, entry: LedgerEntry, handler: Element, state: TokenState) -> None:
    """Open the completed scope again, with its variables as they were, and run its compensation event subprocess."""
    model = handler.spec.model
    scope_element = handler.spec.elements[model.nodes[handler.name].scope]
    state.revived = entry.inner_scope
    scope = thrower.scope.spawn(scope_element, state)
    _record_start(scope, entry)
    for number, values in entry.snapshot:
        if number == entry.inner_scope:
            variables.set_local(scope, values)
    start = next(node for node in model.list_starts(handler.name))
    scope.spawn(handler, TokenState(start=start.id))


def _record_start(token: Token, entry: LedgerEntry) -> None:
    data: dict[str, Value] = {"seq": entry.seq, "handler": entry.handler or entry.element}
    token.workflow.journal.record(EventType.UNDO_STARTED, entry.element, token.id, data)
