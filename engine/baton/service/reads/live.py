"""What happens, as it happens: one reader per process, fanned out in memory to bounded queues."""

from __future__ import annotations

import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import structlog

from baton.model.events import Event
from baton.model.headers import HEADER, STATUS, read_header
from baton.model.records import InstanceHeader
from baton.store import places
from baton.store.blobs import BlobCodec
from baton.store.history import decode_chunk
from baton.store.ports import LiveEntry
from baton.store.rebuilding import UNREADABLE
from baton.store.store import Store

log = structlog.get_logger("baton.live")
_BLOCK_MS = 1_000
_MAX_BATCHES = 400
"""What waits for a slow listener: some ten seconds of a busy engine."""
_REST_PER_LISTENER_S = 0.000_1
_LONGEST_REST_S = 0.1


Wants: TypeAlias = "Callable[[InstanceHeader], bool]"
"""Whether the turns of an instance are to be seen."""
Takes: TypeAlias = "Callable[[LiveBatch], bool]"
"""Does at once what is to be done with a batch, without waiting for anything; whether it could."""


@dataclass(frozen=True, slots=True)
class LiveItem:
    """One committed turn; ``id`` is ``<partition>-<stream id>`` and orders the turns of a partition."""

    id: str
    instance_id: str
    events: tuple[Event, ...]
    header: InstanceHeader


@dataclass(frozen=True, slots=True)
class LiveBatch:
    """Turns that committed within a moment, in the order of each partition."""

    items: tuple[LiveItem, ...]
    _shaped: dict[Hashable, bytes] = field(default_factory=dict[Hashable, bytes])
    _narrowed: dict[Hashable, LiveBatch] = field(default_factory=dict[Hashable, "LiveBatch"])

    def shape(self, key: Hashable, make: Callable[[Sequence[LiveItem]], bytes]) -> bytes:
        """What ``make`` makes of the items: made once for all listeners that share the batch and the key."""
        shaped = self._shaped.get(key)
        if shaped is None:
            shaped = self._shaped[key] = make(self.items)
        return shaped

    def narrow(self, key: Hashable, wants: Wants) -> LiveBatch:
        """The items that are wanted: found once for all listeners whose rights, the key, are the same."""
        narrowed = self._narrowed.get(key)
        if narrowed is None:
            items = tuple(item for item in self.items if wants(item.header))
            narrowed = self._narrowed[key] = self if len(items) == len(self.items) else LiveBatch(items)
        return narrowed


_NOTHING = LiveBatch(())


class Listener:
    """A bounded queue of what one listener wants to see. A slow listener overflows and must read a snapshot again."""

    def __init__(
        self, live: LiveFeed, instance_id: str | None, wants: Wants | None = None, rights: Hashable = None
    ) -> None:
        self.instance_id, self._wants, self._rights = instance_id, wants, rights
        self.overflowed = False
        self._live = live
        self._batches: queue.SimpleQueue[LiveBatch] = queue.SimpleQueue()
        self._take: Takes | None = None

    def wait_for_batch(self, timeout_s: float, take: Takes | None = None) -> LiveBatch | None:
        """What came next, or None when nothing did in time.

        ``take`` gets what comes while this waits, and what it takes is not returned: so nobody is woken for it. It is
        called by the reader of the feed, which therefore must not be of another thread of the system's.
        """
        if take is not None and self._batches.empty():
            self._take = take
        try:
            return self._batches.get(timeout=timeout_s) if timeout_s > 0 else self._batches.get_nowait()
        except queue.Empty:
            return None
        finally:
            self._take = None

    def offer(self, batch: LiveBatch) -> None:
        wanted = batch if self._wants is None else batch.narrow(self._rights, self._wants)
        if not wanted.items or (self._take is not None and self._take(wanted)):
            return
        if self._batches.qsize() >= _MAX_BATCHES:
            self.overflowed = True
        else:
            self._put(wanted)

    def _put(self, batch: LiveBatch) -> None:
        self._take = None  # what comes next must not overtake it
        self._batches.put(batch)

    def report_overflow(self) -> None:
        """What it has missed it must read again: at once."""
        self.overflowed = True
        self.wake()

    def wake(self) -> None:
        """End its waiting, with a batch of nothing."""
        self._put(_NOTHING)

    def close(self) -> None:
        self._live.unsubscribe(self)


