"""All that is stored, sealed with the first encryption key: key by key, while Baton goes on.

Each blob says by which key it is sealed. So nothing is remembered of how far the work is: who begins again passes over
what is done. A blob is replaced only if nobody has written in its place meanwhile; what is written meanwhile is sealed
with the first key anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgpack

from baton.store import codec, keys, places
from baton.store.archive.archive import Archive
from baton.store.archive.resealing import SealedSegments
from baton.store.blobs import BlobCodec
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, Read, iterate_pairs

_SCANNED = 500
"""Keys that the server looks at in one round trip."""
_COPIED = 500
"""Entries of a stream that are copied in one."""
_PAGES = 20
"""Round trips of one part: some seconds at most."""
_SEGMENTS = 10
"""Of the archive, looked at in one part."""
_LOCK_PROGRESS = 6
"""Where in the row of a lock the blob of its progress is."""

Place = Callable[[str, str], str]
"""Rest of the name of a key and field -> the place that a blob is bound to."""
Change = tuple[str, Literal["hash", "string", "list"], str | bytes | int, bytes, bytes]
"""Key, type, field or index, blob before and after."""


@dataclass(slots=True)
class SealedPart:
    """What one part of the work has found; ``cursor`` is where the next begins, None at the end."""

    cursor: str | None = None
    done: int = 0
    """Of ``total`` places, which are the partitions and two more."""
    total: int = 0
    looked_at: int = 0
    sealed: int = 0
    passing: int = 0
    """Blobs under another key that nobody can seal anew: they expire, or go when sinks have them."""
    unreadable: list[str] = field(default_factory=list[str])
    """Keys of blobs that no encryption key opens."""


class Sealing:
    def __init__(self, backend: Backend, blobs: BlobCodec, partitions: range, archive: Archive | None = None) -> None:
        self._backend, self._blobs = backend, blobs
        self._archive = archive
        self._tags = [*map(keys.make_tag, partitions), keys.DEFS, keys.IDS]

    def seal_part(self, cursor: str | None) -> SealedPart:
        """A part of the work, from a cursor on; None: from the beginning. Raises ValueError for what is no cursor."""
        number, _, scanned = (cursor or "0:0").partition(":")
        total = len(self._tags) + (self._archive is not None and self._archive.index.is_there)
        if not (number.isdecimal() and scanned.isdecimal() and int(number) < total):
            raise ValueError(cursor)
        part = SealedPart(done=int(number), total=total)
        if part.done == len(self._tags):
            return self._seal_archive(int(scanned), part)
        at = scanned
        for _ in range(_PAGES):
            tag = self._tags[part.done]
            command: Read = ("SCAN", at, "MATCH", f"{tag}:*", "COUNT", _SCANNED)
            ((next_at, names),) = self._backend.read([command])
            whole = [self._seal_key(tag, name.decode(), part) for name in sorted(set(names))]
            if not all(whole):
                break  # a long stream goes on in the next part, with the same keys
            at = next_at.decode()
            if at == "0":
                part.done += 1
                if part.done == part.total:
                    return part
                if part.done == len(self._tags):
                    break
        part.cursor = f"{part.done}:{at}"
        return part

    def _seal_archive(self, first: int, part: SealedPart) -> SealedPart:
        assert self._archive is not None, "its place is one of the total"
        report = SealedSegments()
        at = self._archive.seal_again(first, _SEGMENTS, self._blobs, report)
        part.sealed, part.unreadable = report.sealed, report.unreadable
        part.cursor = None if at is None else f"{part.done}:{at}"
        part.done += at is None
        return part

    def _seal_key(self, tag: str, name: str, part: SealedPart) -> bool:
        """False if there is more of it."""
        part.looked_at += 1
        rest = name.removeprefix(f"{tag}:")
        kind, _, of = rest.partition(":")
        if tag == keys.DEFS and kind.startswith("batch"):
            self._seal_batch(name, kind, of, part)
        elif tag == keys.DEFS:
            self._seal_any(name, part)
        elif rest in _STREAMS:
            return self._copy_stream(name, part)
        elif tag == keys.IDS and kind in _ID_STRINGS:
            self._seal_string(name, of, part)
        elif tag == keys.IDS and rest in _ID_HASHES:
            self._seal_hash(name, lambda item: f"{name}/{item}", part)
        elif tag != keys.IDS:
            self._seal_of_partition(tag, name, rest, part)
        return True

    def _seal_of_partition(self, tag: str, name: str, rest: str, part: SealedPart) -> None:
        kind, _, of = rest.partition(":")
        if kind == "i":
            self._seal_hash(name, lambda item: places.name_field(of, item), part)
        elif kind == "o":
            self._seal_hash(name, lambda item: places.name_result(of, item), part)
        elif kind == "c":
            self._seal_hash(name, lambda item: places.name_comment(of, item), part)
        elif kind == "f":
            self._seal_hash(name, lambda item: places.name_attachment(of, item), part)
        elif kind == "fc":
            self._seal_hash(name, lambda item: places.name_attachment_content(of, item), part)
        elif kind == "outb":
            self._seal_hash(name, places.name_outgoing, part)
        elif rest == "audit:values":
            self._seal_hash(name, lambda item: places.name_audit_values(f"{int(tag[2:-1])}-{item}"), part)
        elif rest in ("held", "approvals"):
            self._seal_hash(name, lambda _: name, part)
        elif kind == "h":
            self._seal_list(name, places.name_history(of), part)
        elif kind == "m":
            self._seal_list(name, places.name_mailbox(of), part)
        elif kind == "k":
            self._seal_locks(name, of, part)
        elif rest == "live":
            self._drop_old_entries(name, part)
        elif rest == "captured" or kind == "a":
            self._count_passing(name, kind, part)

    def _seal_batch(self, name: str, kind: str, batch_id: str, part: SealedPart) -> None:
        if kind == "batch":
            self._seal_hash(name, lambda item: places.name_batch(batch_id, item), part)
        elif kind == "batchwhy":
            self._seal_hash(name, lambda number: places.name_batch(batch_id, f"why/{number}"), part)
        elif kind == "batchitems":
            self._seal_list(name, places.name_batch(batch_id, "items"), part)

    # -- one key of each type

    def _seal_any(self, name: str, part: SealedPart) -> None:
        (kind,) = self._backend.read([("TYPE", name)])
        if kind == b"hash":
            self._seal_hash(name, lambda _: "", part)
        elif kind == b"string":
            self._seal_string(name, "", part)

    def _seal_hash(self, name: str, find_place: Callable[[str], str], part: SealedPart) -> None:
        flat = self._backend.read([("HGETALL", name)])[0]
        changes: list[Change] = []
        for item, blob in iterate_pairs(flat):
            if not item.startswith(b"~"):
                changes += self._change(name, "hash", item, blob, find_place(item.decode()), part)
        self._replace(name, changes, part)

    def _seal_string(self, name: str, place: str, part: SealedPart) -> None:
        (blob,) = self._backend.read([("GET", name)])
        if blob:
            self._replace(name, list(self._change(name, "string", "", blob, place, part)), part)

    def _seal_list(self, name: str, place: str, part: SealedPart) -> None:
        found = self._backend.read([("LRANGE", name, 0, -1)])[0]
        changes: list[Change] = []
        for index, blob in enumerate(found):
            changes += self._change(name, "list", str(index), blob, place, part)
        self._replace(name, changes, part)

    def _seal_locks(self, name: str, instance_id: str, part: SealedPart) -> None:
        """The progress that a worker has told, inside the row of its lock."""
        changes: list[Change] = []
        for number, row in iterate_pairs(self._backend.read([("HGETALL", name)])[0]):
            fields = msgpack.unpackb(row, raw=True)
            if len(fields) <= _LOCK_PROGRESS or not fields[_LOCK_PROGRESS]:
                continue
            place = places.name_progress(f"{instance_id}.{number.decode()}")
            for *_, sealed in self._change(name, "hash", number, fields[_LOCK_PROGRESS], place, part):
                fields[_LOCK_PROGRESS] = sealed
                changes.append((name, "hash", number, row, codec.pack(fields, for_script=True)))
        self._replace(name, changes, part)

    def _change(
        self,
        name: str,
        kind: Literal["hash", "string", "list"],
        at: str | bytes,
        blob: bytes,
        place: str,
        part: SealedPart,
    ) -> Iterator[Change]:
        try:
            sealed = self._blobs.seal_again(blob, place)
        except codec.Damaged:
            part.unreadable.append(name)
            return
        if sealed is not None:
            yield name, kind, at, blob, sealed

    def _replace(self, name: str, changes: Sequence[Change], part: SealedPart) -> None:
        if changes:
            rows = [list(change) for change in changes]
            part.sealed += int(self._backend.run("seal_again", [name], [codec.pack(rows, for_script=True)])[1])

    # -- streams, whose entries nobody can change

    def _drop_old_entries(self, name: str, part: SealedPart) -> None:
        """Of the live stream, which reaches back a little for those who come again: it now reaches back less."""
        old = [id_ for id_, flat in self._iterate_stream(name, "-") if any(map(self._blobs.is_old, flat[1::2]))]
        if old:
            ops: list[Op] = [["XDEL", name, *(id_.decode() for id_ in old)]]
            apply_ops(self._backend, name, ops)
            part.sealed += len(old)

    def _count_passing(self, name: str, kind: str, part: SealedPart) -> None:
        if kind == "a":
            (blob,) = self._backend.read([("GET", name)])
            part.passing += bool(blob) and self._blobs.is_old(blob)
        else:
            part.passing += sum(self._blobs.is_old(flat[-1]) for _, flat in self._iterate_stream(name, "-"))

    def _copy_stream(self, name: str, part: SealedPart) -> bool:
        """A chain of the audit: copied entry by entry under the same ids; the copy takes its place once it is whole."""
        copy = name + keys.COPY
        begun: list[Any] = self._backend.read([("XREVRANGE", copy, "+", "-", "COUNT", 1)])[0]
        if begun and self._blobs.is_old(begun[0][1][1]):  # of an earlier change of keys
            apply_ops(self._backend, name, [["DEL", copy]])
            begun = []
        if not begun and not any(self._blobs.is_old(flat[1]) for _, flat in self._iterate_stream(name, "-")):
            return True
        last: str | None = begun[0][0].decode() if begun else None
        for _ in range(_PAGES):
            start = "-" if last is None else f"({last}"
            page: list[Any] = self._backend.read([("XRANGE", name, start, "+", "COUNT", _COPIED)])[0]
            if not page:
                return self._take_copy(name, copy, last)
            apply_ops(self._backend, name, [self._make_copy(name, copy, entry, part) for entry in page])
            last = page[-1][0].decode()
        return False

    def _make_copy(self, name: str, copy: str, entry: Any, part: SealedPart) -> Op:
        id_, (label, blob) = entry
        number = id_.decode().rpartition("-")[2]
        try:
            sealed = self._blobs.seal_again(blob, f"{name}/{number}")
        except codec.Damaged:
            part.unreadable.append(name)
            sealed = None
        part.sealed += sealed is not None
        return ["XADD", copy, id_, label, blob if sealed is None else sealed]

    def _take_copy(self, name: str, copy: str, last: str | None) -> bool:
        """Only if nothing has been appended since: the head of the chain has the number of the newest entry."""
        number = (last or "0-0").rpartition("-")[2]
        return apply_ops(self._backend, name, [["RENAME", copy, name]], [[keys.name_chain_head(name), "n", number]])

    def _iterate_stream(self, name: str, start: str) -> Iterator[tuple[bytes, list[bytes]]]:
        while True:
            page = self._backend.read([("XRANGE", name, start, "+", "COUNT", _COPIED)])[0]
            yield from page
            if len(page) < _COPIED:
                return
            start = "(" + page[-1][0].decode()


_STREAMS = frozenset({"audit", "anchors"})
_ID_STRINGS = frozenset({"s", "sent"})
_ID_HASHES = frozenset(
    name.partition(":")[2] for name in (keys.USERS, keys.USER_GROUPS, keys.API_KEYS, keys.TENANTS, keys.GRANTS)
)
