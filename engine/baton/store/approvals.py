"""What waits for a second person: commands that were asked for and are not applied before somebody else approves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from baton.model.commands import MarkUndone, Rollback, SkipIncident, SkipUndo
from baton.model.ids import get_partition
from baton.model.immutable import immutable
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import keys
from baton.store.blobs import BlobCodec
from baton.store.operations import apply_ops
from baton.store.ports import Backend, iterate_pairs

ApprovedCommand = Rollback | SkipUndo | MarkUndone | SkipIncident
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (Rollback, SkipUndo, MarkUndone, SkipIncident)}


@immutable
class PendingApproval:
    """``by``: the person or key that asks; ``people``: who must not approve it, since they are or have made ``by``."""

    instance_id: str
    at: Millis
    by: str
    people: tuple[str, ...]
    command: ApprovedCommand

    def make_command(self, approver: str) -> ApprovedCommand:
        """The command, in the names of both."""
        return replace(self.command, by=f"{self.by}, approved by {approver}")


class Approvals:
    """At most one for each instance."""

    def __init__(self, backend: Backend, blobs: BlobCodec, partitions: range) -> None:
        self._backend, self._blobs, self._partitions = backend, blobs, partitions

    def add(self, pending: PendingApproval) -> bool:
        """False if another waits for the instance."""
        name, id_ = _name(pending.instance_id), pending.instance_id
        command = pending.command
        row = [id_, pending.at, pending.by, list(pending.people), type(command).__name__, to_row(command)]
        ops = [["HSET", name, id_, self._blobs.encode(row, place=name)]]
        return apply_ops(self._backend, name, ops, [[name, id_, ""]])

    def take(self, instance_id: str) -> PendingApproval | None:
        """Remove what waits for the instance; None if there is nothing, or another has taken it."""
        name = _name(instance_id)
        blob = self._backend.read([("HGET", name, instance_id)])[0]
        if blob is None or not apply_ops(
            self._backend, name, [["HDEL", name, instance_id]], [[name, instance_id, blob]]
        ):
            return None
        return self._decode(blob, name)

    def get(self, instance_id: str) -> PendingApproval | None:
        name = _name(instance_id)
        blob = self._backend.read([("HGET", name, instance_id)])[0]
        return None if blob is None else self._decode(blob, name)

    def list(self) -> list[PendingApproval]:
        """All, in no order."""
        names = [keys.name_instances(keys.make_tag(partition), "approvals") for partition in self._partitions]
        replies = self._backend.read([("HGETALL", name) for name in names])
        return [
            self._decode(blob, name)
            for name, flat in zip(names, replies, strict=True)
            for _, blob in iterate_pairs(flat)
        ]

    def list_ids(self) -> list[str]:
        """The instances that something waits for, in no order."""
        names = [keys.name_instances(keys.make_tag(partition), "approvals") for partition in self._partitions]
        return [id_.decode() for found in self._backend.read([("HKEYS", name) for name in names]) for id_ in found]

    def _decode(self, blob: bytes, name: str) -> PendingApproval:
        id_, at, by, people, kind, row = self._blobs.decode(blob, name)
        command = from_row(_KINDS[kind], row)
        return PendingApproval(instance_id=id_, at=at, by=by, people=tuple(people), command=command)


def make_removal(instance_id: str) -> list[str]:
    """For ``apply_ops``: nothing waits for the instance any more."""
    return ["HDEL", _name(instance_id), instance_id]


def _name(instance_id: str) -> str:
    get_partition(instance_id)
    return keys.name_instances(keys.find_tag(instance_id), "approvals")
