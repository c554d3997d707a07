"""Compensation: recording what can be undone, and undoing it one at a time in strict reverse (§13.5.5).

Whoever wants something undone, a throw event, a transaction's cancel, an operator, is a token that waits: the thrower.
It remembers which entries it is about (``undo``); the next one is read from the ledger, so a crash loses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import EventKind, NodeKind
from baton.model.events import EventType
from baton.model.records import LedgerEntry, LedgerState
from baton.runtime import variables
from baton.runtime.plan import PlanStep, Selection, steps

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.elements.activity import Activity
    from baton.runtime.elements.base import Element
    from baton.runtime.token import Token
    from baton.runtime.workflow import TokenWorkflow


# -- recording ----------------------------------------------------------------------------------------------------


def record(token: Token, activity: Activity, inner: Token | None = None) -> None:
    """The activity of ``token`` has completed: append it to the ledger if it can be undone (rules 5 to 7, 9 to 11).

    ``inner`` is the scope whose entries the activity groups, where that is not the token itself (a called process).
    """
    ledger = token.workflow.ledger
    inside = inner if inner is not None else token
    if token.recall("undoes") is not None:
        ledger.discard_scope(inside.id)
        return
    boundary = _compensation_boundary(activity)
    subprocess = _compensation_event_subprocess(inside)
    grouped = subprocess is not None or ledger.has_undoable(inside.id)
    if boundary is None and not grouped:
        return
    if boundary is not None:
        ledger.discard_scope(inside.id)
    scope = token.scope.scope if token.recall("inner") else token.scope
    ledger.append(
        LedgerEntry(
            seq=ledger.next_seq(),
            element=activity.name,
            token=token.id,
            scope=scope.id,
            completed_at=token.workflow.journal.now,
            handler=boundary or subprocess,
            inner_scope=inside.id if boundary is None else None,
            definition_id=None if token.spec is token.workflow.root.spec else token.spec.definition_id,
            snapshot=_snapshot(inside),
        )
    )


def _compensation_boundary(activity: Activity) -> str | None:
    for node in activity.model.boundaries.get(activity.name, ()):
        if any(event.kind is EventKind.COMPENSATION for event in node.events):
            return node.handler
    return None


def _compensation_event_subprocess(scope: Token) -> str | None:
    model = scope.spec.model
    for node in model.event_subprocesses.get(scope.task_spec.name, ()):
        for start in model.starts(node.id):
            if any(event.kind is EventKind.COMPENSATION for event in start.events):
                return node.id
    return None


def _snapshot(token: Token) -> tuple[tuple[int, dict[str, Value]], ...]:
    """The variables of every scope around but the instance's own, which lives as long as the ledger (rule 8)."""
    found: list[tuple[int, dict[str, Value]]] = []
    scope: Token | None = token
    while scope is not None and scope.id != 0:
        if scope.data:
            found.append((scope.id, dict(scope.data)))
        scope = scope.parent
    return tuple(found)


# -- undoing ------------------------------------------------------------------------------------------------------


def scope_of_throw(token: Token) -> Token:
    """The scope that a throw in ``token`` is about: inside an event subprocess, the scope around it (rule 3)."""
    scope = token.scope
    node = scope.spec.model.nodes.get(scope.task_spec.name)
    while node is not None and node.kind is NodeKind.EVENT_SUB_PROCESS:
        scope = scope.scope
        node = scope.spec.model.nodes.get(scope.task_spec.name)
    return scope


def ledger_scope(scope: Token) -> int:
    """The number under which the ledger knows the scope: a revived scope stands for the one that completed."""
    return int(scope.recall("revived", scope.id))


def begin(thrower: Token, selection: Selection) -> bool:
    """Undo the selection; True if there was nothing to undo, else the thrower waits."""
    workflow = thrower.workflow
    todo = steps(workflow.ledger, selection)
    plan: list[Value] = [step.entry.seq for step in todo]
    workflow.journal.event(EventType.COMPENSATION_STARTED, thrower.task_spec.name, thrower.id, {"plan": plan})
    thrower.remember(undo=selection.row())
    workflow.undo_queues[thrower.id] = todo[::-1]
    return advance(thrower)


