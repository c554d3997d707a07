"""Many instances fast: one that the engine has made, written again under other ids exactly as its commit wrote it.

Each copy can be so much older than the one before: all moments in it, and all that are scores, are moved together.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from baton.model import ids
from baton.store import codec

BATCH = 500
MOMENTS = (1_500_000_000_000, 3_000_000_000_000)
"""Numbers in between are milliseconds since the epoch."""


def copy(client: Any, template: str, count: int, partitions: int, *, older_by: int = 0) -> list[str]:
    """Copies of an instance: state, history, its places in every index. Their ids.

    ``older_by``: milliseconds from one copy to the next.
    """
    made = [ids.make_instance_id(secrets.token_bytes(10), number % partitions) for number in range(count)]
    plan = _plan(client, template)
    for first in range(0, count, BATCH):
        pipeline = client.pipeline(transaction=False)
        for number, item in enumerate(made[first : first + BATCH], first + 1):
            _write(pipeline, plan, _Change(template, item, number * older_by))
        pipeline.execute()
    return made


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
            fields = client.hgetall(key)
            found.append((kind, name, [(f, _content(f, blob)) for f, blob in fields.items()]))
        elif kind == "list" and template in name and ":h:" in name:
            found.append((kind, name, [codec.decode(blob) for blob in client.lrange(key, 0, -1)]))
    return found


def _content(field: bytes, blob: bytes) -> Any:
    return blob if field.startswith(b"~") else codec.decode(blob)


def _write(pipeline: Any, plan: list[tuple[str, str, Any]], change: _Change) -> None:
    old, new = change.old, change.new
    for kind, name, content in plan:
        key = name.replace(old, new).replace(_tag(old), _tag(new))
        if kind == "zset":
            pipeline.zadd(key, {m.decode().replace(old, new): change.shift(score) for m, score in content})
        elif kind == "hash":
            pipeline.hset(key, mapping=dict(_fields(content, change)))
        else:
            pipeline.rpush(key, *(codec.encode(change.apply(chunk)) for chunk in content))


def _fields(content: list[tuple[bytes, Any]], change: _Change) -> Iterator[tuple[bytes, bytes]]:
    for field, value in content:
        yield field, value if isinstance(value, bytes) else codec.encode(change.apply(value))


@dataclass(frozen=True, slots=True)
class _Change:
    """From one instance to its copy."""

    old: str
    new: str
    older_by: int

    def shift(self, number: Any) -> Any:
        """A moment moved; any other number as it is."""
        return number - self.older_by if MOMENTS[0] < number < MOMENTS[1] else number

    def apply(self, value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(self.old, self.new)
        if isinstance(value, list):
            return [self.apply(item) for item in value]
        if isinstance(value, dict):
            return {name: self.apply(entry) for name, entry in value.items()}
        return self.shift(value) if type(value) is int else value


def _tag(instance: str) -> str:
    return f"{{p{instance.rpartition('-')[2]}}}"
