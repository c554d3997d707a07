"""What is left of an instance whose state is gone: entries of indexes, its history, its mailbox. For damage only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from baton.model.records import InstanceState
from baton.store import keys
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend, Read

_INSTANCES = (keys.name_agenda, keys.name_retention, keys.name_business_keys)
_RECORDS = (keys.name_user_tasks, keys.name_jobs, keys.name_incidents)


class TraceRemover:
    """Slow: it looks through the indexes of the whole partition, since nothing says any more where to look."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def remove(self, instance_id: str) -> bool:
        """False when there are none, or when the instance has a state after all."""
        state = keys.name_state(instance_id)
        if self._backend.read([("EXISTS", state)])[0]:
            return False
        ops: list[Op] = []
        for key, member in self._find_entries(instance_id):
            ops.append(["ZREM", key, member])
        names = [name(instance_id) for name in (keys.name_locks, keys.name_history, keys.name_mailbox)]
        there = self._backend.read([("EXISTS", name) for name in names])
        for name, found in zip(names, there, strict=True):
            if found:
                ops.append(["DEL", name])
        return bool(ops) and apply_ops(self._backend, state, ops, [[state, "h", ""]])

    def _find_entries(self, instance_id: str) -> Iterator[tuple[str, bytes]]:
        """Key and member of all entries of sorted sets that name the instance or a record of it."""
        own, of_record = instance_id.encode(), f"{instance_id}.".encode()
        names = list(self._list_indexes(keys.find_tag(instance_id)))
        replies: Sequence[Any] = self._backend.read([("ZRANGE", name, 0, -1) for name in names])
        for name, members in zip(names, replies, strict=True):
            for member in members:
                last = member.rpartition(keys.SEPARATOR.encode())[2]
                if last == own or last.startswith(of_record):
                    yield name, member

    def _list_indexes(self, prefix: str) -> Iterator[str]:
        reads: list[Read] = [
            ("HKEYS", keys.DEFINITIONS),
            ("ZRANGE", keys.name_topics(prefix), 0, -1),
            ("ZRANGE", keys.name_waits(prefix), 0, -1),
        ]
        definitions, queues, waits = ([name.decode() for name in found] for found in self._backend.read(reads))
        yield from (name(prefix) for name in (*_INSTANCES, *_RECORDS))
        yield from (keys.name_by_state(prefix, state.value) for state in InstanceState)
        yield from (keys.name_unfinished(prefix, definition) for definition in definitions)
        yield from (keys.name_ended(prefix, definition) for definition in definitions)
        yield from (keys.name_queue(prefix, queue) for queue in queues)
        yield from (keys.name_waiting(prefix, wait) for wait in waits)
