"""Plain values to bytes and back: msgpack, compressed where it pays, behind one version byte.

=======  ============================================
byte     what follows
=======  ============================================
``01``   msgpack
``02``   msgpack, zstd
=======  ============================================

Values that msgpack does not know travel as extension types: moments, files, whole numbers beyond 64 bits.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import msgpack
import zstandard

from baton.model.values import FileValue, Value

PLAIN, ZSTD = b"\x01", b"\x02"
WORTH_COMPRESSING = 160
_MOMENT, _FILE, _BIG = 1, 2, 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_compressors: list[zstandard.ZstdCompressor] = []
_decompressors: list[zstandard.ZstdDecompressor] = []


class Damaged(Exception):
    """A stored blob cannot be read: an unknown version, or bytes that are not what was written."""


def encode(value: object) -> bytes:
    """The value as a blob. Raises TypeError for what is not a Value."""
    packed = msgpack.packb(value, default=_extend, strict_types=False)
    if len(packed) < WORTH_COMPRESSING:
        return PLAIN + packed
    squeezed = _compress(packed)
    return ZSTD + squeezed if len(squeezed) < len(packed) else PLAIN + packed


def decode(blob: bytes) -> Any:
    """The value of a blob. Raises Damaged."""
    version = blob[:1]
    try:
        if version == PLAIN:
            return _unpack(memoryview(blob)[1:])
        if version == ZSTD:
            return _unpack(_decompress(memoryview(blob)[1:]))
    except (ValueError, zstandard.ZstdError, msgpack.UnpackException) as error:
        raise Damaged(f"Expected a readable blob, but found {len(blob)} damaged bytes: {error}") from error
    raise Damaged(f"Expected a blob of version 1 or 2, but found version {version.hex() or 'none'}")


def _unpack(data: Any) -> Any:
    return msgpack.unpackb(data, ext_hook=_restore, strict_map_key=False)


def _compress(data: bytes) -> bytes:
    # A pool, not a thread-local: a context must not be shared while in use, and greenlets come and go by the thousand.
    context = _compressors.pop() if _compressors else zstandard.ZstdCompressor(level=3, write_checksum=False)
    try:
        return context.compress(data)
    finally:
        _compressors.append(context)


def _decompress(data: memoryview) -> bytes:
    context = _decompressors.pop() if _decompressors else zstandard.ZstdDecompressor()
    try:
        return context.decompress(data)
    finally:
        _decompressors.append(context)


def _extend(value: object) -> Any:
    if isinstance(value, datetime):
        return msgpack.ExtType(_MOMENT, _pack_moment(value))
    if isinstance(value, FileValue):
        row = [value.name, value.content, value.mime_type, value.encoding]
        return msgpack.ExtType(_FILE, msgpack.packb(row))
    if isinstance(value, int):
        return msgpack.ExtType(_BIG, str(value).encode())
    if isinstance(value, (set, frozenset, tuple)):
        return list(cast("Any", value))
    raise TypeError(f"Expected a value that can be stored, but found {type(value).__name__}")


def _pack_moment(value: datetime) -> bytes:
    offset = value.utcoffset() or timedelta()
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    micros = (aware - _EPOCH) // timedelta(microseconds=1)
    return msgpack.packb([micros, int(offset.total_seconds())])


def _restore(code: int, data: bytes) -> Value:
    if code == _MOMENT:
        micros, offset = msgpack.unpackb(data)
        zone = timezone(timedelta(seconds=offset)) if offset else UTC
        return (_EPOCH + timedelta(microseconds=micros)).astimezone(zone)
    if code == _FILE:
        name, content, mime_type, encoding = msgpack.unpackb(data)
        return FileValue(name, content, mime_type, encoding)
    if code == _BIG:
        return int(data)
    raise ValueError(f"unknown extension type {code}")


def for_script(ask: object) -> bytes:
    """An argument that Lua's cmsgpack reads: it knows no binary type, its strings are bytes."""
    return msgpack.packb(ask, use_bin_type=False)