class LiveFeed:
    """The reader starts with the first listener and rests while there is none.

    What commits while it rests after a batch comes together in the next one: seconds ``rest_s`` (see ADR 0076).
    """

    def __init__(self, store: Store, rest_s: float = 0.0) -> None:
        self._store, self._rest_s = store, rest_s
        self.rest_per_listener_s = _REST_PER_LISTENER_S
        """The more listen to everything, the longer is collected, so that sending takes a part of a core at most."""
        self._of_all: set[Listener] = set()
        self._of_instance: defaultdict[str, set[Listener]] = defaultdict(set)
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._ready = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def subscribe(
        self, instance_id: str | None = None, wants: Wants | None = None, rights: Hashable = None
    ) -> Listener:
        """Listen to every turn that commits from now on, of one instance or of all that are wanted.

        ``rights``: the same for all whose ``wants`` wants the same; needed with it.
        """
        found = Listener(self, instance_id, wants, rights)
        with self._lock:
            if instance_id is None:
                self._of_all.add(found)
            else:
                self._of_instance[instance_id].add(found)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="baton-live", daemon=True)
                self._thread.start()
            self._wanted.set()
        self._ready.wait(5)
        return found

    def unsubscribe(self, listener: Listener) -> None:
        with self._lock:
            self._of_all.discard(listener)
            if listener.instance_id is not None and (rest := self._of_instance.get(listener.instance_id)) is not None:
                rest.discard(listener)
                if not rest:
                    del self._of_instance[listener.instance_id]
            if not self._of_all and not self._of_instance:
                self._wanted.clear()
                self._ready.clear()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._wanted.wait()
            if self._closed.is_set():
                return
            try:
                self._read()
            except Exception as error:
                log.warning("live stream interrupted", action="live.interrupted", reason=str(error))
                self._overflow_all()
                self._closed.wait(0.5)

    def _read(self) -> None:
        positions = self._store.read_live_positions()
        self._ready.set()
        while self._wanted.is_set() and not self._closed.is_set():
            entries = self._store.wait_for_live_entries(positions, _BLOCK_MS)
            for entry in entries:
                positions[entry.partition] = entry.id
            self._distribute(entries)
            if entries:
                self._closed.wait(self._choose_rest())

    def _choose_rest(self) -> float:
        return max(self._rest_s, min(_LONGEST_REST_S, len(self._of_all) * self.rest_per_listener_s))

    def _distribute(self, entries: Iterable[LiveEntry]) -> None:
        with self._lock:
            of_all = list(self._of_all)
            of_instance = {id_: list(listeners) for id_, listeners in self._of_instance.items()}
        wanted = [entry for entry in entries if of_all or entry.instance_id in of_instance]
        read = [(entry.instance_id, _read_item(self._store.blobs, entry)) for entry in wanted]
        _offer(of_all, [item for _, item in read])
        for instance_id, items in _group_by_instance(read, of_instance).items():
            _offer(of_instance[instance_id], items)

    def _overflow_all(self) -> None:
        with self._lock:
            for listener in (*self._of_all, *(each for found in self._of_instance.values() for each in found)):
                listener.report_overflow()

    def read_since(self, id_: str, limit: int = 1_000) -> tuple[list[LiveItem], bool]:
        """Items of a partition behind an item's id, and whether the stream still reaches back that far."""
        partition, _, after = id_.partition("-")
        entries, whole = self._store.read_live_entries(int(partition), after, limit)
        items = [_read_item(self._store.blobs, entry) for entry in entries]
        return [item for item in items if item is not None], whole and None not in items

    def close(self) -> None:
        self._closed.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(2)


def _group_by_instance(
    read: Iterable[tuple[str, LiveItem | None]], wanted: Mapping[str, object]
) -> dict[str, list[LiveItem | None]]:
    found: dict[str, list[LiveItem | None]] = {}
    for instance_id, item in read:
        if instance_id in wanted:
            found.setdefault(instance_id, []).append(item)
    return found


def _offer(listeners: Sequence[Listener], items: Sequence[LiveItem | None]) -> None:
    """One batch for all of them. Who would have seen a damaged item is told to read a snapshot."""
    batch = LiveBatch(tuple(item for item in items if item is not None))
    damaged = len(batch.items) < len(items)
    for listener in listeners:
        if damaged:
            listener.report_overflow()
        if batch.items:
            listener.offer(batch)


def _read_item(blobs: BlobCodec, entry: LiveEntry) -> LiveItem | None:
    """None for a damaged entry: its listeners read a snapshot instead, others are not affected."""
    try:
        return decode_item(blobs, entry)
    except UNREADABLE as damage:
        log.error("live entry damaged", action="live.damaged", instance=entry.instance_id, reason=str(damage))
        return None


def decode_item(blobs: BlobCodec, entry: LiveEntry) -> LiveItem:
    return LiveItem(
        id=f"{entry.partition}-{entry.id}",
        instance_id=entry.instance_id,
        events=tuple(decode_chunk(blobs, entry.chunk, entry.instance_id)),
        header=_decode_header(blobs, entry),
    )


def _decode_header(blobs: BlobCodec, entry: LiveEntry) -> InstanceHeader:
    parts = {HEADER: entry.header, STATUS: entry.status}
    place = places.name_live(entry.instance_id)
    return read_header({name: blobs.decode(blob, place) for name, blob in parts.items() if blob is not None})
