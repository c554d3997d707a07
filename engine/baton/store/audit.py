"""The audit as stored: a chain of entries in each partition, their values beside them, and the anchors."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from baton.model.audit import (
    BEGINNING,
    AuditAnchor,
    AuditEntry,
    AuditEvent,
    AuditValues,
    ChainHead,
)
from baton.model.immutable import immutable
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import codec, keys, places
from baton.store.blobs import BlobCodec
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, Read, StoreUnavailable

_TRIES = 100
"""Of appending, while others append to the same chain."""
_PAGE = 500
NEWEST = "+"


@immutable
class StoredEntry:
    """An entry with what is left of its values, and its place on the stream."""

    entry: AuditEntry
    values: AuditValues | None
    stream_id: str


class StoredAudit:
    """Entries are appended, and trimmed from the oldest on; nothing changes an entry."""

    def __init__(self, backend: Backend, blobs: BlobCodec, partitions: range) -> None:
        self._backend, self._blobs, self.partitions = backend, blobs, partitions

    # -- writing

    def append(self, partition: int, event: AuditEvent, values: AuditValues) -> AuditEntry:
        """Raises StoreUnavailable when others were faster too often."""
        prefix = keys.make_tag(partition)
        stream = keys.name_audit(prefix)
        for _ in range(_TRIES):
            head = self.read_head(partition)
            entry = AuditEntry(
                partition=partition,
                number=head.number + 1,
                previous=head.hash,
                event=event,
                digest=values.digest(),
            )
            ops, at = self._make_append_ops(stream, entry.number, max(head.at, event.at), entry.to_row(), entry.hash())
            sealed = self._blobs.encode(to_row(values), place=places.name_audit_values(entry.id))
            ops.append(["HSET", keys.name_audit_values(prefix), str(entry.number), sealed])
            if event.instance_id is not None:
                ops.append(["RPUSH", keys.name_audit_of_instance(event.instance_id), f"{at}-{entry.number}"])
            if self._apply(stream, head, ops):
                return entry
        raise StoreUnavailable("Expected to append to the audit, but others were faster too often: try again")

    def append_anchor(self, at: Millis) -> AuditAnchor | None:
        """The heads as they are now; None when another process has just written one."""
        head = self._read_head(keys.ANCHORS, 0)
        heads = tuple(
            (found.partition, found.number, found.hash)
            for found in map(self.read_head, self.partitions)
            if found.number
        )
        anchor = AuditAnchor(number=head.number + 1, at=at, previous=head.hash, heads=heads)
        ops, _ = self._make_append_ops(keys.ANCHORS, anchor.number, max(head.at, at), to_row(anchor), anchor.hash())
        return anchor if self._apply(keys.ANCHORS, head, ops) else None

    def _make_append_ops(
        self, stream: str, number: int, at: Millis, row: object, hash_: str
    ) -> tuple[list[Op], Millis]:
        blob = self._blobs.encode(row, place=f"{stream}/{number}")
        head: Op = ["HSET", keys.name_chain_head(stream), "n", str(number), "h", hash_, "t", str(at)]
        return [["XADD", stream, f"{at}-{number}", "b", blob], head], at

    def _apply(self, stream: str, head: ChainHead, ops: Sequence[Op]) -> bool:
        return apply_ops(self._backend, stream, ops, [[keys.name_chain_head(stream), "h", head.hash]])

    def erase_values(self, entries: Sequence[AuditEntry]) -> None:
        """The entries stay, and the chain whole."""
        for entry in entries:
            name = keys.name_audit_values(keys.make_tag(entry.partition))
            apply_ops(self._backend, name, [["HDEL", name, str(entry.number)]])

    def trim(self, stored: Sequence[StoredEntry]) -> None:
        """Remove the oldest entries of a chain, in their order, with their values."""
        prefix = keys.make_tag(stored[0].entry.partition)
        ids = [item.stream_id for item in stored]
        numbers = [str(item.entry.number) for item in stored]
        ops: list[Op] = [["XDEL", keys.name_audit(prefix), *ids], ["HDEL", keys.name_audit_values(prefix), *numbers]]
        instances = (item.entry.event.instance_id for item in stored)
        ops.extend(["LPOP", keys.name_audit_of_instance(id_)] for id_ in instances if id_ is not None)
        apply_ops(self._backend, keys.name_audit(prefix), ops)

    # -- reading

    def read_head(self, partition: int) -> ChainHead:
        """Number 0 before the first entry."""
        return self._read_head(keys.name_audit(keys.make_tag(partition)), partition)

    def _read_head(self, stream: str, partition: int) -> ChainHead:
        number, hash_, at = self._backend.read([("HMGET", keys.name_chain_head(stream), "n", "h", "t")])[0]
        if number is None:
            return ChainHead(partition=partition, number=0, hash=BEGINNING)
        return ChainHead(partition=partition, number=int(number), hash=hash_.decode(), at=int(at))

    def iterate_back(self, before: Millis | None = None, after: Millis = 0) -> Iterator[StoredEntry]:
        """Entries of all partitions, the newest first; older than ``before``, not older than ``after``."""
        end = NEWEST if before is None else f"({before}-0"
        chains = [self._iterate_chain_back(partition, end, after) for partition in self.partitions]
        return heapq.merge(*chains, key=lambda item: (-item.entry.event.at, -item.entry.partition, -item.entry.number))

    def _iterate_chain_back(self, partition: int, end: str, after: Millis) -> Iterator[StoredEntry]:
        stream, size = keys.name_audit(keys.make_tag(partition)), 20
        while True:
            found = self._backend.read([("XREVRANGE", stream, end, f"{after}-0", "COUNT", size)])[0]
            yield from self._with_values(partition, found)
            if len(found) < size:
                return
            end, size = "(" + found[-1][0].decode(), _PAGE

    def list_of_instance(self, instance_id: str) -> list[StoredEntry]:
        """The oldest first."""
        partition = int(instance_id.rpartition("-")[2])
        stream = keys.name_audit(keys.make_tag(partition))
        ids = self._backend.read([("LRANGE", keys.name_audit_of_instance(instance_id), 0, -1)])[0]
        reads: list[Read] = [("XRANGE", stream, id_, id_) for id_ in ids]
        found = [item for reply in (self._backend.read(reads) if reads else []) for item in reply]
        return self._with_values(partition, found)

    def iterate_chain(self, partition: int) -> Iterator[Callable[[], StoredEntry]]:
        """The entries of a partition, the oldest first. Each is read by a call, which raises Damaged."""
        for item in self._iterate_stream(keys.name_audit(keys.make_tag(partition))):
            yield lambda item=item: self._with_values(partition, [item])[0]

    def list_oldest(self, partition: int, before: Millis, limit: int) -> list[StoredEntry]:
        """Entries older than a moment, at the beginning of the chain of a partition."""
        stream = keys.name_audit(keys.make_tag(partition))
        found = self._backend.read([("XRANGE", stream, "-", f"({before}-0", "COUNT", limit)])[0]
        return self._with_values(partition, found)

    def iterate_anchors(self) -> Iterator[Callable[[], AuditAnchor]]:
        """The oldest first. Each is read by a call, which raises Damaged."""
        for id_, flat in self._iterate_stream(keys.ANCHORS):
            yield lambda id_=id_, flat=flat: self._read_anchor(_find_number(id_), flat[1])

    def _read_anchor(self, number: int, blob: bytes) -> AuditAnchor:
        with _as_damage(f"anchor {number} of the audit"):
            return from_row(AuditAnchor, self._blobs.decode(blob, f"{keys.ANCHORS}/{number}"))

    def read_anchor_head(self) -> ChainHead:
        """Number 0 before the first anchor."""
        return self._read_head(keys.ANCHORS, 0)

    def _iterate_stream(self, stream: str) -> Iterator[Any]:
        start = "-"
        while True:
            found = self._backend.read([("XRANGE", stream, start, NEWEST, "COUNT", _PAGE)])[0]
            yield from found
            if len(found) < _PAGE:
                return
            start = "(" + found[-1][0].decode()

    def _with_values(self, partition: int, found: Sequence[Any]) -> list[StoredEntry]:
        if not found:
            return []
        prefix = keys.make_tag(partition)
        numbers = [_find_number(id_) for id_, _ in found]
        values = self._backend.read([("HMGET", keys.name_audit_values(prefix), *numbers)])[0]
        return [
            StoredEntry(
                entry=self._read_entry(partition, number, flat[1]),
                values=None if blob is None else self._read_values(partition, number, blob),
                stream_id=id_.decode(),
            )
            for (id_, flat), number, blob in zip(found, numbers, values, strict=True)
        ]

    def _read_entry(self, partition: int, number: int, blob: bytes) -> AuditEntry:
        place = f"{keys.name_audit(keys.make_tag(partition))}/{number}"
        with _as_damage(f"entry {partition}-{number} of the audit"):
            return AuditEntry.from_row(self._blobs.decode(blob, place))

    def _read_values(self, partition: int, number: int, blob: bytes) -> AuditValues:
        with _as_damage(f"the values of entry {partition}-{number} of the audit"):
            return from_row(AuditValues, self._blobs.decode(blob, places.name_audit_values(f"{partition}-{number}")))


@contextmanager
def _as_damage(what: str) -> Generator[None]:
    """Raises Damaged for what cannot be read."""
    try:
        yield
    except (codec.Damaged, TypeError, ValueError) as error:
        raise codec.Damaged(f"Expected to read {what}, but it is damaged: {error}") from error


def _find_number(stream_id: bytes) -> int:
    return int(stream_id.decode().partition("-")[2])
