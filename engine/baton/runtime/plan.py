"""What would be undone, in order: the same list serves the plan that is shown and the undoing that is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from baton.model.records import LedgerEntry, LedgerState
from baton.runtime.ledger import Ledger


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One ledger entry in the order of undoing. ``runs`` False: a group that is undone when what is inside it is."""

    entry: LedgerEntry
    runs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which entries an undoing is about.

    ``scopes`` None: the whole instance, innermost scopes that are still alive included. ``elements`` None: all.
    ``after`` and ``upto`` bound the sequence numbers, so that what completes later is left alone.
    """

    scopes: tuple[int, ...] | None
    elements: tuple[str, ...] | None = None
    after: int = 0
    upto: int = 0

    def row(self) -> list[object]:
        return [
            None if self.scopes is None else list(self.scopes),
            None if self.elements is None else list(self.elements),
            self.after,
            self.upto,
        ]

    @classmethod
    def of(cls, row: list[object]) -> Selection:
        scopes, elements, after, upto = row
        return cls(
            scopes=None if scopes is None else tuple(scopes),  # type: ignore[arg-type]
            elements=None if elements is None else tuple(elements),  # type: ignore[arg-type]
            after=after,  # type: ignore[arg-type]
            upto=upto,  # type: ignore[arg-type]
        )


def steps(ledger: Ledger, selection: Selection) -> list[PlanStep]:
    """The undoable entries of the selection in strict reverse order of completion (rules 2, 7, 16)."""
    entries = ledger.outermost() if selection.scopes is None else _of_scopes(ledger, selection.scopes)
    chosen = [
        entry
        for entry in entries
        if selection.after < entry.seq <= selection.upto
        and (selection.elements is None or entry.element in selection.elements)
    ]
    return list(_reverse(ledger, chosen))


def _of_scopes(ledger: Ledger, scopes: Iterable[int]) -> list[LedgerEntry]:
    return [entry for scope in scopes for entry in ledger.of_scope(scope)]


def _reverse(ledger: Ledger, entries: Iterable[LedgerEntry]) -> Iterator[PlanStep]:
    for entry in sorted(entries, key=lambda one: -one.seq):
        if entry.state is not LedgerState.UNDOABLE:
            continue
        if entry.handler is not None:
            yield PlanStep(entry, runs=True)
        else:
            if entry.inner_scope is not None:
                yield from _reverse(ledger, ledger.of_scope(entry.inner_scope))
            yield PlanStep(entry, runs=False)
