"""What people have written about tasks: beside the instance, so that no turn is taken for it."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.immutable import immutable
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.store import keys, places
from baton.store.blobs import BlobCodec
from baton.store.index_ops import make_task_change_op
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, iterate_pairs


@immutable
class Comment:
    """``by``: who has written it; None where nobody signs in."""

    id: str
    instance_id: str
    task_id: str
    at: Millis
    text: str
    by: str | None = None


class TooManyComments(Exception):
    """An instance has as many as it may have."""


class Comments:
    """One hash for each instance that has any; it goes with the instance."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def list(self, instance_id: str) -> list[Comment]:
        """All of an instance, the oldest first. Raises Damaged."""
        flat = self._backend.read([("HGETALL", keys.name_comments(instance_id))])[0]
        found = (self._blobs.decode(blob, _place(instance_id, id_.decode())) for id_, blob in iterate_pairs(flat))
        return sorted((from_row(Comment, row) for row in found), key=lambda comment: (comment.at, comment.id))

    def list_task_ids(self, instance_ids: Sequence[str]) -> set[str]:
        """The tasks in these instances that have any. Raises Damaged."""
        found = self._backend.read([("HGETALL", keys.name_comments(id_)) for id_ in instance_ids])
        return {
            from_row(Comment, self._blobs.decode(blob, _place(instance, id_.decode()))).task_id
            for instance, flat in zip(instance_ids, found, strict=True)
            for id_, blob in iterate_pairs(flat)
        }

    def get(self, instance_id: str, comment_id: str) -> Comment | None:
        """Raises Damaged."""
        blob = self._backend.read([("HGET", keys.name_comments(instance_id), comment_id)])[0]
        return None if blob is None else from_row(Comment, self._blobs.decode(blob, _place(instance_id, comment_id)))

    def add(self, comment: Comment, most: int) -> bool:
        """False, and nothing is written, if the instance is gone or a comment with the id is there.

        Raises TooManyComments if the instance has ``most`` of them, however many write at the same time.
        """
        return self._put(comment, most, comment.at)

    def change(self, comment: Comment, now: Millis) -> bool:
        """False, and nothing is written, if the instance or the comment is gone."""
        return self._put(comment, None, now)

    def _put(self, comment: Comment, most: int | None, now: Millis) -> bool:
        """``most``: for one that is new.

        Written only beside a state that is there, since what is written after it is forgotten would stay for ever.
        """
        name, state = keys.name_comments(comment.instance_id), keys.name_state(comment.instance_id)
        blob = self._blobs.encode(to_row(comment), place=_place(comment.instance_id, comment.id))
        changes_task = make_task_change_op(comment.instance_id, comment.task_id, now)
        ops: list[Op] = [["HSET", name, comment.id, blob], changes_task]
        while True:
            self._backend.bring_back(comment.instance_id)
            version, before, count = self._backend.read(
                [("HGET", state, keys.VERSION), ("HGET", name, comment.id), ("HLEN", name)]
            )
            if version is None or (before is None) is (most is None):
                return False
            if most is not None and count >= most:
                raise TooManyComments
            expected = [[state, keys.VERSION, version], [name, comment.id, before or ""]]
            if apply_ops(self._backend, name, ops, expected, [] if most is None else [(name, most)]):
                return True

    def remove(self, comments: Sequence[Comment], now: Millis) -> None:
        """Some of one instance; those that are gone already are passed over."""
        instance_id = comments[0].instance_id
        self._backend.bring_back(instance_id)
        name = keys.name_comments(instance_id)
        tasks = dict.fromkeys(comment.task_id for comment in comments)
        ops: list[Op] = [["HDEL", name, *(comment.id for comment in comments)]]
        apply_ops(self._backend, name, [*ops, *(make_task_change_op(instance_id, task, now) for task in tasks)])


def _place(instance_id: str, comment_id: str) -> str:
    return places.name_comment(instance_id, comment_id)
