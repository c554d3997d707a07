"""Rebuilds a missing or damaged header of an instance from the indexes and the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from baton.model.records import InstanceHeader, InstanceState
from baton.model.standalone import DEFINITION_ID
from baton.model.times import Millis
from baton.store import codec, keys
from baton.store.blobs import BlobCodec
from baton.store.history import StoredHistory
from baton.store.ports import Backend, Read

UNREADABLE = (codec.Damaged, TypeError, ValueError, LookupError)
"""What reading a damaged row raises."""
UNKNOWN = "unknown"
"""The definition of an instance that no index names any more."""


class HeaderRebuilder:
    """Slow, and for damage only. Lost are who started it and where, its reason, and its tenant."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._history = backend, StoredHistory(backend, blobs)

    def rebuild(self, instance_id: str) -> InstanceHeader:
        """Active, with the definition ``unknown``, where the indexes do not say it."""
        state, moment = self._find_state(instance_id)
        definition_id = self._find_definition(instance_id, state) or UNKNOWN
        return InstanceHeader(
            id=instance_id,
            definition_id=definition_id,
            definition_key=definition_id.partition(":")[0],
            state=state,
            started_at=moment,
            ended_at=moment if state.is_ended else None,
            business_key=self._find_business_key(instance_id),
            position=self._find_position(instance_id),
        )

    def _find_state(self, instance_id: str) -> tuple[InstanceState, Millis]:
        prefix = keys.find_tag(instance_id)
        scores = self._score(instance_id, [keys.name_by_state(prefix, state.value) for state in InstanceState])
        found = [(state, score) for state, score in zip(InstanceState, scores, strict=True) if score is not None]
        (done,) = self._score(instance_id, [keys.name_ended(prefix, DEFINITION_ID)])
        if not found and done is not None:
            return InstanceState.COMPLETED, done
        return found[0] if found else (InstanceState.ACTIVE, 0)

    def _find_definition(self, instance_id: str, state: InstanceState) -> str | None:
        prefix = keys.find_tag(instance_id)
        name = keys.name_ended if state.is_ended else keys.name_unfinished
        known: list[bytes] = self._backend.read([("HKEYS", keys.DEFINITIONS)])[0]
        definitions = [DEFINITION_ID, *(id_.decode() for id_ in known)]
        scores = self._score(instance_id, [name(prefix, definition) for definition in definitions])
        found = (id_ for id_, score in zip(definitions, scores, strict=True) if score is not None)
        return next(found, None)

    def _score(self, instance_id: str, names: Sequence[str]) -> list[Millis | None]:
        reads: list[Read] = [("ZSCORE", name, instance_id) for name in names]
        return [None if score is None else int(float(score)) for score in self._backend.read(reads)]

    def _find_business_key(self, instance_id: str) -> str | None:
        index = keys.name_business_keys(keys.find_tag(instance_id))
        members: Any = self._backend.read([("ZRANGE", index, 0, -1)])[0]
        end = f"{keys.SEPARATOR}{instance_id}".encode()
        return next((member[: -len(end)].decode() for member in members if member.endswith(end)), None)

    def _find_position(self, instance_id: str) -> int:
        try:
            return next((event.position for event in self._history.iterate_backwards(instance_id)), 0)
        except UNREADABLE:
            return 0
