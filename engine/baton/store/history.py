"""The history of an instance: one chunk of events for each turn; only what is asked for is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from baton.model.events import Event
from baton.model.rows import from_row
from baton.store import codec, keys, places
from baton.store.blobs import BlobCodec
from baton.store.ports import Backend

_MOST_CHUNKS = 500
"""Chunks that are read in one round trip."""


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
        position = first
        while True:
            size = _MOST_CHUNKS
            if whole is not None and last is not None:
                size = min(_MOST_CHUNKS, int((last - position + 1) / whole.events_per_chunk) + 1)
            chunks = self._read_chunks(instance_id, index, index + size - 1)
            for event in (event for chunk in chunks for event in chunk):
                if last is not None and event.position > last:
                    return
                if event.position >= first:
                    yield event
                    position = event.position + 1
            if len(chunks) < size or (last is not None and position > last):
                return
            index += size

    def iterate_backwards(self, instance_id: str) -> Iterator[Event]:
        """The events from the newest to the oldest, a page at a time. Raises Damaged."""
        end = int(self._backend.read([("LLEN", keys.name_history(instance_id))])[0])
        size = 1
        while end > 0:
            start = max(0, end - size)
            for chunk in reversed(self._read_chunks(instance_id, start, end - 1)):
                yield from reversed(chunk)
            end, size = start, min(_MOST_CHUNKS, size * 4)

    def _measure(self, instance_id: str) -> _Range | None:
        """The whole history, by its last event; None when there is none."""
        key = keys.name_history(instance_id)
        count, newest = self._backend.read([("LLEN", key), ("LRANGE", key, -1, -1)])
        if not newest:
            return None
        return _Range(0, count - 1, 1, self._decode(instance_id, count - 1, newest[0])[-1].position)

    def _find_chunk(self, instance_id: str, whole: _Range, position: int) -> int:
        """The index of the chunk that holds the position; one behind the last for a position behind all."""
        if position > whole.last_position:
            return whole.last_index + 1
        left, guessing = whole, True
        while left.first_index < left.last_index:
            # Every other step halves what is left, as chunks of very different sizes mislead a guess.
            index = left.guess(position) if guessing else left.middle
            guessing = not guessing
            (chunk,) = self._read_chunks(instance_id, index, index)
            if position < chunk[0].position:
                left = _Range(left.first_index, index - 1, left.first_position, chunk[0].position - 1)
            elif position > chunk[-1].position:
                left = _Range(index + 1, left.last_index, chunk[-1].position + 1, left.last_position)
            else:
                return index
        return left.first_index

    def _read_chunks(self, instance_id: str, first: int, last: int) -> list[list[Event]]:
        found = self._backend.read([("LRANGE", keys.name_history(instance_id), first, last)])[0]
        return [self._decode(instance_id, first + offset, chunk) for offset, chunk in enumerate(found)]

    def _decode(self, instance_id: str, index: int, chunk: bytes) -> list[Event]:
        try:
            return decode_chunk(self._blobs, chunk, instance_id)
        except codec.Damaged as damage:
            raise codec.Damaged(
                f"Expected the history of instance '{instance_id}', but part {index} of it is damaged: {damage}"
            ) from damage


def decode_chunk(blobs: BlobCodec, chunk: bytes, instance_id: str) -> list[Event]:
    """The events that one turn added to the history. Raises Damaged."""
    return [from_row(Event, row) for row in blobs.decode(chunk, places.name_history(instance_id))]
