"""What leaves an instance after its commit, and what the outside may read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from baton.model.decision import Outgoing
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.model.values import Value
from baton.store import codec, keys
from baton.store.ports import Backend, Read


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


class Outbox:
    """One per partition, worked off by whoever claims; at least once."""

    def __init__(self, backend: Backend, partitions: Sequence[int], *, published_length: int = 100_000) -> None:
        self._backend = backend
        self._prefixes = [keys.tag(p) for p in partitions]
        self._published_length = published_length

    def claim(self, *, now: Millis, retry_at: Millis, limit: int = 100) -> list[Claimed]:
        found: list[Claimed] = []
        for prefixes in self._backend.groups(self._prefixes):
            names = [key for p in prefixes for key in (keys.outbox(p), keys.outbox_bodies(p))]
            for key, _, body in self._backend.run("claim", names, [now, retry_at, limit]):
                row, *rest = codec.decode(body)
                found.append(Claimed(key.decode().partition(":")[0], from_row(Outgoing, row), *rest))
        return found

    def keep(self, out: Outgoing, *, now: Millis, ttl_ms: Millis, correlation_keys: Mapping[str, Value]) -> None:
        """Hold a message from outside that has come before its receiver."""
        prefix = self._prefixes[crc32(out.name.encode()) % len(self._prefixes)]
        self.later(Claimed(prefix, out, now, 0, ttl_ms, correlation_keys), now)

    def sent(self, claimed: Claimed) -> None:
        """It has arrived: forget it."""
        prefix, id_ = claimed.partition_prefix, claimed.outgoing.id
        ops = [["ZREM", keys.outbox(prefix), id_], ["HDEL", keys.outbox_bodies(prefix), id_]]
        apply_ops(self._backend, keys.outbox(prefix), ops)

    def later(self, claimed: Claimed, at: Millis) -> None:
        """It has not arrived: try again at the moment given."""
        prefix, out = claimed.partition_prefix, claimed.outgoing
        rest = [claimed.first_at, claimed.attempts + 1, claimed.ttl_ms, dict(claimed.correlation_keys)]
        body = codec.encode([to_row(out), *rest])
        ops = [["ZADD", keys.outbox(prefix), str(at), out.id], ["HSET", keys.outbox_bodies(prefix), out.id, body]]
        apply_ops(self._backend, keys.outbox(prefix), ops)

    def put_off(self, claimed: Sequence[Claimed], at: Mapping[str, Millis]) -> None:
        """Nothing was tried: look at each again at the moment given for its id."""
        by_prefix: dict[str, list[list[str]]] = {}
        for one in claimed:
            key, id_ = keys.outbox(one.partition_prefix), one.outgoing.id
            by_prefix.setdefault(key, []).append(["ZADD", key, str(at[id_]), id_])
        for key, ops in by_prefix.items():
            apply_ops(self._backend, key, ops)

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


def apply_ops(
    backend: Backend, slot_key: str, ops: Sequence[Sequence[str | bytes | int]], expect: Sequence[Sequence[str]] = ()
) -> bool:
    """Run operations on keys of one slot atomically, if what is expected (key, field, value) still holds."""
    reply = backend.run("apply", [slot_key], [codec.for_script({"expect": list(expect), "ops": list(ops)})])
    return reply[0] == b"OK"