def advance(thrower: Token) -> bool:
    """Start the next handler; True when all is undone."""
    workflow = thrower.workflow
    queue = _queue(thrower)
    while queue:
        step = queue.pop()
        entry = workflow.ledger.entries[step.entry.seq]
        if entry.state is not LedgerState.UNDOABLE:
            continue
        if not step.runs:
            _undone(workflow, entry)
            continue
        _start_handler(thrower, entry)
        return False
    workflow.undo_queues.pop(thrower.id, None)
    thrower.remember(undo=None)
    workflow.journal.event(EventType.COMPENSATION_COMPLETED, thrower.task_spec.name, thrower.id)
    return True


def handler_done(token: Token) -> None:
    """A compensation handler has completed: its entry is undone, the thrower goes on."""
    workflow = token.workflow
    workflow.journal.event(EventType.ELEMENT_COMPLETED, token.task_spec.name, token.id)
    settle(token, LedgerState.UNDONE)


def settle(token: Token, state: LedgerState, by: str | None = None) -> None:
    """The handler of ``token`` is over, by itself or by an operator's word: take it out and go on with the undoing."""
    workflow = token.workflow
    entry = workflow.ledger.entries[token.recall("undoes")]
    thrower = workflow.tasks.get(token.recall("thrower"))
    workflow.remove(token)
    if state is LedgerState.UNDONE:
        _undone(workflow, entry, by)
    else:
        workflow.ledger.change(entry.seq, state, by=by)
        workflow.journal.event(EventType.UNDO_SKIPPED, entry.element, entry.token, {"seq": entry.seq, "by": by})
    if thrower is not None and advance(thrower):
        thrower.task_spec.undone(thrower)


def handler_token(workflow: TokenWorkflow, seq: int) -> Token | None:
    """The token that runs the handler of a ledger entry now."""
    return next((token for token in workflow.tasks.values() if token.recall("undoes") == seq), None)


def _queue(thrower: Token) -> list[PlanStep]:
    queues = thrower.workflow.undo_queues
    if thrower.id not in queues:
        selection = Selection.of(thrower.recall("undo"))
        queues[thrower.id] = steps(thrower.workflow.ledger, selection)[::-1]
    return queues[thrower.id]


def _undone(workflow: TokenWorkflow, entry: LedgerEntry, by: str | None = None) -> None:
    workflow.ledger.change(entry.seq, LedgerState.UNDONE, by=by)
    if entry.inner_scope is not None:
        workflow.ledger.discard_scope(entry.inner_scope)
    data: dict[str, Value] = {"seq": entry.seq} if by is None else {"seq": entry.seq, "by": by}
    workflow.journal.event(EventType.UNDO_COMPLETED, entry.element, entry.token, data)


def _start_handler(thrower: Token, entry: LedgerEntry) -> None:
    workflow = thrower.workflow
    workflow.ledger.change(entry.seq, LedgerState.UNDOING)
    spec = thrower.spec if entry.definition_id is None else workflow.ports.spec(entry.definition_id)
    if entry.definition_id is None:
        spec = workflow.root.spec
    handler = spec.elements[entry.handler or entry.element]
    memory = {"undoes": entry.seq, "thrower": thrower.id}
    if entry.inner_scope is None:
        token = thrower.scope.spawn(handler, **memory)
        _started(token, entry)
    else:
        _revive(thrower, entry, handler, memory)


def _revive(thrower: Token, entry: LedgerEntry, handler: Element, memory: dict[str, int]) -> None:
    """Open the completed scope again, with its variables as they were, and run its compensation event subprocess."""
    model = handler.spec.model
    scope_element = handler.spec.elements[model.nodes[handler.name].scope]
    scope = thrower.scope.spawn(scope_element, revived=entry.inner_scope, **memory)
    _started(scope, entry)
    for number, values in entry.snapshot:
        if number == entry.inner_scope:
            variables.set_local(scope, values)
    start = next(node for node in model.starts(handler.name))
    scope.spawn(handler, start=start.id)


def _started(token: Token, entry: LedgerEntry) -> None:
    data: dict[str, Value] = {"seq": entry.seq, "handler": entry.handler or entry.element}
    token.workflow.journal.event(EventType.UNDO_STARTED, entry.element, token.id, data)
