"""Whether the audit is as it was written, and where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from baton.model.audit import BEGINNING, AuditAnchor, AuditDamage, AuditEntry
from baton.model.immutable import immutable
from baton.store.audit import StoredEntry
from baton.store.codec import Damaged
from baton.store.store import Store

TRIMMED = "audit_trim"
"""The action of the entry that retention writes before it removes older ones; its target is ``number:hash``."""


@immutable
class AuditVerification:
    """``entries``, ``anchors``: how many were looked at."""

    entries: int
    anchors: int
    damages: tuple[AuditDamage, ...]


class AuditVerifier:
    """Follows each chain from its first entry to its head, and compares it with the anchors."""

    def __init__(self, store: Store) -> None:
        self._store = store.audit
        self._count = 0
        self._anchors = 0

    def verify(self) -> AuditVerification:
        anchored: dict[int, dict[int, str]] = {}
        damages = list(self._verify_anchors(anchored))
        for partition in self._store.partitions:
            damages += self._verify_chain(partition, anchored.get(partition, {}))
        return AuditVerification(entries=self._count, anchors=self._anchors, damages=tuple(damages))

    # -- anchors

    def _verify_anchors(self, anchored: dict[int, dict[int, str]]) -> Iterator[AuditDamage]:
        """Fills in what the anchors say: partition -> number -> hash."""
        number = 0
        expected: str | None = BEGINNING
        for read in self._store.iterate_anchors():
            self._anchors += 1
            number += 1
            try:
                anchor = read()
            except Damaged as damage:
                yield AuditDamage(partition=None, number=number, message=str(damage))
                expected = None
                continue
            if anchor.number != number:
                yield _tell_gap(None, number, anchor.number)
            elif expected is not None and anchor.previous != expected:
                yield _tell_break(None, anchor.number)
            number, expected = anchor.number, anchor.hash()
            _collect(anchor, anchored)
        head = self._store.read_anchor_head()
        if (head.number, head.hash) != (number, expected) and expected is not None:
            yield AuditDamage(
                partition=None, number=number, message=f"Expected anchor {head.number} at the end, but found {number}"
            )

    # -- one chain

    def _verify_chain(self, partition: int, anchored: Mapping[int, str]) -> Iterator[AuditDamage]:
        head = self._store.read_head(partition)
        known = {**anchored, head.number: head.hash} if head.number else anchored
        state = _Chain(partition=partition, anchored=known)
        for read in self._store.iterate_chain(partition):
            self._count += 1
            try:
                stored = read()
            except Damaged as damage:
                yield AuditDamage(partition=partition, number=state.skip(), message=str(damage))
                continue
            yield from state.check(stored)
        yield from state.finish(self._store.read_head(partition).number)


class _Chain:
    """What is known of a chain while it is followed."""

    def __init__(self, *, partition: int, anchored: Mapping[int, str]) -> None:
        self._partition, self._anchored = partition, anchored
        self._first: AuditEntry | None = None
        self._number, self._hash = 0, BEGINNING
        self._is_known = False
        """Whether the entry before could be read."""
        self._trims = set[str]()

    def skip(self) -> int:
        """Over an entry that cannot be read; returns its number."""
        self._number, self._is_known = self._number + 1, False
        return self._number

    def check(self, stored: StoredEntry) -> Iterator[AuditDamage]:
        entry = stored.entry
        if self._first is None and not self._number:
            self._first = entry
        elif entry.number != self._number + 1 or entry.partition != self._partition:
            yield _tell_gap(self._partition, self._number + 1, entry.number)
        elif self._is_known and entry.previous != self._hash:
            yield _tell_break(self._partition, entry.number)
        if stored.values is not None and stored.values.digest() != entry.digest:
            yield self._tell(entry.number, "Expected the values that the entry was written with, but they were changed")
        self._number, self._hash, self._is_known = entry.number, entry.hash(), True
        if self._anchored.get(entry.number, self._hash) != self._hash:
            yield self._tell(entry.number, "Expected the hash that an anchor has of it, but found another")
        if entry.event.action == TRIMMED and entry.event.actor_kind == "process":
            self._trims.add(entry.event.target)

    def finish(self, number: int) -> Iterator[AuditDamage]:
        first = self._first
        if first is not None and first.number > 1 and f"{first.number - 1}:{first.previous}" not in self._trims:
            yield self._tell(1, f"Expected entries 1 to {first.number - 1}, or that retention removed them")
        last = max(self._anchored, default=0)
        if last > self._number:
            yield self._tell(self._number + 1, f"Expected entries up to {last}, but the last one is {self._number}")
        elif self._number > number:
            yield self._tell(number + 1, f"Expected entry {number} at the end, but found {self._number}")

    def _tell(self, number: int, message: str) -> AuditDamage:
        return AuditDamage(partition=self._partition, number=number, message=message)


def _collect(anchor: AuditAnchor, anchored: dict[int, dict[int, str]]) -> None:
    for partition, number, hash_ in anchor.heads:
        anchored.setdefault(partition, {})[number] = hash_


def _tell_gap(partition: int | None, expected: int, found: int) -> AuditDamage:
    return AuditDamage(partition=partition, number=expected, message=f"Expected number {expected}, but found {found}")


def _tell_break(partition: int | None, number: int) -> AuditDamage:
    return AuditDamage(
        partition=partition, number=number, message="Expected the hash of the one before, but found another"
    )
