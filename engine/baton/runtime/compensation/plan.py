"""What would be undone, in order: the same list serves the plan that is shown and the undoing that is done."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from baton.model.records import LedgerEntry, LedgerState
from baton.runtime.core.ledger import AT_WORK, Ledger


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One ledger entry in the order of undoing. ``runs`` False: a group that is undone when what is inside it is."""

    entry: LedgerEntry
    runs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which entries an undoing is about.

    ``elements`` None: all. ``after`` and ``upto`` bound the sequence numbers, so that what completes later is left
    alone. ``inside`` are scopes that were interrupted so that this undoing can be done: all that completed in them is
    undone.
    """

    scopes: tuple[int, ...]
    elements: tuple[str, ...] | None = None
    after: int = 0
    upto: int = 0
    inside: tuple[int, ...] = ()

    def to_row(self) -> list[Any]:
        return [
            list(self.scopes),
            None if self.elements is None else list(self.elements),
            self.after,
            self.upto,
            list(self.inside),
        ]

    @classmethod
    def from_row(cls, row: list[Any]) -> Selection:
        scopes, elements, after, upto, inside = row
        return cls(
            scopes=tuple(scopes),
            elements=None if elements is None else tuple(elements),
            after=after,
            upto=upto,
            inside=tuple(inside),
        )


def list_steps(
    ledger: Ledger, selection: Selection, *, interrupted: Container[int] = (), at_work: bool = False
) -> list[PlanStep]:
    """The undoable entries of the selection in strict reverse order of completion (rules 2, 7, 16).

    ``interrupted`` are entries whose handlers are about to be cancelled, so that they will be undoable again.
    With ``at_work``, entries that another undoing is at are in the list too: they have to be waited for.
    """

    def counts(entry: LedgerEntry) -> bool:
        return entry.state is LedgerState.UNDOABLE or (entry.state in AT_WORK and (at_work or entry.seq in interrupted))

    def reverse(entries: Iterable[LedgerEntry]) -> Iterator[PlanStep]:
        for entry in sorted(filter(counts, entries), key=lambda item: -item.seq):
            if entry.handler is None and entry.inner_scope is not None:
                yield from reverse(ledger.list_of_scope(entry.inner_scope))
            yield PlanStep(entry, runs=entry.handler is not None)

    return list(reverse(_select_entries(ledger, selection)))


def _select_entries(ledger: Ledger, selection: Selection) -> Iterator[LedgerEntry]:
    yield from (entry for scope in dict.fromkeys(selection.inside) for entry in ledger.list_of_scope(scope))
    for entry in (entry for scope in dict.fromkeys(selection.scopes) for entry in ledger.list_of_scope(scope)):
        if selection.after < entry.seq <= selection.upto and (
            selection.elements is None or entry.element in selection.elements
        ):
            yield entry
