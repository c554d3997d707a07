"""The durable, ordered list of what the instance has done that can be undone (compensation rules 1, 2, 12, 15, 16)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from baton.model.events import EventType
from baton.model.records import LedgerEntry, LedgerState
from baton.model.rows import from_row, to_row
from baton.model.values import Value

if TYPE_CHECKING:
    from baton.runtime.core.journal import Journal

AT_WORK = frozenset({LedgerState.UNDOING, LedgerState.FAILED})
"""A handler runs, or has failed and waits for an operator."""


class Ledger:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.entries: dict[int, LedgerEntry] = {}
        self._by_scope: dict[int, list[int]] = {}
        self._running: set[int] = set()
        self._undoable: set[int] = set()
        self._undone: set[int] = set()
        self.last = 0
        self.is_undoing = False
        """Whether a handler is at work, or waits because it failed."""
        self.is_undone = False
        """Whether something was undone and nothing that could be undone is left."""

    def restore(self, row: list[Value]) -> None:
        self._index(from_row(LedgerEntry, row))

    def append(self, entry: LedgerEntry) -> None:
        """Record a completed activity; its number is the order of completion."""
        self._index(entry)
        self._write(entry)
        self._recorded(entry)

    def get_next_seq(self) -> int:
        return self.last + 1

    def list_of_scope(self, scope: int) -> list[LedgerEntry]:
        """All entries of the activities that completed in the scope, in the order of completion."""
        return [self.entries[seq] for seq in self._by_scope.get(scope, ())]

    def has_undoable(self, scope: int) -> bool:
        return any(entry.state is LedgerState.UNDOABLE for entry in self.list_of_scope(scope))

    def list_holding(self, scopes: Iterable[int]) -> tuple[int, ...]:
        """Those of the scopes that something has completed in."""
        return tuple(sorted(scope for scope in scopes if scope in self._by_scope))

    def change(self, seq: int, state: LedgerState, *, by: str | None = None) -> LedgerEntry:
        entry = self.entries[seq]
        done = state in (LedgerState.UNDONE, LedgerState.SKIPPED)
        entry = replace(entry, state=state, undone_at=self._journal.now if done else None, undone_by=by)
        self._write(entry)
        return entry

    def mark_interrupted(self, seq: int) -> None:
        """The handler was cancelled while it ran: the entry can be undone again (rule 15)."""
        if self.entries[seq].state in AT_WORK:
            self._recorded(self.change(seq, LedgerState.UNDOABLE))

    def put(self, entry: LedgerEntry) -> None:
        """Change what an entry says of its activity; its number and scope stay."""
        self._write(entry)

    def discard_scope(self, scope: int) -> None:
        """The scope was terminated: what completed in it can never be undone."""
        self.discard(self.list_of_scope(scope))

    def discard(self, entries: Iterable[LedgerEntry]) -> None:
        for entry in entries:
            if entry.state is LedgerState.UNDOABLE or entry.state in AT_WORK:
                self.change(entry.seq, LedgerState.DISCARDED)
                self._journal.record(EventType.UNDO_DISCARDED, entry.element, entry.token, {"seq": entry.seq})
            if entry.inner_scope is not None:
                self.discard_scope(entry.inner_scope)

    def _recorded(self, entry: LedgerEntry) -> None:
        data: dict[str, Value] = {"seq": entry.seq}
        if entry.handler is not None:
            data["handler"] = entry.handler
        self._journal.record(EventType.COMPENSATION_RECORDED, entry.element, entry.token, data)

    def _index(self, entry: LedgerEntry) -> None:
        self.entries[entry.seq] = entry
        self._by_scope.setdefault(entry.scope, []).append(entry.seq)
        self.last = max(self.last, entry.seq)
        self._track(entry)

    def _track(self, entry: LedgerEntry) -> None:
        _keep(self._running, entry.seq, entry.state in AT_WORK)
        _keep(self._undoable, entry.seq, entry.state is LedgerState.UNDOABLE)
        _keep(self._undone, entry.seq, entry.state is LedgerState.UNDONE)
        self.is_undoing = bool(self._running)
        self.is_undone = bool(self._undone) and not self._undoable and not self._running

    def _write(self, entry: LedgerEntry) -> None:
        self.entries[entry.seq] = entry
        self._track(entry)
        self._journal.write(f"l{entry.seq}", to_row(entry))


def _keep(numbers: set[int], number: int, holds: bool) -> None:
    if holds:
        numbers.add(number)
    else:
        numbers.discard(number)
