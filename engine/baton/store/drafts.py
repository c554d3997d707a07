"""Drafts as stored: one row per draft with the list of its versions, and the content of each version beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import keys
from baton.store.blobs import BlobCodec
from baton.store.operations import apply_ops
from baton.store.ports import Backend, iterate_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVersion:
    """``began_at`` is when this version was first saved: what follows soon after replaces it."""

    number: int
    began_at: Millis
    saved_at: Millis
    saved_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """What lies beside the diagram, such as a scenario."""

    name: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContent:
    bpmn: str
    files: tuple[DraftFile, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return len(self.bpmn) + sum(len(file.name) + len(file.content) for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """``key`` is the id of its process; ``definition_id`` the version that it was begun from. Oldest version first."""

    id: str
    name: str
    key: str | None = None
    definition_id: str | None = None
    versions: tuple[DraftVersion, ...]
    tenant_id: str | None = None

    @property
    def latest(self) -> DraftVersion:
        return self.versions[-1]


class StoredDrafts:
    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def list(self) -> list[Draft]:
        """All drafts, in no order."""
        flat = self._backend.read([("HGETALL", keys.DRAFTS)])[0]
        return [_read_draft(self._blobs.decode(blob)) for _, blob in iterate_pairs(flat)]

    def get(self, draft_id: str) -> tuple[Draft, bytes] | None:
        """A draft, and its row as it is stored, which ``put`` expects again."""
        blob = self._backend.read([("HGET", keys.DRAFTS, draft_id)])[0]
        return None if blob is None else (_read_draft(self._blobs.decode(blob)), blob)

    def read_content(self, draft_id: str, number: int) -> DraftContent | None:
        blob = self._backend.read([("HGET", keys.name_draft(draft_id), str(number))])[0]
        return None if blob is None else _read_content(self._blobs.decode(blob))

    def add(self, draft: Draft, content: DraftContent, most: int) -> bool:
        """False, and nothing is written, if there are ``most`` already, however many are begun at the same time."""
        return self._put(draft, content, b"", (), [(keys.DRAFTS, most)])

    def change(self, draft: Draft, content: DraftContent, before: bytes, gone: Iterable[int]) -> bool:
        """Write the latest version, and remove ``gone``, if the row is still ``before``."""
        return self._put(draft, content, before, gone, [])

    def _put(
        self, draft: Draft, content: DraftContent, before: bytes, gone: Iterable[int], fewer: list[tuple[str, int]]
    ) -> bool:
        place = keys.name_draft(draft.id)
        ops = [
            ["HSET", keys.DRAFTS, draft.id, self._blobs.encode(_write_draft(draft))],
            ["HSET", place, str(draft.latest.number), self._blobs.encode(_write_content(content))],
            *(["HDEL", place, str(number)] for number in gone),
        ]
        return apply_ops(self._backend, keys.DRAFTS, ops, [[keys.DRAFTS, draft.id, before]], fewer)

    def remove(self, draft_id: str) -> None:
        apply_ops(self._backend, keys.DRAFTS, [["HDEL", keys.DRAFTS, draft_id], ["DEL", keys.name_draft(draft_id)]])


def _write_draft(draft: Draft) -> list[Any]:
    versions = [to_row(version) for version in draft.versions]
    row = [draft.id, draft.name, draft.key, draft.definition_id, versions]
    return row if draft.tenant_id is None else [*row, draft.tenant_id]


def _read_draft(row: list[Any]) -> Draft:
    id_, name, key, definition_id, versions, *more = row
    found = tuple(from_row(DraftVersion, version) for version in versions)
    tenant_id = more[0] if more else None
    return Draft(id=id_, name=name, key=key, definition_id=definition_id, versions=found, tenant_id=tenant_id)


def _write_content(content: DraftContent) -> list[Any]:
    return [content.bpmn, [to_row(file) for file in content.files]]


def _read_content(row: list[Any]) -> DraftContent:
    bpmn, files = row
    return DraftContent(bpmn=bpmn, files=tuple(from_row(DraftFile, file) for file in files))
