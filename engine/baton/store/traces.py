"""What is left of an instance whose state is gone: entries of indexes, its history, its mailbox. For damage only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from baton.model.ids import get_instance_id
from baton.store import called_keys, keys, task_keys
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, Read

_SCANNED = 1_000
"""The number of keys that the server reads in one round trip."""


class TraceRemover:
    """Slow: it looks through all indexes of the partition, since nothing says any more where to look."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def remove(self, instance_id: str) -> bool:
        """False when there are none, when the instance has a state after all, or for the id of what is in one."""
        state = keys.name_state(instance_id)
        if get_instance_id(instance_id) != instance_id or self._backend.read([("EXISTS", state)])[0]:
            return False
        ops: list[Op] = [*self._make_index_ops(instance_id), *self._make_claim_ops(instance_id)]
        kinds = (keys.name_locks, keys.name_history, keys.name_mailbox, keys.name_comments)
        further = (task_keys.name_attachments, task_keys.name_attachment_contents, called_keys.name_ended_rows)
        names = [name(instance_id) for name in (*kinds, *further)]
        there = self._backend.read([("EXISTS", name) for name in names])
        for name, found in zip(names, there, strict=True):
            if found:
                ops.append(["DEL", name])
        ops.extend(["DEL", name] for name in self._scan(keys.name_results(f"{instance_id}.*")))
        return bool(ops) and apply_ops(self._backend, state, ops, [[state, "h", ""]])

    def remove_record_entries(self, instance_id: str) -> None:
        """Take all that the instance holds open out of the indexes, where its rows do not say any more what it was."""
        ops = self._make_index_ops(instance_id, records_only=True)
        if ops:
            apply_ops(self._backend, keys.name_state(instance_id), ops)

    def _make_index_ops(self, instance_id: str, *, records_only: bool = False) -> list[Op]:
        """Removals of all members of sorted sets that name the instance or a record of it.

        With ``records_only`` what it has called, and what has ended, stays.
        """
        own, of_record, prefix = instance_id.encode(), f"{instance_id}.".encode(), keys.find_tag(instance_id)
        names = list(self._list_indexes(prefix))
        if records_only:
            names = [name for name in names if not called_keys.is_of_ended(name)]
        replies: Sequence[Any] = self._backend.read([("ZRANGE", name, 0, -1) for name in names])
        ops: list[Op] = []
        for name, members in zip(names, replies, strict=True):
            for member in members:
                last = member.rpartition(keys.SEPARATOR.encode())[2]
                if last.startswith(of_record) or (last == own and not records_only):
                    ops.append(_make_removal(prefix, name, member))
        return ops

    def _make_claim_ops(self, instance_id: str) -> list[Op]:
        """Removals of the business keys that the instance has claimed for itself alone."""
        names = list(self._scan(keys.name_unique_business_keys(keys.find_tag(instance_id), "*")))
        replies: Sequence[Any] = self._backend.read([("HGETALL", name) for name in names])
        ops: list[Op] = []
        for name, flat in zip(names, replies, strict=True):
            claimed = zip(flat[::2], flat[1::2], strict=True)
            ops += [["HDEL", name, key] for key, holder in claimed if holder == instance_id.encode()]
        return ops

    def _list_indexes(self, prefix: str) -> Iterator[str]:
        """All sorted sets of a partition, but those of messages that are still to be sent or delivered."""
        outbox, buffered = keys.name_outbox(prefix), keys.name_buffered_names(prefix)
        for name in self._scan(f"{prefix}:*", "TYPE", "zset"):
            if name not in (outbox, buffered) and not name.startswith(keys.name_buffered(prefix, "")):
                yield name

    def _scan(self, pattern: str, *more: str) -> Iterator[str]:
        cursor, found = b"0", set[str]()
        while True:
            command: Read = ("SCAN", cursor, "MATCH", pattern, "COUNT", _SCANNED, *more)
            ((cursor, names),) = self._backend.read([command])
            found.update(name.decode() for name in names)
            if cursor == b"0":
                return iter(found)


def _make_removal(prefix: str, index: str, member: bytes) -> Op:
    """Queues and subscription indexes are registered by name while they have members."""
    for start, registry in (
        (keys.name_queue(prefix, ""), keys.name_topics(prefix)),
        (keys.name_waiting(prefix, ""), keys.name_waits(prefix)),
    ):
        if index.startswith(start):
            return ["index", "unregister", registry, index.removeprefix(start), index, member]
    return ["ZREM", index, member]
