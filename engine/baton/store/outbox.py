"""What leaves an instance after its commit, and what the outside may read of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.model.turn_result import Outgoing
from baton.model.values import Value
from baton.store import codec, keys, places
from baton.store.plan import Op, by_business_key, members_from
from baton.store.ports import Backend, Read, told

_AT_ONCE = 100
"""Of the messages kept for one receiver, so many are hurried: it takes one."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An outgoing that this process sends now; another will, if it does not say that it has."""

    partition_prefix: str
    outgoing: Outgoing
    first_at: Millis = 0
    """When it was put into the outbox."""
    attempts: int = 0
    ttl_ms: Millis = 0
    """Above 0: a message from outside that waits so long for its receiver."""
    correlation_keys: Mapping[str, Value] = field(default_factory=dict[str, Value])
    damage: str = ""
    """Why it could not be read, if it could not: then nothing but the id is known of it."""


class Outbox:
    """One per partition, worked off by whoever claims; at least once."""

    def __init__(self, backend: Backend, partitions: Sequence[int], *, published_length: int = 100_000) -> None:
        self._backend = backend
        self._prefixes = [keys.tag(p) for p in partitions]
        self._published_length = published_length

    def claim(self, *, now: Millis, retry_at: Millis, limit: int = 100) -> list[Claimed]:
        """What is due, in those parts of the store that answer. Raises StoreUnavailable when none does."""
        calls = [
            ([key for p in prefixes for key in (keys.outbox(p), keys.outbox_bodies(p))], [now, retry_at, limit])
            for prefixes in self._backend.groups(self._prefixes)
        ]
        return [
            _claimed(key.decode().partition(":")[0], id_.decode(), body)
            for reply in told(self._backend.ask_each("claim", calls))
            for key, id_, body in reply
        ]

    def rest(self, claimed: Claimed, at: Millis) -> None:
        """Nothing can be done with it: look again at the moment given."""
        key = keys.outbox(claimed.partition_prefix)
        apply_ops(self._backend, key, [["ZADD", key, "XX", str(at), claimed.outgoing.id]])

    def keep(self, out: Outgoing, *, now: Millis, ttl_ms: Millis, correlation_keys: Mapping[str, Value]) -> None:
        """Hold a message from outside that has come before its receiver."""
        self.later(Claimed(self._home(out.name), out, now, 0, ttl_ms, correlation_keys), now)

    def sent(self, *claimed: Claimed) -> None:
        """They have arrived: forget them."""
        self._apply((one.partition_prefix, op) for one in claimed for op in _removed(one))

    def later(self, claimed: Claimed, at: Millis) -> None:
        """It has not arrived: try again at the moment given, or sooner if it was hurried meanwhile."""
        prefix, out = claimed.partition_prefix, claimed.outgoing
        rest = [claimed.first_at, claimed.attempts + 1, claimed.ttl_ms, dict(claimed.correlation_keys)]
        body = codec.encode([to_row(out), *rest], place=places.outgoing(out.id))
        ops: list[Op] = [["ZADD", keys.outbox(prefix), "LT", str(at), out.id]]
        ops.append(["HSET", keys.outbox_bodies(prefix), out.id, body])
        if claimed.ttl_ms > 0:
            place = [keys.kept_names(prefix), "0", out.name, keys.kept(prefix, out.name), "0", _member(out)]
            ops.append(["word", "named", *place])
        apply_ops(self._backend, keys.outbox(prefix), ops)

    def put_off(self, claimed: Sequence[Claimed], at: Mapping[str, Millis]) -> None:
        """Nothing was tried: look at each again at the moment given for its id, or sooner if it was hurried."""
        self._apply(
            (prefix, ["ZADD", keys.outbox(prefix), "XX", "LT", str(at[one.outgoing.id]), one.outgoing.id])
            for one in claimed
            for prefix in (one.partition_prefix,)
        )

    def _apply(self, ops: Iterable[tuple[str, Op]]) -> None:
        """Operations by partition."""
        by_prefix: dict[str, list[Op]] = {}
        for prefix, op in ops:
            by_prefix.setdefault(prefix, []).append(op)
        for prefix, found in by_prefix.items():
            apply_ops(self._backend, keys.outbox(prefix), found)

    # -- messages from outside that are kept

    def kept_names(self) -> frozenset[str]:
        """The names of which messages are kept."""
        replies = self._backend.read([("ZRANGE", keys.kept_names(p), 0, -1) for p in self._prefixes])
        return frozenset(name.decode() for names in replies for name in names)

    def hurry(self, waits: Iterable[tuple[str, str | None]]) -> int:
        """Somebody waits now, for a name with a business key: the messages kept for him are due at once; how many."""
        asks = [(self._home(name), name, key) for name, own in waits for key in {own, None}]
        replies = self._backend.read(
            [
                ("ZRANGEBYLEX", keys.kept(prefix, name), *members_from(by_business_key(key)), "LIMIT", 0, _AT_ONCE)
                for prefix, name, key in asks
            ]
        )
        found = [(prefix, member) for (prefix, *_), members in zip(asks, replies, strict=True) for member in members]
        self._apply((prefix, ["ZADD", keys.outbox(prefix), "0", _id_of(member)]) for prefix, member in found)
        return len(found)

    def _home(self, name: str) -> str:
        """The partition that keeps the messages of a name."""
        return self._prefixes[crc32(name.encode()) % len(self._prefixes)]

    def waiting(self) -> int:
        return sum(self._backend.read([("ZCARD", keys.outbox(p)) for p in self._prefixes]))

    # -- CloudEvents

    def publish(self, event: bytes) -> None:
        """Add a CloudEvent (JSON) to the stream that outsiders read."""
        ops = [["XADD", keys.PUBLISHED, "MAXLEN", "~", str(self._published_length), "*", "e", event]]
        apply_ops(self._backend, keys.PUBLISHED, ops)

    def published(self, after: str, limit: int) -> list[tuple[str, bytes]]:
        """(id, CloudEvent) behind an id, the oldest first; ``0`` is the beginning."""
        command: Read = ("XRANGE", keys.PUBLISHED, "(" + after, "+", "COUNT", limit)
        return [(id_.decode(), flat[1]) for id_, flat in self._backend.read([command])[0]]


