"""What happens, as it happens: one reader per process, fanned out in memory to bounded queues."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
_MAX_ITEMS = 1_000


Wants: TypeAlias = "Callable[[InstanceHeader], bool]"
"""Whether the turns of an instance are to be seen."""


@dataclass(frozen=True, slots=True)
class LiveItem:
    """One committed turn; ``id`` is ``<partition>-<stream id>`` and orders the turns of a partition."""

    id: str
    instance_id: str
    events: tuple[Event, ...]
    header: InstanceHeader


class Listener:
    """A bounded queue of what one listener wants to see. A slow listener overflows and must read a snapshot again."""

    def __init__(self, live: LiveFeed, instance_id: str | None, wants: Wants | None = None) -> None:
        self.instance_id, self._wants = instance_id, wants
        self.overflowed = False
        self._live = live
        self._items: queue.Queue[LiveItem] = queue.Queue(_MAX_ITEMS)

    def wait_for_item(self, timeout_s: float) -> LiveItem | None:
        """The next item, or None when there was none in time."""
        try:
            return self._items.get(timeout=timeout_s) if timeout_s > 0 else self._items.get_nowait()
        except queue.Empty:
            return None

    def offer(self, item: LiveItem) -> None:
        if self._wants is not None and not self._wants(item.header):
            return
        try:
            self._items.put_nowait(item)
        except queue.Full:
            self.overflowed = True

    def close(self) -> None:
        self._live.unsubscribe(self)


class LiveFeed:
    """The reader starts with the first listener and rests while there is none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._ready = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def subscribe(self, instance_id: str | None = None, wants: Wants | None = None) -> Listener:
        """Listen to every turn that commits from now on, of one instance or of all that are wanted."""
        found = Listener(self, instance_id, wants)
        with self._lock:
            self._listeners.add(found)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="baton-live", daemon=True)
                self._thread.start()
            self._wanted.set()
        self._ready.wait(5)
        return found

    def unsubscribe(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.discard(listener)
            if not self._listeners:
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

    def _distribute(self, entries: Iterable[LiveEntry]) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for entry in entries:
            interested = [listener for listener in listeners if listener.instance_id in (None, entry.instance_id)]
            item = _read_item(self._store.blobs, entry) if interested else None
            for element_ in interested:
                if item is None:
                    element_.overflowed = True
                else:
                    element_.offer(item)

    def _overflow_all(self) -> None:
        with self._lock:
            for listener in self._listeners:
                listener.overflowed = True

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
