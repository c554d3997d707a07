"""Plain values to bytes and back: msgpack, compressed where it pays, behind one version byte, checked when read.

=======  ===========================================================================
byte     what follows
=======  ===========================================================================
``01``   CRC-32 (4 bytes), msgpack
``02``   CRC-32 (4 bytes), msgpack in zstd
``03``   key id (1 byte), nonce (12 bytes), AES-GCM of a blob of version 01 or 02
``04``   as 03, and the place it belongs to (see ``places``) is authenticated with it
=======  ===========================================================================

The append-only file has no checksums: a flipped byte would load silently. With keys (see ``use_keys``) every blob is
encrypted and authenticated; the first key writes, all keys read, so that keys can be changed one after the other.

Values that msgpack does not know travel as extension types: moments, files, whole numbers beyond 64 bits.
"""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zlib import crc32

import msgpack
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from baton.model.values import FileValue, Value

PLAIN, ZSTD, SEALED, BOUND = b"\x01", b"\x02", b"\x03", b"\x04"
WORTH_COMPRESSING = 160
_MOMENT, _FILE, _BIG = 1, 2, 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_compressors: list[zstandard.ZstdCompressor] = []
_decompressors: list[zstandard.ZstdDecompressor] = []


class Damaged(Exception):
    """A stored blob cannot be read: an unknown version, or bytes that are not what was written."""


def encode(value: object, *, compress: bool = True, place: str = "") -> bytes:
    """The value as a blob. Raises TypeError for what is not a Value.

    With keys and a ``place`` the blob can be read only there: one that was moved or swapped is found out (``unbound``).
    """
    packed = msgpack.packb(value, default=_extend, strict_types=False)
    version = PLAIN
    if compress and len(packed) >= WORTH_COMPRESSING and len(squeezed := _compress(packed)) < len(packed):
        version, packed = ZSTD, squeezed
    blob = version + crc32(packed).to_bytes(4, "big") + packed
    return blob if _ring is None else _ring.seal(blob, place)


def decode(blob: bytes) -> Any:
    """The value of a blob. Raises Damaged."""
    if blob[:1] == SEALED:
        blob = _open(blob)
    version, body = blob[:1], memoryview(blob)[5:]
    if version == BOUND:
        raise Damaged(
            f"Expected a sealed blob that belongs where it was found, but found {len(blob)} bytes that fail "
            "authentication: damaged, moved from elsewhere, or a key is missing in BATON_ENCRYPTION_KEYS"
        )
    if version not in (PLAIN, ZSTD):
        raise Damaged(f"Expected a blob of version 1 to 4, but found version {version.hex() or 'none'}: newer format?")
    if crc32(body).to_bytes(4, "big") != blob[1:5]:
        raise Damaged(f"Expected a readable blob, but found {len(blob)} bytes that do not match their checksum")
    try:
        return _unpack(body if version == PLAIN else _decompress(body))
    except (ValueError, zstandard.ZstdError, msgpack.UnpackException) as error:
        raise Damaged(f"Expected a readable blob, but found {len(blob)} damaged bytes: {error}") from error


def unbound(blob: bytes, place: str) -> bytes:
    """A blob that was read from a place, as ``decode`` takes it; one that does not belong there stays unreadable."""
    if blob[:1] != BOUND or _ring is None:
        return blob
    try:
        return _ring.open(blob, place)
    except Damaged:
        return blob


class Ring:
    """Keys by their number; the first writes."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._current = next(iter(keys))

    def seal(self, blob: bytes, place: str = "") -> bytes:
        nonce, data = os.urandom(12), place.encode() or None
        head = (BOUND if place else SEALED) + bytes([self._current]) + nonce
        return head + self._ciphers[self._current].encrypt(nonce, blob, data)

    def open(self, blob: bytes, place: str = "") -> bytes:
        cipher = self._ciphers.get(blob[1]) if len(blob) > 14 else None
        if cipher is None:
            raise Damaged(f"Expected a blob sealed with one of the keys {list(self._ciphers)}, but found another")
        try:
            return cipher.decrypt(blob[2:14], blob[14:], place.encode() or None)
        except InvalidTag:
            raise Damaged(f"Expected a sealed blob, but found {len(blob)} bytes that fail authentication") from None


_ring: Ring | None = None


def use_keys(text: str) -> None:
    """``number:base64,number:base64``: encrypt from now on, in this process; the empty text stops it.

    Keys are 16, 24 or 32 bytes; numbers 0 to 255. Raises ValueError.
    """
    global _ring
    parts = [part.strip().partition(":") for part in text.split(",") if part.strip()]
    _ring = Ring({int(number): b64decode(key, validate=True) for number, _, key in parts}) if parts else None


def _open(blob: bytes) -> bytes:
    if _ring is None:
        raise Damaged("Expected a key for encrypted state, but found none: set BATON_ENCRYPTION_KEYS")
    return _ring.open(blob)


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