def _claimed(prefix: str, id_: str, body: bytes) -> Claimed:
    try:
        row, *rest = codec.decode(codec.unbound(body, places.outgoing(id_)))
    except codec.Damaged as damage:
        text = f"Expected a message with id '{id_}' in the outbox, but it is damaged: {damage}"
        return Claimed(prefix, Outgoing(id=id_, kind="", name="", sender="", element=""), damage=text)
    return Claimed(prefix, from_row(Outgoing, row), *rest)


def _member(out: Outgoing) -> str:
    return by_business_key(out.business_key) + out.id


def _id_of(member: bytes) -> str:
    return member.rpartition(keys.SEPARATOR.encode())[2].decode()


def _removed(claimed: Claimed) -> list[Op]:
    prefix, out = claimed.partition_prefix, claimed.outgoing
    ops: list[Op] = [["ZREM", keys.outbox(prefix), out.id], ["HDEL", keys.outbox_bodies(prefix), out.id]]
    if claimed.ttl_ms > 0:
        ops.append(["word", "unnamed", keys.kept_names(prefix), out.name, keys.kept(prefix, out.name), _member(out)])
    return ops


def apply_ops(
    backend: Backend,
    slot_key: str,
    ops: Sequence[Sequence[str | bytes | int]],
    expect: Sequence[Sequence[str | bytes]] = (),
) -> bool:
    """Run operations on keys of one slot atomically, if what is expected (key, field, value) still holds."""
    reply = backend.run("apply", [slot_key], [codec.for_script({"expect": list(expect), "ops": list(ops)})])
    return reply[0] == b"OK"
