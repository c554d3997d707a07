"""Answers of requests, stored under the caller's key: the same request again gets the same answer."""

from __future__ import annotations

from dataclasses import dataclass

from baton.model.errors import Conflict, IdempotencyMismatch
from baton.model.times import Millis
from baton.service.core.ids import Ids
from baton.store import keys
from baton.store.blobs import BlobCodec
from baton.store.operations import apply_ops
from baton.store.store import Store

_CLAIM_MS = 15_000
"""A claim can be claimed again after this, as its holder has died; if it has not, the command id has one effect."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """``stored`` None: the caller is to do the request; else it was done, with this answer."""

    stored: StoredAnswer | None = None


class Idempotency:
    def __init__(self, store: Store, ids: Ids) -> None:
        self._backend, self._blobs, self._ids = store.backend, store.blobs, ids
        self._claimed: dict[str, tuple[str, Millis]] = {}

    def claim(self, key: str, fingerprint: str, ttl_ms: Millis) -> Claim:
        """Raises IdempotencyMismatch (the key was used with another request), Conflict (it is being done)."""
        name = keys.name_idempotency(key)
        mine = self._ids.make_command_id()
        pending = self._blobs.encode([fingerprint, None, mine, None])
        while True:
            held: bytes | None = self._backend.read([("GET", name)])[0]
            if held == pending:
                # Claimed by this call; only the answer was lost.
                self._claimed[key] = (fingerprint, ttl_ms)
                return Claim()
            if held is not None:
                return _read_answer(self._blobs, held, fingerprint)
            ops = [["SET", name, pending, "PX", str(min(_CLAIM_MS, ttl_ms))]]
            if apply_ops(self._backend, name, ops, [[name, "", ""]]):
                self._claimed[key] = (fingerprint, ttl_ms)
                return Claim()

    def finish(self, key: str, status: int, content_type: str, body: bytes) -> None:
        """Store the answer of a request that was claimed here."""
        fingerprint, ttl_ms = self._claimed.pop(key)
        name = keys.name_idempotency(key)
        blob = self._blobs.encode([fingerprint, status, content_type, body])
        apply_ops(self._backend, name, [["SET", name, blob, "PX", str(ttl_ms)]])

    def release(self, key: str) -> None:
        """Give up a claim: the request was not done."""
        self._claimed.pop(key, None)
        name = keys.name_idempotency(key)
        apply_ops(self._backend, name, [["DEL", name]])


def _read_answer(blobs: BlobCodec, held: bytes, fingerprint: str) -> Claim:
    before, status, content_type, body = blobs.decode(held)
    if before != fingerprint:
        raise IdempotencyMismatch(
            "Expected the same request as before under this Idempotency-Key, but found another one"
        )
    if status is None:
        raise Conflict("Expected one request at a time under this Idempotency-Key, but the first is still being done")
    return Claim(StoredAnswer(status, content_type, body))
