"""What operators do about undoing: rollback, and what to do with a handler that failed (compensation rule 14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.commands import MarkUndone, ResolveIncident, RetryUndo, Rollback, SkipUndo
from baton.model.errors import BadRequest, Conflict, NotFound
from baton.model.events import UNDO
from baton.model.records import Incident, LedgerEntry, LedgerState
from baton.runtime.compensation import undoing
from baton.runtime.compensation.rollback import find_target
from baton.runtime.core.token_state import TokenState
from baton.runtime.handlers import incidents

if TYPE_CHECKING:
    from baton.runtime.handlers.context import Turn


def rollback(turn: Turn, command: Rollback) -> None:
    """Interrupt what is active behind the element, undo what completed since it was last entered, go on before it."""
    turn.require_running()
    workflow = turn.workflow
    found = find_target(workflow, command.to)
    selection, restarts = found.selection, found.restarts
    for token in found.active:
        if token.is_alive:
            workflow.cancel_token(token, discard=False)
    for token, arrived in found.arrivals:
        token.memory.arrived = arrived
        token.touch()
    workflow.forget_visits(found.scope.id, found.behind)
    state = TokenState(then="rollback", to=command.to, restarts=restarts or None)
    carrier = found.scope.spawn(found.scope.spec.elements[UNDO], state)
    if undoing.begin(carrier, selection):
        carrier.task_spec.resume_undone(carrier)


def retry(turn: Turn, command: RetryUndo) -> None:
    entry = _failed(turn, command.seq)
    for incident in list(turn.workflow.waits.iterate(Incident)):
        if incident.undoes == entry.seq:
            incidents.resolve(turn, ResolveIncident(incident_id=incident.id, by=command.by))


def skip(turn: Turn, command: SkipUndo) -> None:
    _settle(turn, command.seq, LedgerState.SKIPPED, command.by)


def mark_undone(turn: Turn, command: MarkUndone) -> None:
    _settle(turn, command.seq, LedgerState.UNDONE, command.by)


def _settle(turn: Turn, seq: int, state: LedgerState, by: str | None) -> None:
    _failed(turn, seq)
    workflow = turn.workflow
    token = undoing.find_handler_token(workflow, seq)
    if token is None:
        raise Conflict(f"Expected a handler at work for ledger entry {seq}, but found none")
    undoing.settle(token, state, by)


def _failed(turn: Turn, seq: int) -> LedgerEntry:
    entry = turn.workflow.ledger.entries.get(seq)
    if entry is None:
        raise NotFound(f"Expected a ledger entry {seq}, but the ledger has {len(turn.workflow.ledger.entries)} entries")
    if entry.state is not LedgerState.FAILED:
        raise BadRequest(
            f"Expected ledger entry {seq} ('{entry.element}') to have failed, but it is {entry.state.value}"
        )
    turn.require_running()
    return entry
