"""The history of an instance: one chunk of events for each turn; only what is asked for is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from baton.model.events import Event
from baton.model.rows import from_row, to_row
from baton.model.values import Value
from baton.store import codec, keys, places
from baton.store.blobs import BlobCodec
from baton.store.ports import Backend

Row: TypeAlias = "list[Value]"
"""An event as it is stored; its position comes first."""
ChangeEvent: TypeAlias = "Callable[[Event], Event]"

_MOST_CHUNKS = 500
"""Chunks that are read in one round trip."""
_PAGE_BYTES = 1_000_000
"""What is read in one round trip, about, as soon as it is known how large chunks are."""
_FEW_CHUNKS = 50
"""A history of as many is not read together with others."""


@dataclass(frozen=True, slots=True)
class _Range:
    """Chunks by their index in the list, and the positions between which their events are."""

    first_index: int
    last_index: int
    first_position: int
    last_position: int

    @property
    def events_per_chunk(self) -> float:
        return max(1.0, (self.last_position - self.first_position + 1) / (self.last_index - self.first_index + 1))

    def guess(self, position: int) -> int:
        """Where the event would be if all chunks were of one size."""
        offset = int((position - self.first_position) / self.events_per_chunk)
        return max(self.first_index, min(self.last_index, self.first_index + offset))

    @property
    def middle(self) -> int:
        return (self.first_index + self.last_index) // 2


@dataclass(frozen=True, slots=True)
class _Chunk:
    """The events of one turn as rows: of a turn with many only those that are asked for are made."""

    rows: list[Row]

    @property
    def first_position(self) -> int:
        return cast("int", self.rows[0][0])

    @property
    def last_position(self) -> int:
        return cast("int", self.rows[-1][0])

    def iterate(self, first: int, last: int | None) -> Iterator[Event]:
        """Its events with positions from ``first`` up to and including ``last``: positions have no gaps."""
        begin = self.first_position
        end = None if last is None else max(0, last - begin + 1)
        for row in self.rows[max(0, first - begin) : end]:
            yield from_row(Event, row)

    def iterate_backwards(self) -> Iterator[Event]:
        for row in reversed(self.rows):
            yield from_row(Event, row)


class StoredHistory:
    """Events have positions without gaps from 1, and every chunk has at least one event."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def read(self, instance_id: str, first: int = 1, last: int | None = None) -> list[Event]:
        """The events with positions from ``first`` up to and including ``last``, in order. Raises Damaged."""
        return list(self.iterate(instance_id, first, last))

    def iterate(self, instance_id: str, first: int = 1, last: int | None = None) -> Iterator[Event]:
        """As ``read``, a page at a time, so that a long history need not be in memory as a whole."""
        if last is not None and last < first:
            return
        whole = None if first <= 1 and last is None else self._measure(instance_id)
        index = 0 if whole is None or first <= 1 else self._find_chunk(instance_id, whole, first)
        position, most = first, _FEW_CHUNKS
        while True:
            size = most
            if whole is not None and last is not None:
                size = min(most, int((last - position + 1) / whole.events_per_chunk) + 1)
            pieces = self._read_pieces(instance_id, index, index + size - 1)
            for offset, piece in enumerate(pieces):  # not all at once: decoded they take ten times as much memory
                chunk = self._decode(instance_id, index + offset, piece)
                yield from chunk.iterate(first, last)
                position = chunk.last_position + 1
            if len(pieces) < size or (last is not None and position > last):
                return
            index, most = index + size, _choose_size(pieces)

    def read_each(self, instance_ids: Sequence[str]) -> list[list[Event] | None]:
        """The whole histories of many instances in one round trip; None for one that is long or damaged."""
        found = self._backend.read([("LRANGE", keys.name_history(id_), 0, _FEW_CHUNKS - 1) for id_ in instance_ids])
        return [
            self._decode_all(id_, chunks) if len(chunks) < _FEW_CHUNKS else None
            for id_, chunks in zip(instance_ids, found, strict=True)
        ]

    def _decode_all(self, instance_id: str, chunks: Sequence[bytes]) -> list[Event] | None:
        try:
            return [event for chunk in chunks for event in decode_chunk(self._blobs, chunk, instance_id)]
        except codec.Damaged:
            return None

    def iterate_backwards(self, instance_id: str) -> Iterator[Event]:
        """The events from the newest to the oldest, a page at a time. Raises Damaged."""
        end = int(self._backend.read([("LLEN", keys.name_history(instance_id))])[0])
        size = 1
        while end > 0:
            start = max(0, end - size)
            pieces = self._read_pieces(instance_id, start, end - 1)
            for offset, piece in reversed([*enumerate(pieces)]):
                yield from self._decode(instance_id, start + offset, piece).iterate_backwards()
            end, size = start, min(_choose_size(pieces), size * 4)

    def replace_events(self, instance_id: str, change: ChangeEvent, first: int = 1, last: int | None = None) -> int:
        """Replace events by what ``change`` makes of them, those with positions from ``first`` up to and including
        ``last``; returns how many have become others. Nothing else changes a history: positions stay. Raises Damaged.
        """
        self._backend.bring_back(instance_id)
        whole, changed = self._measure(instance_id), 0
        if whole is None:
            return 0
        begin = self._find_chunk(instance_id, whole, first)
        end = whole.last_index if last is None else self._find_chunk(instance_id, whole, last)
        for index in range(begin, min(end, whole.last_index) + 1):
            changed += self._replace_in_chunk(instance_id, index, change)
        return changed

    def _replace_in_chunk(self, instance_id: str, index: int, change: ChangeEvent) -> int:
        name = keys.name_history(instance_id)
        while True:
            self._backend.bring_back(instance_id)
            (piece,) = self._read_pieces(instance_id, index, index)
            before = list(self._decode(instance_id, index, piece).iterate(1, None))
            after = [change(event) for event in before]
            count = sum(one != other for one, other in zip(before, after, strict=True))
            if not count:
                return 0
            blob = self._blobs.encode([to_row(event) for event in after], place=places.name_history(instance_id))
            asked = codec.pack([[name, "list", index, piece, blob]], for_script=True)
            if int(self._backend.run("seal_again", [name], [asked])[1]):  # else somebody else has just changed it
                return count

    def _measure(self, instance_id: str) -> _Range | None:
        """The whole history, by its last event; None when there is none."""
        key = keys.name_history(instance_id)
        count, newest = self._backend.read([("LLEN", key), ("LRANGE", key, -1, -1)])
        if not newest:
            return None
        return _Range(0, count - 1, 1, self._decode(instance_id, count - 1, newest[0]).last_position)

    def _find_chunk(self, instance_id: str, whole: _Range, position: int) -> int:
        """The index of the chunk that holds the position; one behind the last for a position behind all."""
        if position > whole.last_position:
            return whole.last_index + 1
        left, guessing = whole, True
        while left.first_index < left.last_index:
            # Every other step halves what is left, as chunks of very different sizes mislead a guess.
            index = left.guess(position) if guessing else left.middle
            guessing = not guessing
            (piece,) = self._read_pieces(instance_id, index, index)
            chunk = self._decode(instance_id, index, piece)
            if position < chunk.first_position:
                left = _Range(left.first_index, index - 1, left.first_position, chunk.first_position - 1)
            elif position > chunk.last_position:
                left = _Range(index + 1, left.last_index, chunk.last_position + 1, left.last_position)
            else:
                return index
        return left.first_index

    def _read_pieces(self, instance_id: str, first: int, last: int) -> list[bytes]:
        """Chunks as they are stored, by their index."""
        return self._backend.read([("LRANGE", keys.name_history(instance_id), first, last)])[0]

    def _decode(self, instance_id: str, index: int, chunk: bytes) -> _Chunk:
        try:
            return _Chunk(_decode_rows(self._blobs, chunk, instance_id))
        except codec.Damaged as damage:
            raise codec.Damaged(
                f"Expected the history of instance '{instance_id}', but part {index} of it is damaged: {damage}"
            ) from damage


def _choose_size(pieces: Sequence[bytes]) -> int:
    """How many chunks to read next, by how large those read last are."""
    average = sum(map(len, pieces)) / len(pieces) if pieces else 1
    return max(1, min(_MOST_CHUNKS, int(_PAGE_BYTES / average)))


def decode_chunk(blobs: BlobCodec, chunk: bytes, instance_id: str) -> list[Event]:
    """The events that one turn added to the history. Raises Damaged."""
    return [from_row(Event, row) for row in _decode_rows(blobs, chunk, instance_id)]


def _decode_rows(blobs: BlobCodec, chunk: bytes, instance_id: str) -> list[Row]:
    return blobs.decode(chunk, places.name_history(instance_id))
