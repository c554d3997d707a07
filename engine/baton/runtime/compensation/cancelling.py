"""Cancelling a transaction: stop what is active in it, undo what completed, leave by its cancel event (rule 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import EventKind
from baton.model.events import UNDO, EventType
from baton.runtime.compensation import undoing
from baton.runtime.compensation.plan import Selection
from baton.runtime.core.token_state import TokenState
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from baton.runtime.core.element import Element
    from baton.runtime.core.token import Token


def cancel(token: Token) -> None:
    """A token has come to a cancel end event, however deep inside the transaction.

    A transaction is all or nothing: what completed in a subprocess that was still running in it is undone too.
    """
    workflow = token.workflow
    transaction = _around(token)
    workflow.journal.record(EventType.ELEMENT_COMPLETED, token.task_spec.name, token.id)
    workflow.remove(token)
    gone = workflow.cancel_children(transaction, discard=False)
    for record in workflow.waits.list_of_token(transaction.id):
        if transaction.spec.model.nodes[record.element].traits.starts_scope:
            workflow.waits.close(record)
    carrier = transaction.spawn(transaction.spec.elements[UNDO], TokenState(then="cancel"))
    selection = Selection(
        scopes=(undoing.get_ledger_scope(transaction),),
        upto=workflow.ledger.last,
        inside=workflow.ledger.list_holding(gone),
    )
    if undoing.begin(carrier, selection):
        carrier.task_spec.resume_undone(carrier)


def leave(transaction: Token) -> None:
    """All is undone. A transaction that was itself being undone is undone now."""
    if transaction.memory.revived is not None:
        transaction.task_spec.on_child_ended(transaction)
        return
    for node in transaction.spec.model.boundaries.get(transaction.task_spec.name, ()):
        if any(event.kind is EventKind.CANCEL for event in node.events):
            _leave_by(transaction, transaction.spec.elements[node.id])
            return
    _leave_by(transaction, None)


def _around(token: Token) -> Token:
    scope = token.scope
    while not scope.spec.model.nodes[scope.task_spec.name].traits.can_be_cancelled:
        scope = scope.scope
    return scope


def _leave_by(transaction: Token, boundary: Element | None) -> None:
    """In a multi-instance transaction the cancel concerns its own instance only; the body counts it as over."""
    scope = transaction.scope
    if boundary is not None and not transaction.memory.inner:
        triggers.fire_boundary(transaction, boundary, {})
        return
    transaction.workflow.cancel_token(transaction)
    if not transaction.memory.inner:
        scope.task_spec.on_child_ended(scope)
        return
    if boundary is not None:
        scope.scope.spawn(boundary)
    scope.task_spec.on_iteration_ended(scope)
