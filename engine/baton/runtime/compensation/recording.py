"""Recording what can be undone: one ledger entry per completed activity (compensation rules 5 to 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import EventKind
from baton.model.records import LedgerEntry

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel
    from baton.model.values import Value
    from baton.runtime.core.element import Element
    from baton.runtime.core.token import Token


def record(token: Token, activity: Element, inside: Token) -> None:
    """The activity of ``token`` has completed: append it to the ledger if it can be undone.

    ``inside`` is the scope whose entries the activity groups: the token itself, or the process that it called.
    """
    ledger = token.workflow.ledger
    boundary = find_handler(activity)
    if _is_handler(token) or boundary is not None:
        ledger.discard_scope(inside.id)
    subprocess = None if boundary is not None else find_event_subprocess(inside.spec.model, inside.task_spec.name)
    if _is_handler(token) or not (boundary or subprocess or ledger.has_undoable(inside.id)):
        return
    scope = token.scope.scope if token.memory.inner else token.scope
    ledger.append(
        LedgerEntry(
            seq=ledger.get_next_seq(),
            element=activity.name,
            token=token.id,
            scope=scope.id,
            completed_at=token.workflow.journal.now,
            handler=boundary or subprocess,
            inner_scope=inside.id if boundary is None else None,
            definition_id=token.spec.definition_id if _process(token).id else None,
            snapshot=_snapshot(token if boundary is not None else inside),
            handler_definition_id=inside.spec.definition_id if subprocess and inside is not token else None,
        )
    )


def _is_handler(token: Token) -> bool:
    """Whether the token undoes something: what it does is never undone itself.

    It may be one iteration of a handler, or the compensation event subprocess in a scope that was opened again.
    """
    part = token.memory.inner or token.scope.memory.revived is not None
    return (token.scope if part else token).memory.undoes is not None


def _process(token: Token) -> Token:
    while not token.task_spec.is_process:
        token = token.scope
    return token


def find_handler(activity: Element) -> str | None:
    """The activity at its compensation boundary event, if it has one."""
    for node in activity.model.boundaries.get(activity.name, ()):
        if any(event.kind is EventKind.COMPENSATION for event in node.events):
            return node.handler
    return None


def find_event_subprocess(model: ProcessModel, scope: str) -> str | None:
    """The compensation event subprocess of a scope, if it has one."""
    for node in model.event_subprocesses.get(scope, ()):
        for start in model.list_starts(node.id):
            if any(event.kind is EventKind.COMPENSATION for event in start.events):
                return node.id
    return None


def _snapshot(token: Token) -> tuple[tuple[int, dict[str, Value]], ...]:
    """The variables of every scope around, up to the process (rule 8).

    The instance's own scope is left out: it lives as long as the ledger. A called process is always in, and last: so
    it is known later whether it has ended, and its handlers never see what its caller sees.
    """
    found: list[tuple[int, dict[str, Value]]] = []
    scope = token
    while scope.id != 0:
        if scope.data or scope.task_spec.is_process:
            found.append((scope.id, dict(scope.data)))
        if scope.task_spec.is_process:
            break
        scope = scope.scope
    return tuple(found)
