"""Plain values to bytes and back: msgpack, compressed where it pays, behind one version byte, checked when read.

=======  ===========================================================================
byte     what follows
=======  ===========================================================================
``01``   CRC-32 (4 bytes), msgpack
``02``   CRC-32 (4 bytes), msgpack in zstd
``03``   key id (1 byte), nonce (12 bytes), AES-GCM of a blob of version 01, 02 or 05
``04``   as 03, and the place it belongs to (see ``places``) is authenticated with it
``05``   CRC-32 (4 bytes), msgpack in zstd that points into the examples of ``dictionary``; written for histories
=======  ===========================================================================

The append-only file has no checksums: a flipped byte would load silently. Sealed blobs are those of ``blobs``.

Values that msgpack does not know travel as extension types: moments, files, whole numbers beyond 64 bits.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zlib import crc32

import msgpack
import zstandard

from baton.model.values import FileValue, Value
from baton.store import dictionary

PLAIN, ZSTD, SEALED, BOUND, EVENTS = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"
WORTH_COMPRESSING, WORTH_POINTING = 160, 40
_MOMENT, _FILE, _BIG = 1, 2, 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Spare ones, which hold nothing of what they have packed or compressed.
_packers: list[msgpack.Packer] = []
_script_packers: list[msgpack.Packer] = []
_compressors: list[zstandard.ZstdCompressor] = []
_decompressors: list[zstandard.ZstdDecompressor] = []
_event_compressors: list[zstandard.ZstdCompressor] = []
_event_decompressors: list[zstandard.ZstdDecompressor] = []


class Damaged(Exception):
    """A stored blob cannot be read: an unknown version, or bytes that are not what was written."""


class Unstorable(TypeError):
    """A value that no blob can hold: not a Value, nested too deep, or text with half a surrogate pair."""


def encode(value: object, *, compress: bool = True) -> bytes:
    """The value as a blob that is not sealed. Raises Unstorable for what is not a Value, or holds what no row can."""
    packed = pack(value)
    version = PLAIN
    if compress and len(packed) >= WORTH_COMPRESSING and len(squeezed := _compress(packed)) < len(packed):
        version, packed = ZSTD, squeezed
    return version + crc32(packed).to_bytes(4, "big") + packed


def encode_events(rows: object) -> bytes:
    """As ``encode``, for the events of a turn: in half the bytes, as version 05. Raises Unstorable."""
    packed, version = pack(rows), PLAIN
    if len(packed) >= WORTH_POINTING:
        context = _event_compressors.pop() if _event_compressors else dictionary.make_compressor()
        try:
            squeezed = context.compress(packed)
        finally:
            _event_compressors.append(context)
        if len(squeezed) < len(packed):
            version, packed = EVENTS, squeezed
    return version + crc32(packed).to_bytes(4, "big") + packed


def decode(blob: bytes) -> Any:
    """The value of a blob that is not sealed, or was opened. Raises Damaged."""
    version, body = blob[:1], memoryview(blob)[5:]
    if version in (SEALED, BOUND):
        raise Damaged(
            f"Expected a sealed blob that belongs where it was found, but found {len(blob)} bytes that fail "
            "authentication: damaged, moved from elsewhere, or a key is missing in BATON_ENCRYPTION_KEYS"
        )
    if version not in (PLAIN, ZSTD, EVENTS):
        raise Damaged(f"Expected a blob of version 1 to 5, but found version {version.hex() or 'none'}: newer format?")
    if crc32(body).to_bytes(4, "big") != blob[1:5]:
        raise Damaged(f"Expected a readable blob, but found {len(blob)} bytes that do not match their checksum")
    try:
        packed = body if version == PLAIN else _decompress(body) if version == ZSTD else _decompress_events(body)
        return msgpack.unpackb(packed, ext_hook=_restore, strict_map_key=False)
    except (ValueError, zstandard.ZstdError, msgpack.UnpackException) as error:
        raise Damaged(f"Expected a readable blob, but found {len(blob)} damaged bytes: {error}") from error


def pack(value: object, *, for_script: bool = False) -> bytes:
    """The value as msgpack. Raises Unstorable.

    ``for_script``: as Lua's cmsgpack reads it, which knows no binary type: its strings are bytes.
    """
    # A pool, as for contexts: to make a packer takes longer than to pack an event with it.
    packers = _script_packers if for_script else _packers
    packer = packers.pop() if packers else msgpack.Packer(default=_extend, use_bin_type=not for_script)
    try:
        return packer.pack(value)
    except (TypeError, ValueError, OverflowError) as error:
        reason = str(error).encode("ascii", "backslashreplace").decode()
        raise Unstorable(f"Expected a value that can be stored, but found one that cannot: {reason}") from error
    finally:
        packers.append(packer)


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


def _decompress_events(data: memoryview) -> bytes:
    context = _event_decompressors.pop() if _event_decompressors else dictionary.make_decompressor()
    try:
        return context.decompress(data)
    finally:
        _event_decompressors.append(context)


def _extend(value: object) -> Any:
    if isinstance(value, datetime):
        return msgpack.ExtType(_MOMENT, _pack_moment(value))
    if isinstance(value, FileValue):
        row = [value.name, value.content, value.mime_type, value.encoding]
        return msgpack.ExtType(_FILE, msgpack.packb(row))
    if isinstance(value, int):
        return msgpack.ExtType(_BIG, str(value).encode())
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
