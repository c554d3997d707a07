"""Locks of external tasks: fetched, extended and given back straight in the store, without a turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import structlog

from baton.model.headers import TRACE
from baton.model.records import ExternalTask, Lock, Progress
from baton.model.times import Millis
from baton.store import codec, keys, places
from baton.store.blobs import BlobCodec
from baton.store.chance import CHANCE
from baton.store.ports import Backend, Locked, Read, StoreUnavailable, TopicWish, iterate_pairs
from baton.store.turns import open_fields, read_lock, read_progress

log = structlog.get_logger("baton.tasks")


@dataclass(frozen=True, slots=True)
class Held:
    """What became of a lock: ``moment`` is when it ends now (OK), or how long the attempt may take in ms (LATE)."""

    word: str
    moment: Millis | None = None


class Tasks:
    """External tasks as workers see them."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def fetch(
        self,
        worker_id: str,
        wishes: Sequence[TopicWish],
        *,
        now: Millis,
        limit: int,
        partitions: Sequence[int],
        by_priority: bool = True,
    ) -> list[Locked]:
        """Lock up to ``limit`` tasks of the topics for the worker."""
        found: list[Locked] = []
        for prefixes in self._backend.group_by_slot(_rotate([keys.make_tag(p) for p in partitions])):
            if len(found) >= limit:
                break
            request = _make_request(worker_id, wishes, now, limit - len(found), prefixes)
            request["by_priority"] = int(by_priority)
            if not self._lock_more(found, prefixes, request):
                break
        return found

    def lock_chosen(
        self, worker_id: str, chosen: Sequence[tuple[ExternalTask, TopicWish]], *, now: Millis, limit: int
    ) -> list[Locked]:
        """Lock those of the tasks that can still be locked, in the order given."""
        found: list[Locked] = []
        by_prefix: dict[str, list[tuple[ExternalTask, TopicWish]]] = {}
        for task, wish in chosen:
            by_prefix.setdefault(keys.find_tag(task.id), []).append((task, wish))
        for prefixes in self._backend.group_by_slot(list(by_prefix)):
            left = limit - len(found)
            if left <= 0:
                break
            part = [numbered for prefix in prefixes for numbered in by_prefix[prefix]]
            request = _make_request(worker_id, [wish for _, wish in part], now, left, prefixes)
            request["only"] = [
                [keys.find_tag(task.id), _get_queue(task), task.id, index]
                for index, (task, _) in enumerate(part, start=1)
            ]
            if not self._lock_more(found, prefixes, request):
                break
        return found

    def _lock_more(self, found: list[Locked], prefixes: Sequence[str], request: dict[str, Any]) -> bool:
        """False when a part of the store cannot be reached: tasks locked elsewhere are returned nevertheless."""
        try:
            found += self._lock(prefixes, request)
        except StoreUnavailable:
            if not found:
                raise
            return False
        return True

    def _lock(self, prefixes: Sequence[str], request: dict[str, Any]) -> list[Locked]:
        reply = self._backend.run(
            "lock", [keys.name_topics(p) for p in prefixes], [codec.pack(request, for_script=True)]
        )
        states = {id_.decode(): open_fields(self._blobs, id_.decode(), flat) for id_, flat in iterate_pairs(reply[1])}
        return [self._make_locked(row, request["worker"], states) for row in reply[0]]

    def _make_locked(self, found: Any, worker_id: str, states: Mapping[str, Mapping[str, bytes]]) -> Locked:
        member, fence, until, blob, wish, *trace = found
        task_id = member.decode()
        lock = Lock(task_id=task_id, worker_id=worker_id, until=int(until), fence=int(fence))
        instance_id = _get_instance_id(task_id)
        row = self._blobs.open(blob, places.name_field(instance_id, "x" + _get_number(task_id)))
        began = self._blobs.open(trace[0], places.name_field(instance_id, TRACE)) if trace else None
        return Locked(lock=lock, row=row, wish=int(wish), fields=states.get(instance_id, {}), trace=began)

    def list_due(self, topic: str, *, now: Millis, limit: int, partitions: Sequence[int]) -> list[str]:
        """Ids of tasks of a topic that could be locked now, the highest priority first."""
        queues = self.list_queues(partitions, topic)
        replies = self._backend.read([("ZRANGEBYSCORE", key, "-inf", now, "LIMIT", 0, limit) for key in queues])
        return [task.decode() for tasks in replies for task in tasks][:limit]

    def list_queues(self, partitions: Sequence[int], topic: str | None = None) -> list[str]:
        """The keys of the queues that are not empty, the highest priority first."""
        prefixes = [keys.make_tag(p) for p in partitions]
        replies = self._backend.read([("ZRANGE", keys.name_topics(p), 0, -1, "WITHSCORES") for p in prefixes])
        found: list[tuple[float, str]] = []
        for prefix, flat in zip(prefixes, replies, strict=True):
            for name, score in iterate_pairs(flat):
                text = name.decode()
                if topic is None or text.partition(":")[2] == topic:
                    found.append((-float(score), keys.name_queue(prefix, text)))
        return [key for _, key in sorted(found)]

    def list_all(self, topic: str | None, partitions: Sequence[int]) -> list[str]:
        """Ids of all open tasks of a topic, or of every topic."""
        replies = self._backend.read([("ZRANGE", key, 0, -1) for key in self.list_queues(partitions, topic)])
        return [task.decode() for tasks in replies for task in tasks]

    def measure_backlogs(self, partitions: Sequence[int], now: Millis) -> dict[str, tuple[int, Millis]]:
        """By topic: how many tasks could be locked now, and from when on the first of them could."""
        queues = self.list_queues(partitions)
        reads: list[Read] = [("ZCOUNT", key, "-inf", now) for key in queues]
        reads += [("ZRANGE", key, 0, 0, "WITHSCORES") for key in queues]
        replies = self._backend.read(reads)
        found: dict[str, tuple[int, Millis]] = {}
        for key, count, first in zip(queues, replies[: len(queues)], replies[len(queues) :], strict=True):
            if count:
                waiting, since = found.get(topic := key.split(":", 3)[3], (0, now))
                found[topic] = waiting + count, min(since, int(float(first[1])))
        return found

    def list_topics(self, partitions: Sequence[int]) -> list[str]:
        """Topics that have an open task."""
        return sorted({key.split(":", 3)[3] for key in self.list_queues(partitions)})

    def get_locks(self, task_ids: Sequence[str]) -> dict[str, Lock]:
        """The locks of these tasks; those that nobody holds are left out. A lock may have run out."""
        rows = self._backend.read([("HGET", keys.name_locks(_get_instance_id(t)), _get_number(t)) for t in task_ids])
        found = (self._read_lock(task_id, row) for task_id, row in zip(task_ids, rows, strict=True))
        return {lock.task_id: lock for lock in found if lock is not None}

    def _read_lock(self, task_id: str, row: bytes | None) -> Lock | None:
        """With the progress of its worker; an unreadable one is skipped and logged."""
        lock = read_lock(task_id, row)
        if row is None or lock is None or not (blob := read_progress(row)):
            return lock
        try:
            fraction, text = self._blobs.decode(blob, places.name_progress(task_id))
        except (codec.Damaged, TypeError, ValueError) as damage:
            log.warning("progress damaged", action="task.progress_damaged", task=task_id, reason=str(damage))
            return lock
        return replace(lock, progress=Progress(fraction=fraction, text=text))

    def extend(
        self, task: ExternalTask, worker_id: str, *, now: Millis, until: Millis, progress: Progress | None = None
    ) -> Held:
        """OK, NONE (no such task), FREE (not locked), OTHER (held by another), EXPIRED, LATE (its attempt timed out).

        ``progress`` None: the last report is not changed. The lock never ends after the attempt's deadline.
        """
        said = [progress.fraction, progress.text] if progress is not None else None
        blob = b"" if said is None else self._blobs.encode(said, place=places.name_progress(task.id))
        return self._hold("extend", task, worker_id, now, until, blob)

    def lock(self, task: ExternalTask, worker_id: str, *, now: Millis, until: Millis) -> Held:
        """OK, NONE, OTHER, LATE, OPERATOR (no retries left, or suspended)."""
        return self._hold("lock", task, worker_id, now, until)

    def unlock(self, task: ExternalTask, *, now: Millis) -> Held:
        """OK or NONE; its worker no longer holds it, and it can be locked at once."""
        return self._hold("unlock", task, "", now, now)

    def _hold(
        self, what: str, task: ExternalTask, worker_id: str, now: Millis, until: Millis, progress: bytes = b""
    ) -> Held:
        prefix = keys.find_tag(task.id)
        names = [keys.name_state(task.instance_id), keys.name_locks(task.instance_id), keys.name_agenda(prefix)]
        args = (what, task.id, _get_number(task.id), now, worker_id, until, _get_queue(task), progress)
        reply = self._backend.run("hold", names, args)
        word = cast("bytes", reply[0]).decode()
        return Held(word, int(reply[1]) if word in ("OK", "LATE") else None)


def _make_request(
    worker_id: str, wishes: Sequence[TopicWish], now: Millis, limit: int, prefixes: Sequence[str]
) -> dict[str, Any]:
    return {
        "now": now,
        "worker": worker_id,
        "max": limit,
        "by_priority": 1,
        "topics": [[wish.topic, now + wish.lock_ms, int(wish.with_state)] for wish in wishes],
        "tags": list(prefixes),
        "only": [],
    }


def _rotate(prefixes: list[str]) -> list[str]:
    # Begin elsewhere each time: no partition is always served first.
    start = CHANCE.randrange(len(prefixes)) if prefixes else 0
    return prefixes[start:] + prefixes[:start]


def _get_queue(task: ExternalTask) -> str:
    return keys.name_queue(keys.find_tag(task.id), keys.join_queue_name(task.topic, task.priority))


def _get_instance_id(task_id: str) -> str:
    return task_id.rpartition(".")[0]


def _get_number(task_id: str) -> str:
    return task_id.rpartition(".")[2]
