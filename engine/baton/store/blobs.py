"""Blobs of one store: sealed with its keys, if it has any. Two stores in one process share nothing.

With keys every blob is encrypted and authenticated (AES-GCM). The first key writes, all keys read, so that keys can be
changed one after the other; blobs from before the first key are read as they are.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from baton.store import codec
from baton.store.places import HISTORY, name_field

_NONCE_BYTES = 12
_HEAD_BYTES = 2 + _NONCE_BYTES


class KeyRing:
    """Keys by their number; the first writes."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._current = next(iter(keys))
        self._first = keys[self._current]

    def make_key(self, purpose: str) -> bytes:
        """Another key, made of the first one: 32 bytes."""
        return hmac.digest(self._first, purpose.encode(), "sha256")

    def is_current(self, blob: bytes, place: str) -> bool:
        """Whether a blob is sealed with the first key, and bound to a place if it has one."""
        return blob[:1] == (codec.BOUND if place else codec.SEALED) and blob[1] == self._current

    def seal(self, blob: bytes, place: str) -> bytes:
        nonce, data = os.urandom(_NONCE_BYTES), place.encode() or None
        head = (codec.BOUND if place else codec.SEALED) + bytes([self._current]) + nonce
        return head + self._ciphers[self._current].encrypt(nonce, blob, data)

    def open(self, blob: bytes, place: str) -> bytes | None:
        """What was sealed; None if no key opens it, or if it was sealed for another place."""
        cipher = self._ciphers.get(blob[1]) if len(blob) > _HEAD_BYTES else None
        data = place.encode() or None if blob[:1] == codec.BOUND else None
        if cipher is None:
            return None
        try:
            return cipher.decrypt(blob[2:_HEAD_BYTES], blob[_HEAD_BYTES:], data)
        except InvalidTag:
            return None


class BlobCodec:
    """Values to blobs and back. ``place``: where a blob belongs (see ``places``); sealed, it can be read only there."""

    def __init__(self, ring: KeyRing | None = None, *, compact_history: bool = False) -> None:
        """``compact_history``: write histories in a form that releases before 0.3 cannot read."""
        self._ring = ring
        self._encode_events = codec.encode_events if compact_history else codec.encode
        self.is_sealing = ring is not None
        """Whether a blob differs from place to place."""

    @classmethod
    def from_text(cls, keys: str, *, compact_history: bool = False) -> BlobCodec:
        """``number:base64,number:base64``; no keys in an empty text.

        Keys are 16, 24 or 32 bytes; numbers 0 to 255. Raises ValueError.
        """
        parts = [part.strip().partition(":") for part in keys.split(",") if part.strip()]
        found = {int(number): b64decode(key, validate=True) for number, _, key in parts}
        if len(found) < len(parts) or not all(0 <= number <= 255 for number in found):
            raise ValueError("the number of a key is from 0 to 255, and each is used once")
        return cls(KeyRing(found) if found else None, compact_history=compact_history)

    def make_key(self, purpose: str) -> bytes:
        """A key for a purpose of its own, of 32 bytes; empty without encryption keys."""
        return b"" if self._ring is None else self._ring.make_key(purpose)

    def encode(self, value: object, *, compress: bool = True, place: str = "") -> bytes:
        """Raises TypeError for what is not a Value."""
        blob = codec.encode(value, compress=compress)
        return blob if self._ring is None else self._ring.seal(blob, place)

    def encode_fields(self, instance_id: str, values: Mapping[str, object]) -> dict[str, bytes]:
        """Fields of the state of an instance, each for its place, and ``HISTORY`` among them. Raises Unstorable."""
        found = {
            name: self._encode_events(value) if name == HISTORY else codec.encode(value)
            for name, value in values.items()
        }
        ring = self._ring
        if ring is None:
            return found
        return {name: ring.seal(blob, name_field(instance_id, name)) for name, blob in found.items()}

    def open_fields(self, instance_id: str, blobs: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Fields of the state of an instance without their seals, each as ``open`` does."""
        if self._ring is None:
            return blobs
        return {name: self.open(blob, name_field(instance_id, name)) for name, blob in blobs.items()}

    def open(self, blob: bytes, place: str = "") -> bytes:
        """The blob without its seal; one that cannot be opened here stays as it is, and ``decode`` refuses it."""
        if self._ring is None or blob[:1] not in (codec.SEALED, codec.BOUND):
            return blob
        found = self._ring.open(blob, place)
        return blob if found is None else found

    def is_old(self, blob: bytes) -> bool:
        """Whether a blob is not sealed with the first key."""
        ring = self._ring
        return ring is not None and not (ring.is_current(blob, "") or ring.is_current(blob, "bound"))

    def seal_again(self, blob: bytes, place: str = "") -> bytes | None:
        """The blob as the first key seals it; None if it is sealed so, or is no blob. Raises Damaged."""
        if self._ring is None or blob[:1] not in (codec.PLAIN, codec.ZSTD, codec.EVENTS, codec.SEALED, codec.BOUND):
            return None
        if self._ring.is_current(blob, place):
            return None
        opened = self.open(blob, place)
        codec.decode(opened)
        return self._ring.seal(opened, place)

    def decode(self, blob: bytes, place: str = "") -> Any:
        """Raises Damaged."""
        return codec.decode(blob if self._ring is None else self.open(blob, place))
