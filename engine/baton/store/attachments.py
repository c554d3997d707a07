"""Files and addresses that people have attached to tasks: beside the instance, as comments are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from baton.model.immutable import immutable
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import keys, places, task_keys
from baton.store.blobs import BlobCodec
from baton.store.index_ops import make_task_change_op
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, iterate_pairs


@immutable
class Attachment:
    """``size``: of its content in bytes, None: it is an address (``url``). ``kind``: what its sender says it is.

    ``by``: who has attached it; None where nobody signs in.
    """

    id: str
    instance_id: str
    task_id: str
    at: Millis
    name: str | None = None
    description: str | None = None
    kind: str | None = None
    url: str | None = None
    size: int | None = None
    by: str | None = None


class TooManyAttachments(Exception):
    """An instance has as many as it may have."""


class Attachments:
    """Two hashes for each instance that has any: lists read the first alone. They go with the instance."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def list(self, instance_id: str) -> list[Attachment]:
        """All of an instance, the oldest first. Raises Damaged."""
        flat = self._backend.read([("HGETALL", task_keys.name_attachments(instance_id))])[0]
        found = [self._read(instance_id, id_.decode(), blob) for id_, blob in iterate_pairs(flat)]
        return sorted(found, key=lambda attachment: (attachment.at, attachment.id))

    def list_task_ids(self, instance_ids: Sequence[str]) -> set[str]:
        """The tasks in these instances that have any. Raises Damaged."""
        found = self._backend.read([("HGETALL", task_keys.name_attachments(id_)) for id_ in instance_ids])
        return {
            self._read(instance, id_.decode(), blob).task_id
            for instance, flat in zip(instance_ids, found, strict=True)
            for id_, blob in iterate_pairs(flat)
        }

    def get(self, instance_id: str, attachment_id: str) -> Attachment | None:
        """Raises Damaged."""
        blob = self._backend.read([("HGET", task_keys.name_attachments(instance_id), attachment_id)])[0]
        return None if blob is None else self._read(instance_id, attachment_id, blob)

    def read_content(self, instance_id: str, attachment_id: str) -> bytes | None:
        """None for one that has none, or is not there. Raises Damaged."""
        blob = self._backend.read([("HGET", task_keys.name_attachment_contents(instance_id), attachment_id)])[0]
        place = places.name_attachment_content(instance_id, attachment_id)
        return None if blob is None else cast("bytes", self._blobs.decode(blob, place))

    def add(self, attachment: Attachment, content: bytes | None, most: int) -> bool:
        """False, and nothing is written, if the instance is gone: what is written then would stay for ever.

        Raises TooManyAttachments if the instance has ``most`` of them, however many are added at the same time.
        """
        instance_id, id_ = attachment.instance_id, attachment.id
        name, state = task_keys.name_attachments(instance_id), keys.name_state(instance_id)
        blob = self._blobs.encode(to_row(attachment), place=places.name_attachment(instance_id, id_))
        ops: list[Op] = [["HSET", name, id_, blob]]
        ops.append(make_task_change_op(instance_id, attachment.task_id, attachment.at))
        if content is not None:
            sealed = self._blobs.encode(content, place=places.name_attachment_content(instance_id, id_))
            ops.append(["HSET", task_keys.name_attachment_contents(instance_id), id_, sealed])
        while True:
            self._backend.bring_back(instance_id)
            version, count = self._backend.read([("HGET", state, keys.VERSION), ("HLEN", name)])
            if version is None:
                return False
            if count >= most:
                raise TooManyAttachments
            if apply_ops(self._backend, name, ops, [[state, keys.VERSION, version]], [(name, most)]):
                return True

    def remove(self, attachment: Attachment, now: Millis) -> None:
        instance_id, id_ = attachment.instance_id, attachment.id
        self._backend.bring_back(instance_id)
        name, contents = task_keys.name_attachments(instance_id), task_keys.name_attachment_contents(instance_id)
        changes_task = make_task_change_op(instance_id, attachment.task_id, now)
        apply_ops(self._backend, name, [["HDEL", name, id_], ["HDEL", contents, id_], changes_task])

    def _read(self, instance_id: str, attachment_id: str, blob: bytes) -> Attachment:
        return from_row(Attachment, self._blobs.decode(blob, places.name_attachment(instance_id, attachment_id)))
