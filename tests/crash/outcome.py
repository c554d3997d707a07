"""Everything that a store holds, as plain data in which two runs at different times are equal."""

from __future__ import annotations

import json
from typing import Any

from baton.store import codec, file_heads, keys
from baton.store.blobs import BlobCodec
from baton.store.history import decode_chunk

_LATE = 1_700_000_000_000
_OWN = (keys.LEASE.encode(), keys.UNTIL.encode(), keys.VERSION.encode())
_PASSING = (b":a:", b":idem:", b":msg:")
"""Kinds of keys that expire: who repeats hears an answer from them; they are no state."""


def outcome(client: Any) -> dict[str, Any]:
    """Key -> what it holds. Moments are levelled; leases, versions and fences say who, not what, and are left out."""
    found: dict[str, Any] = {}
    renamed = {id_: f"deployment-{n}" for n, id_ in enumerate(_deployments(client))}
    for key in sorted(client.scan_iter(count=1_000)):
        if any(part in key for part in _PASSING):
            assert client.pttl(key) > 0, f"{key!r} must expire"
            continue
        held = _READERS[client.type(key).decode()](client, key)
        if held:
            found[key.decode()] = held
    found.pop(keys.GENERATION, None)  # it only grows; how often something was saved is nobody's business
    return _rename(found, renamed)


def _deployments(client: Any) -> list[str]:
    """Ids of deployments and of their resources: random, so that two that did the same differ in them."""
    ids = [id_.decode() for id_ in client.zrange(keys.DEPLOYMENTS_BY_TIME, 0, -1)]
    held = [sorted(name.decode() for name in client.hkeys(keys.name_resources(id_))) for id_ in ids]
    return ids + [name for names in held for name in names if name != file_heads.FIELD]


def _rename(found: dict[str, Any], renamed: dict[str, str]) -> dict[str, Any]:
    text = json.dumps(found, default=repr)
    for before, after in renamed.items():
        text = text.replace(before, after)
    return json.loads(text)


def _string(client: Any, key: bytes) -> Any:
    return client.get(key).decode()


def _hash(client: Any, key: bytes) -> Any:
    found = client.hgetall(key)
    if b":k:" in key:
        import msgpack

        return {name.decode(): msgpack.unpackb(row)[2] for name, row in found.items()}
    if b":rate:" in key:  # how long instances took is a matter of the clock
        return {_text(name): "took" if name.startswith(b"t") else int(count) for name, count in found.items()}
    if b":i:" not in key:
        return {_text(name): _level(_blob(blob)) for name, blob in found.items()}
    return {_text(name): _level(codec.decode(blob)) for name, blob in found.items() if name not in _OWN}


def _list(client: Any, key: bytes) -> Any:
    if b":h:" in key:
        return [_event(event) for chunk in client.lrange(key, 0, -1) for event in decode_chunk(BlobCodec(), chunk, "")]
    return [_level(codec.decode(blob)) for blob in client.lrange(key, 0, -1)]


def _zset(client: Any, key: bytes) -> Any:
    return {member.decode(): _level(score) for member, score in client.zrange(key, 0, -1, withscores=True)}


def _set(client: Any, key: bytes) -> Any:
    return sorted(member.decode() for member in client.smembers(key))


def _stream(client: Any, key: bytes) -> Any:
    """Of one instance the turns are in order. What is published comes at least once: each id counts once."""
    entries = [body for _, body in client.xrange(key)]
    if key.endswith(b":published"):
        import orjson

        return sorted({orjson.loads(body[b"e"])["id"] for body in entries})
    found: dict[str, list[Any]] = {}
    for body in entries:
        found.setdefault(body[b"i"].decode(), []).extend(
            _event(event) for event in decode_chunk(BlobCodec(), body[b"e"], "")
        )
    return found


_READERS = {"string": _string, "hash": _hash, "list": _list, "set": _set, "zset": _zset, "stream": _stream}


def _event(event: Any) -> Any:
    return [event.position, event.type.value, event.element, event.token, _level(dict(event.data))]


def _blob(blob: bytes) -> Any:
    try:
        return codec.decode(blob)
    except codec.Damaged:
        return blob.decode()


def _text(name: bytes) -> str:
    return name.decode()


def _level(value: Any) -> Any:
    """Moments become one word."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and _LATE < value < float("inf"):
        return "moment"
    if isinstance(value, list):
        return [_level(item) for item in value]
    if isinstance(value, dict):
        return {name: _level(entry) for name, entry in value.items()}
    return value
