"""Many instances fast: one that the engine has made, written again under other ids exactly as its commit wrote it.

Each copy can be so much older than the one before: all moments in it, and all that are scores, are moved together. Ids
and moments are replaced in what is packed, since to unpack and pack it again takes ten times as long.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import zstandard

from baton.model import ids
from baton.store import codec
from baton.store.connecting import pack_command
from baton.store.dictionary import make_compressor

BATCH = 500
MOMENTS = (1_500_000_000_000, 3_000_000_000_000)
"""Numbers in between are milliseconds since the epoch."""
_COMPRESSOR, _EVENT_COMPRESSOR = zstandard.ZstdCompressor(level=3), make_compressor()


def copy(client: Any, template: str, count: int, partitions: int, *, older_by: int = 0) -> list[str]:
    """Copies of an instance: state, history, its places in every index. Their ids.

    ``older_by``: milliseconds from one copy to the next.
    """
    made = [ids.make_instance_id(secrets.token_bytes(10), number % partitions) for number in range(count)]
    plan = _plan(client, template)
    connection = client.connection_pool.get_connection()
    for first in range(0, count, BATCH):
        commands: list[tuple[Any, ...]] = []
        for number, item in enumerate(made[first : first + BATCH], first + 1):
            commands += _write(plan, _Change(template, item, number * older_by))
        connection.send_packed_command([b"".join(map(pack_command, commands))])
        for _ in commands:
            connection.read_response()
    client.connection_pool.release(connection)
    return made


@dataclass(frozen=True, slots=True)
class _Packed:
    """A blob as it is packed, the moments that it has, and how it was written."""

    packed: bytes
    moments: tuple[int, ...]
    version: bytes


def _plan(client: Any, template: str) -> list[tuple[str, str, Any]]:
    """(type, key, content) of everything that names the template."""
    found: list[tuple[str, str, Any]] = []
    for key in client.scan_iter(f"{_tag(template)}:*", count=1_000):
        name, kind = key.decode(), client.type(key).decode()
        if kind == "zset":
            members = [(m, s) for m, s in client.zrange(key, 0, -1, withscores=True) if template.encode() in m]
            if members:
                found.append((kind, name, members))
            if name.endswith((":topics", ":w")):
                found.append((kind, name, client.zrange(key, 0, -1, withscores=True)))
        elif kind == "hash" and template in name and ":i:" in name:
            found.append((kind, name, [(f, _unpack(f, blob)) for f, blob in client.hgetall(key).items()]))
        elif kind == "list" and template in name and ":h:" in name:
            found.append((kind, name, [_unpack(b"", blob) for blob in client.lrange(key, 0, -1)]))
    return found


def _unpack(field: bytes, blob: bytes) -> bytes | _Packed:
    """Fields of the store's own are no blobs."""
    if field.startswith(b"~"):
        return blob
    value = codec.decode(blob)
    return _Packed(codec.pack(value), tuple(sorted(set(_list_moments(value)))), blob[:1])


def _list_moments(value: Any) -> Iterator[int]:
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _list_moments(item)
    elif type(value) is int and MOMENTS[0] < value < MOMENTS[1]:
        yield value


def _write(plan: list[tuple[str, str, Any]], change: _Change) -> Iterator[tuple[Any, ...]]:
    old, new = change.old, change.new
    for kind, name, content in plan:
        key = name.replace(old, new).replace(_tag(old), _tag(new))
        if kind == "zset":
            shift = change.shift_urgency if name.endswith(":uu") else change.shift
            entries = [(shift(score), m.replace(old.encode(), new.encode())) for m, score in content]
            yield ("ZADD", key, *(part for entry in entries for part in entry))
        elif kind == "hash":
            yield ("HSET", key, *(part for field, value in content for part in (field, change.encode(value))))
        else:
            yield ("RPUSH", key, *map(change.encode, content))


@dataclass(frozen=True, slots=True)
class _Change:
    """From one instance to its copy."""

    old: str
    new: str
    older_by: int

    def shift(self, score: float) -> str:
        """A moment moved; any other number as it is."""
        return str(int(score) - self.older_by if MOMENTS[0] < score < MOMENTS[1] else score)

    def shift_urgency(self, score: float) -> str:
        """What ``store/urgency.py`` computes of the task whose moments are moved: its due date, or its creation."""
        return str(int(score) - (self.older_by if score >= 1 << 52 else self.older_by << 10))

    def encode(self, value: bytes | _Packed) -> bytes:
        """The blob of the copy, as ``codec.encode`` would make it: all ids are of one length, and so are moments."""
        if isinstance(value, bytes):
            return value
        packed = value.packed.replace(self.old.encode(), self.new.encode())
        # The oldest first: no moment that was moved is found again.
        for moment in value.moments:
            packed = packed.replace(_pack_moment(moment), _pack_moment(moment - self.older_by))
        if value.version == codec.ZSTD:
            packed = _COMPRESSOR.compress(packed)
        elif value.version == codec.EVENTS:
            packed = _EVENT_COMPRESSOR.compress(packed)
        return value.version + crc32(packed).to_bytes(4, "big") + packed


def _pack_moment(moment: int) -> bytes:
    return b"\xcf" + moment.to_bytes(8, "big")


def _tag(instance: str) -> str:
    return f"{{p{instance.rpartition('-')[2]}}}"
