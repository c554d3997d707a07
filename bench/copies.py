"""Many instances fast: one that the engine has made, written again under other ids exactly as its commit wrote it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from baton.model import ids
from baton.store import codec

BATCH = 500


def copy(client: Any, template: str, count: int, partitions: int) -> list[str]:
    """Copies of an instance: state, history, its places in every index. Their ids."""
    made = [ids.make_instance_id(secrets.token_bytes(10), number % partitions) for number in range(count)]
    plan = _plan(client, template)
    for first in range(0, count, BATCH):
        pipeline = client.pipeline(transaction=False)
        for item in made[first : first + BATCH]:
            _write(pipeline, plan, template, item)
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
        elif kind == "list" and template in name:
            found.append((kind, name, [codec.decode(blob) for blob in client.lrange(key, 0, -1)]))
    return found


def _content(field: bytes, blob: bytes) -> Any:
    return blob if field.startswith(b"~") else codec.decode(blob)


def _write(pipeline: Any, plan: list[tuple[str, str, Any]], old: str, new: str) -> None:
    for kind, name, content in plan:
        key = name.replace(old, new).replace(_tag(old), _tag(new))
        if kind == "zset":
            pipeline.zadd(key, {m.decode().replace(old, new): score for m, score in content})
        elif kind == "hash":
            pipeline.hset(key, mapping=dict(_fields(content, old, new)))
        else:
            pipeline.rpush(key, *(codec.encode(_renamed(chunk, old, new)) for chunk in content))


def _fields(content: list[tuple[bytes, Any]], old: str, new: str) -> Iterator[tuple[bytes, bytes]]:
    for field, value in content:
        yield field, value if isinstance(value, bytes) else codec.encode(_renamed(value, old, new))


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [_renamed(item, old, new) for item in value]
    if isinstance(value, dict):
        return {name: _renamed(entry, old, new) for name, entry in value.items()}
    return value


def _tag(instance: str) -> str:
    return f"{{p{instance.rpartition('-')[2]}}}"
