"""Reading the history of an instance page by page."""

from __future__ import annotations

from random import Random
from typing import Any
from weakref import ReferenceType, ref

import pytest

from baton.model.events import Event, EventType
from baton.model.rows import to_row
from baton.store import codec, keys
from baton.store.blobs import BlobCodec
from baton.store.history import StoredHistory
from baton.store.operations import apply_ops
from baton.store.ports import Backend, Read
from baton.store.store import Store
from tests.store.building import ID


class CountingBackend:
    """Counts the chunks of history that pass."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.chunks: list[bytes] = []

    def read(self, commands: list[Read]) -> list[Any]:
        replies = self._backend.read(commands)
        for command, reply in zip(commands, replies, strict=True):
            if command[0] == "LRANGE":
                self.chunks += reply
        return replies

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    @property
    def events(self) -> int:
        return sum(len(codec.decode(chunk)) for chunk in self.chunks)


def write(store: Store, sizes: list[int]) -> None:
    """A history whose turns had so many events each."""
    key, position = keys.name_history(ID), 0
    ops: list[list[str | bytes]] = []
    for size in sizes:
        rows = [
            to_row(Event(position=position + n, at=position, type=EventType.FLOW_TAKEN, element=f"flow{n}"))
            for n in range(1, size + 1)
        ]
        position += size
        ops.append(["RPUSH", key, codec.encode(rows)])
    for first in range(0, len(ops), 1_000):
        apply_ops(store.backend, key, ops[first : first + 1_000])


def counted(store: Store) -> tuple[Store, CountingBackend]:
    backend = CountingBackend(store.backend)
    return Store(backend, store.blobs, len(store.partitions)), backend  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", ["even", "growing", "one huge turn"])
@pytest.mark.parametrize("first", [1, 200, 12_345, 24_951])
def test_a_page_of_a_long_history_reads_hardly_more_than_the_page(store: Store, shape: str, first: int) -> None:
    sizes = {
        "even": [5] * 5_000,
        "growing": [1 + n // 500 for n in range(5_000)],
        "one huge turn": [1] * 10_000 + [5_000] + [1] * 10_000,
    }[shape]
    write(store, sizes)
    reading, backend = counted(store)

    events = reading.history.read(ID, first, first + 49)

    assert [event.position for event in events] == list(range(first, first + 50))
    own_turn = 5_000 if shape == "one huge turn" and first == 12_345 else 0
    # The turn that an event is in is found by a few looks, and a turn is read as a whole.
    assert backend.events <= 50 + own_turn + 150


def test_any_page_of_any_history_is_what_was_written(store: Store) -> None:
    random = Random(4)
    sizes = [random.choice((1, 1, 2, 7, 300)) for _ in range(200)]
    write(store, sizes)
    total = sum(sizes)
    for _ in range(100):
        first = random.randint(1, total + 5)
        last = random.choice((None, random.randint(first, total + 20)))

        events = store.history.read(ID, first, last)

        assert [event.position for event in events] == list(range(first, min(total, last or total) + 1))


def test_backwards_the_newest_event_is_read_first_and_the_rest_only_when_asked_for(store: Store) -> None:
    write(store, [3] * 1_000)
    reading, backend = counted(store)
    events = reading.history.iterate_backwards(ID)

    newest = next(events)

    assert (newest.position, backend.events) == (3_000, 3)
    assert [event.position for event in events] == list(range(2_999, 0, -1))


def test_an_instance_without_history_has_no_page(store: Store) -> None:
    assert store.history.read(ID) == []
    assert store.history.read(ID, 5, 10) == []
    assert list(store.history.iterate_backwards(ID)) == []


def test_damage_of_one_part_is_named_and_leaves_other_pages_readable(store: Store) -> None:
    write(store, [2] * 100)
    key = keys.name_history(ID)
    chunks = store.backend.read([("LRANGE", key, 0, -1)])[0]
    chunks[60] = b"\x01rubbish"
    apply_ops(store.backend, key, [["DEL", key], *(["RPUSH", key, chunk] for chunk in chunks)])

    assert [item.position for item in store.history.read(ID, 1, 20)] == list(range(1, 21))
    with pytest.raises(codec.Damaged, match="part 60 of it is damaged"):
        store.history.read(ID)


class Rows(list[Any]):
    """The rows of one turn; unlike those of a plain list it can be told how many are still in memory."""


class WatchedBlobs(BlobCodec):
    """Tells how many decoded turns are in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._decoded: list[ReferenceType[Rows]] = []

    def decode(self, blob: bytes, place: str = "") -> Any:
        rows = Rows(super().decode(blob, place))
        self._decoded.append(ref(rows))
        return rows

    def count_turns_in_memory(self) -> int:
        return sum(decoded() is not None for decoded in self._decoded)


def test_of_a_long_history_of_large_turns_only_one_turn_is_in_memory_at_a_time(store: Store) -> None:
    write(store, [200] * 25)
    blobs = WatchedBlobs()
    history = StoredHistory(store.backend, blobs)

    for events in (history.iterate(ID), history.iterate(ID, 2, 4_999), history.iterate_backwards(ID)):
        counted_turns = [blobs.count_turns_in_memory() for _ in events]

        assert len(counted_turns) in (5_000, 4_998)
        # While the next turn is decoded the one before is still there.
        assert max(counted_turns) <= 2
