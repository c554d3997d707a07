"""Legal holds: instances that nothing may remove."""

from __future__ import annotations

from collections.abc import Iterable

from baton.model.errors import Conflict
from baton.model.ids import get_partition
from baton.model.immutable import immutable
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import keys
from baton.store.blobs import BlobCodec
from baton.store.operations import apply_ops
from baton.store.ports import Backend, iterate_pairs


@immutable
class Hold:
    """``by``: who has placed it; None where nobody signs in."""

    instance_id: str
    at: Millis
    by: str | None = None
    reason: str = ""


class Holds:
    def __init__(self, backend: Backend, blobs: BlobCodec, partitions: range) -> None:
        self._backend, self._blobs, self._partitions = backend, blobs, partitions

    def put(self, hold: Hold) -> None:
        name = _name(hold.instance_id)
        apply_ops(self._backend, name, [["HSET", name, hold.instance_id, self._blobs.encode(to_row(hold), place=name)]])

    def remove(self, instance_id: str) -> None:
        name = _name(instance_id)
        apply_ops(self._backend, name, [["HDEL", name, instance_id]])

    def list(self) -> list[Hold]:
        """All, in no order."""
        names = [keys.name_instances(keys.make_tag(partition), "held") for partition in self._partitions]
        replies = self._backend.read([("HGETALL", name) for name in names])
        return [
            from_row(Hold, self._blobs.decode(blob, name))
            for name, flat in zip(names, replies, strict=True)
            for _, blob in iterate_pairs(flat)
        ]

    def list_held(self, instance_ids: Iterable[str]) -> set[str]:
        """Those that are under hold."""
        wanted = list(instance_ids)
        found = self._backend.read([("HEXISTS", _name(id_), id_) for id_ in wanted]) if wanted else []
        return {id_ for id_, there in zip(wanted, found, strict=True) if there}

    def make_expectation(self, instance_id: str) -> list[str]:
        """For ``apply_ops``: that it is not under hold."""
        return [_name(instance_id), instance_id, ""]


def make_held(instance_id: str) -> Conflict:
    return Conflict(
        f"Expected an instance that may be removed, but '{instance_id}' is under legal hold: release it first"
    )


def _name(instance_id: str) -> str:
    get_partition(instance_id)
    return keys.name_instances(keys.find_tag(instance_id), "held")
