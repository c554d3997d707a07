"""What leaves an instance after its commit, and what the outside may read of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.model.turn_result import Outgoing
from baton.model.values import Value
from baton.store import channels, codec, keys, places
from baton.store.blobs import BlobCodec
from baton.store.index_ops import make_business_key_start, make_member_range
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, Read, iterate_pairs, take_answered

_AT_ONCE = 100
"""Messages that are expedited for one receiver; it takes one of them."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A message or signal that this process has claimed to send; others may claim it when it is not confirmed."""

    partition_prefix: str
    outgoing: Outgoing
    first_at: Millis = 0
    """When it was put into the outbox."""
    attempts: int = 0
    ttl_ms: Millis = 0
    """Above 0: a buffered message, which waits so long for its receiver."""
    correlation_keys: Mapping[str, Value] = field(default_factory=dict[str, Value])
    damage: str = ""
    """Why it cannot be read, if it cannot; then only its id is known."""


class Outbox:
    """One per partition. An entry is claimed, sent, and confirmed; what is not confirmed in time is sent again."""

    def __init__(
        self, backend: Backend, blobs: BlobCodec, partitions: Sequence[int], *, published_length: int = 100_000
    ) -> None:
        self._backend, self._blobs = backend, blobs
        self._prefixes = [keys.make_tag(p) for p in partitions]
        self._published_length = published_length

    def claim(self, *, now: Millis, retry_at: Millis, limit: int = 100) -> list[OutboxEntry]:
        """Entries that are due, of those parts of the store that answer. Raises StoreUnavailable when none does."""
        calls = [
            (
                [key for p in prefixes for key in (keys.name_outbox(p), keys.name_outbox_bodies(p))],
                [now, retry_at, limit],
            )
            for prefixes in self._backend.group_by_slot(self._prefixes)
        ]
        return [
            self._decode(key.decode().partition(":")[0], id_.decode(), body)
            for reply in take_answered(self._backend.ask_each("claim", calls))
            for key, id_, body in reply
        ]

    def _decode(self, prefix: str, id_: str, body: bytes) -> OutboxEntry:
        try:
            row, *rest = self._blobs.decode(body, places.name_outgoing(id_))
        except codec.Damaged as damage:
            text = f"Expected a message with id '{id_}' in the outbox, but it is damaged: {damage}"
            return OutboxEntry(prefix, Outgoing(id=id_, kind="", name="", sender="", element=""), damage=text)
        return OutboxEntry(prefix, from_row(Outgoing, row), *rest)

    def iterate(self) -> Iterator[OutboxEntry]:
        """All entries, due or not. Raises StoreUnavailable."""
        for prefix in self._prefixes:
            flat = self._backend.read([("HGETALL", keys.name_outbox_bodies(prefix))])[0]
            for id_, body in iterate_pairs(flat):
                yield self._decode(prefix, id_.decode(), body)

    def quarantine(self, entry: OutboxEntry, at: Millis) -> None:
        """An entry that cannot be read: it is claimed again only at the moment given."""
        key = keys.name_outbox(entry.partition_prefix)
        apply_ops(self._backend, key, [["ZADD", key, "XX", str(at), entry.outgoing.id]])

    def buffer(self, out: Outgoing, *, now: Millis, ttl_ms: Millis, correlation_keys: Mapping[str, Value]) -> None:
        """Store a message from outside that has come before its receiver."""
        self.retry_at(OutboxEntry(self._get_home(out.name), out, now, 0, ttl_ms, correlation_keys), now)

    def confirm(self, *entries: OutboxEntry) -> None:
        """Remove entries that have arrived."""
        self._apply((entry.partition_prefix, op) for entry in entries for op in _make_remove_ops(entry))

    def retry_at(self, entry: OutboxEntry, at: Millis) -> None:
        """It has not arrived: claim it again at the moment given, or earlier if it was expedited meanwhile."""
        prefix, out = entry.partition_prefix, entry.outgoing
        rest = [entry.first_at, entry.attempts + 1, entry.ttl_ms, dict(entry.correlation_keys)]
        body = self._blobs.encode([to_row(out), *rest], place=places.name_outgoing(out.id))
        ops: list[Op] = [["ZADD", keys.name_outbox(prefix), "LT", str(at), out.id]]
        ops.append(["HSET", keys.name_outbox_bodies(prefix), out.id, body])
        if entry.ttl_ms > 0:
            registry, index = keys.name_buffered_names(prefix), keys.name_buffered(prefix, out.name)
            ops.append(["index", "register", registry, "0", out.name, index, "0", _make_buffer_member(out)])
        apply_ops(self._backend, keys.name_outbox(prefix), ops)

    def reschedule(self, entries: Sequence[OutboxEntry], at: Mapping[str, Millis]) -> None:
        """Nothing was tried: claim each again at the moment given for its id, or earlier if it was expedited."""
        self._apply(
            (prefix, ["ZADD", keys.name_outbox(prefix), "XX", "LT", str(at[entry.outgoing.id]), entry.outgoing.id])
            for entry in entries
            for prefix in (entry.partition_prefix,)
        )

    def _apply(self, ops: Iterable[tuple[str, Op]]) -> None:
        """Apply operations, each with the prefix of its partition."""
        by_prefix: dict[str, list[Op]] = {}
        for prefix, op in ops:
            by_prefix.setdefault(prefix, []).append(op)
        for prefix, found in by_prefix.items():
            apply_ops(self._backend, keys.name_outbox(prefix), found)

    # -- buffered messages

    def list_buffered_names(self) -> frozenset[str]:
        """The names of all buffered messages."""
        replies = self._backend.read([("ZRANGE", keys.name_buffered_names(p), 0, -1) for p in self._prefixes])
        return frozenset(name.decode() for names in replies for name in names)

    def expedite(self, waits: Iterable[tuple[str, str | None]]) -> int:
        """Make buffered messages due now, as receivers (name, business key) have begun to wait; returns how many."""
        asks = [(self._get_home(name), name, key) for name, own in waits for key in {own, None}]
        replies = self._backend.read(
            [
                ("ZRANGEBYLEX", index, *make_member_range(make_business_key_start(key)), "LIMIT", 0, _AT_ONCE)
                for prefix, name, key in asks
                for index in (keys.name_buffered(prefix, name),)
            ]
        )
        found = [(prefix, member) for (prefix, *_), members in zip(asks, replies, strict=True) for member in members]
        ops: list[tuple[str, Op]] = [
            (prefix, ["ZADD", keys.name_outbox(prefix), "0", _get_id(member)]) for prefix, member in found
        ]
        hints: list[tuple[str, Op]] = [
            (prefix, ["PUBLISH", channels.OUTBOX_CHANNEL, ""]) for prefix in {prefix for prefix, _ in found}
        ]
        self._apply(ops + hints)
        return len(found)

    def _get_home(self, name: str) -> str:
        """The partition that buffers the messages of a name."""
        return self._prefixes[crc32(name.encode()) % len(self._prefixes)]

    def count_waiting(self) -> int:
        return sum(self._backend.read([("ZCARD", keys.name_outbox(p)) for p in self._prefixes]))

    # -- CloudEvents

    def publish(self, event: bytes) -> None:
        """Add a CloudEvent (JSON) to the stream that outsiders read."""
        ops = [["XADD", keys.PUBLISHED, "MAXLEN", "~", str(self._published_length), "*", "e", event]]
        apply_ops(self._backend, keys.PUBLISHED, ops)

    def read_published(self, after: str, limit: int) -> list[tuple[str, bytes]]:
        """(id, CloudEvent) behind an id, the oldest first; ``0`` is the beginning."""
        command: Read = ("XRANGE", keys.PUBLISHED, "(" + after, "+", "COUNT", limit)
        return [(id_.decode(), flat[1]) for id_, flat in self._backend.read([command])[0]]


def _make_buffer_member(out: Outgoing) -> str:
    return make_business_key_start(out.business_key) + out.id


def _get_id(member: bytes) -> str:
    return member.rpartition(keys.SEPARATOR.encode())[2].decode()


def _make_remove_ops(entry: OutboxEntry) -> list[Op]:
    prefix, out = entry.partition_prefix, entry.outgoing
    ops: list[Op] = [["ZREM", keys.name_outbox(prefix), out.id], ["HDEL", keys.name_outbox_bodies(prefix), out.id]]
    if entry.ttl_ms > 0:
        registry, index = keys.name_buffered_names(prefix), keys.name_buffered(prefix, out.name)
        ops.append(["index", "unregister", registry, out.name, index, _make_buffer_member(out)])
    return ops
