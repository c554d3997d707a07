"""Saved filters: what people ask for user tasks by, under a name."""

from __future__ import annotations

from typing import Any

from baton.model.immutable import immutable
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store.blobs import BlobCodec
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, iterate_pairs
from baton.store.task_keys import FILTERS


@immutable
class SavedFilter:
    """``query``: as it was sent, in JSON's types; ``properties``: what screens keep with it.

    ``owner``: None where nobody signs in. ``tenant_id``: whose it is; None: everybody's.
    """

    id: str
    name: str
    resource: str
    owner: str | None
    query: dict[str, Any]
    properties: dict[str, Any]
    created_at: Millis
    tenant_id: str | None = None


class SavedFilters:
    """One hash for all: there are few, and lists show them by their names."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def list(self) -> list[SavedFilter]:
        """All, in no order. Raises Damaged."""
        flat = self._backend.read([("HGETALL", FILTERS)])[0]
        return [from_row(SavedFilter, self._blobs.decode(blob)) for _, blob in iterate_pairs(flat)]

    def get(self, filter_id: str) -> tuple[SavedFilter, bytes] | None:
        """A filter, and its row as it is stored, which ``change`` expects again. Raises Damaged."""
        blob = self._backend.read([("HGET", FILTERS, filter_id)])[0]
        return None if blob is None else (from_row(SavedFilter, self._blobs.decode(blob)), blob)

    def add(self, saved: SavedFilter, most: int) -> bool:
        """False, and nothing is written, if there are ``most`` already, however many are saved at the same time."""
        return self._put(saved, b"", [(FILTERS, most)])

    def change(self, saved: SavedFilter, before: bytes) -> bool:
        """False, and nothing is written, if the row is not ``before`` any more."""
        return self._put(saved, before, [])

    def _put(self, saved: SavedFilter, before: bytes, fewer: list[tuple[str, int]]) -> bool:
        ops: list[Op] = [["HSET", FILTERS, saved.id, self._blobs.encode(to_row(saved))]]
        return apply_ops(self._backend, FILTERS, ops, [[FILTERS, saved.id, before]], fewer)

    def remove(self, filter_id: str) -> None:
        apply_ops(self._backend, FILTERS, [["HDEL", FILTERS, filter_id]])
