"""Batches: what many instances are to undergo, how far that is, and what has failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baton.model.commands import Command
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.model.values import Value
from baton.store import batch_keys, keys, places
from baton.store.blobs import BlobCodec
from baton.store.envelopes import convert_to_plain, restore_command
from baton.store.operations import Op, apply_ops
from baton.store.ports import Backend

CHUNK = 1_000
"""Ids that are stored together."""
UNFINISHED_S = 3_600
"""How long the ids of a batch are kept whose creation did not come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """``kind``: the name of the type, as in Camunda 7. ``total``: the number of its items.

    ``command`` is applied to each item: its field ``item_field`` gets the id of the item, if it has one. Without a
    command ``details`` say what is to be done.
    """

    id: str
    kind: str
    total: int
    created_at: Millis
    created_by: str | None = None
    command: Command | None = None
    item_field: str = ""
    details: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProgress:
    """``tried`` items of the batch, in their order, of which and of the repeated ones ``done`` have succeeded."""

    batch: Batch
    tried: int
    done: int
    failed: int
    again: int
    suspended: bool = False
    began_at: Millis | None = None
    ended_at: Millis | None = None
    removal_at: Millis | None = None
    """When it is forgotten, if somebody has said so; ``removals.NEVER``: never by itself."""

    @property
    def left(self) -> int:
        """Items that are still to be tried, or tried again."""
        return self.batch.total - self.tried + self.again


@dataclass(frozen=True, slots=True)
class BatchItem:
    """``attempt`` grows each time that a failure is repeated."""

    number: int
    id: str
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFailure:
    """``attempt``: the number of the next one."""

    number: int
    id: str
    attempt: int
    message: str
    at: Millis


@dataclass(frozen=True, slots=True)
class ClaimedBatch:
    """The right to do the next step of a batch."""

    progress: BatchProgress
    lease: str


class StoredBatches:
    """All keys are in one slot. Moments are arguments."""

    def __init__(self, backend: Backend, blobs: BlobCodec) -> None:
        self._backend, self._blobs = backend, blobs

    def add(self, batch: Batch, items: Sequence[str], now: Millis) -> None:
        """Store the batch with its items; it is there when all of them are."""
        name = batch_keys.name_batch_part("items", batch.id)
        place = places.name_batch(batch.id, "items")
        for first in range(0, len(items), CHUNK):
            blob = self._blobs.encode(list(items[first : first + CHUNK]), place=place)
            ops: list[Op] = [["RPUSH", name, blob], ["EXPIRE", name, UNFINISHED_S]]
            apply_ops(self._backend, name, ops)
        row: list[Any] = [
            *(batch.id, batch.kind, batch.total, batch.created_at, batch.created_by),
            None if batch.command is None else convert_to_plain(batch.command),
            *(batch.item_field, dict(batch.details)),
        ]
        blob = self._blobs.encode(row, place=places.name_batch(batch.id, "row"))
        apply_ops(
            self._backend,
            name,
            [
                ["PERSIST", name],
                ["HSET", batch_keys.name_batch(batch.id), "row", blob, "at", 0, "done", 0],
                ["ZADD", batch_keys.BATCHES, batch.created_at, batch.id],
                *_make_due_ops(batch.id, now),
            ],
        )

    # -- steps

    def claim(self, now: Millis, until: Millis, owner: str) -> tuple[ClaimedBatch | None, Millis | None]:
        """The next step of the batch that has waited for it longest, or None, and when the next will be due.

        ``owner`` names one attempt; another may claim the batch when ``until`` is past.
        """
        command = ("ZRANGEBYSCORE", batch_keys.BATCHES_DUE, "-inf", "+inf", "WITHSCORES", "LIMIT", 0, 1)
        found = self._backend.read([command])[0]
        if not found:
            return None, None
        if (due := int(float(found[1]))) > now:
            return None, due
        batch_id = found[0].decode()
        lease = (self._backend.read([("HGET", batch_keys.name_batch(batch_id), "lease")])[0] or b"").decode()
        ops: list[Op] = [
            ["HSET", batch_keys.name_batch(batch_id), "lease", owner],
            ["ZADD", batch_keys.BATCHES_DUE, "XX", until, batch_id],
        ]
        taken = apply_ops(self._backend, batch_keys.BATCHES, ops, [[batch_keys.name_batch(batch_id), "lease", lease]])
        progress = self.get(batch_id) if taken else None
        return (None if progress is None else ClaimedBatch(progress, owner)), now

    def list_next_items(self, progress: BatchProgress, limit: int) -> list[BatchItem]:
        """What is to be tried next: first all items, then those to try again."""
        batch_id, tried = progress.batch.id, progress.tried
        if tried < progress.batch.total:
            ids = self._read_chunk(batch_id, tried // CHUNK)[tried % CHUNK :][:limit]
            return [BatchItem(tried + place, id_) for place, id_ in enumerate(ids)]
        name = batch_keys.name_batch_part("again", batch_id)
        found = [member.decode() for member in self._backend.read([("ZRANGE", name, 0, limit - 1)])[0]]
        pairs = [member.split(keys.SEPARATOR) for member in found]
        return [BatchItem(int(number), self._read_id(batch_id, int(number)), int(attempt)) for number, attempt in pairs]

    def record_step(
        self,
        claimed: ClaimedBatch,
        items: Sequence[BatchItem],
        failures: Sequence[BatchFailure],
        now: Millis,
        due: Millis,
    ) -> bool:
        """Note that these items have been tried, and that all but the failures are done; False for a lost lease."""
        batch_id, tried = claimed.progress.batch.id, claimed.progress.tried
        name, again = batch_keys.name_batch(batch_id), batch_keys.name_batch_part("again", batch_id)
        first = tried < claimed.progress.batch.total
        ops: list[Op] = [["HINCRBY", name, "done", len(items) - len(failures)], ["HSETNX", name, "began", now]]
        if first:
            ops.append(["HSET", name, "at", tried + len(items)])
        else:
            ops.extend(["ZREM", again, _join_attempt(item.number, item.attempt)] for item in items)
        for failure in failures:
            blob = self._blobs.encode(to_row(failure), place=places.name_batch(batch_id, f"why/{failure.number}"))
            number = str(failure.number)
            ops.append(["ZADD", batch_keys.name_batch_part("failed", batch_id), failure.number, number])
            ops.append(["HSET", batch_keys.name_batch_part("why", batch_id), number, blob])
        ops.append(["ZADD", batch_keys.BATCHES_DUE, "XX", due, batch_id])
        return apply_ops(self._backend, batch_keys.BATCHES, ops, [[name, "lease", claimed.lease]])

    def end_work(self, claimed: ClaimedBatch, now: Millis) -> bool:
        """Nothing is left to be tried: the batch is finished, unless something has failed. False for a lost lease."""
        batch_id = claimed.progress.batch.id
        ops: list[Op] = [["ZREM", batch_keys.BATCHES_DUE, batch_id]]
        if not claimed.progress.failed:
            ops.extend(_make_end_ops(batch_id, now))
        return apply_ops(
            self._backend, batch_keys.BATCHES, ops, [[batch_keys.name_batch(batch_id), "lease", claimed.lease]]
        )

    # -- operators

    def set_suspended(self, batch_id: str, suspended: bool, now: Millis) -> None:
        name = batch_keys.name_batch(batch_id)
        ops: list[Op] = (
            [["HSET", name, "suspended", 1], ["ZREM", batch_keys.BATCHES_DUE, batch_id]]
            if suspended
            else [["HDEL", name, "suspended"], *_make_due_ops(batch_id, now)]
        )
        apply_ops(self._backend, batch_keys.BATCHES, ops)

    def set_removal(self, batch_id: str, moment: Millis | None) -> None:
        """``moment`` None: by the setting again."""
        name = batch_keys.name_batch(batch_id)
        apply_ops(
            self._backend,
            batch_keys.BATCHES,
            [["HDEL", name, "removal"] if moment is None else ["HSET", name, "removal", moment]],
        )

    def retry(self, failures: Sequence[BatchFailure], progress: BatchProgress, now: Millis) -> None:
        """Have these failures tried again."""
        batch_id = progress.batch.id
        again, failed, why = (batch_keys.name_batch_part(part, batch_id) for part in ("again", "failed", "why"))
        for failure in failures:
            number = str(failure.number)
            ops: list[Op] = [
                ["ZADD", again, failure.number, _join_attempt(failure.number, failure.attempt)],
                ["ZREM", failed, number],
                ["HDEL", why, number],
            ]
            blob = self._backend.read([("HGET", why, number)])[0]
            if blob is not None:
                apply_ops(self._backend, batch_keys.BATCHES, ops, [[why, number, blob]])
        # A step that has found nothing to do must not end the work that there is now.
        wake: list[Op] = [["HDEL", batch_keys.name_batch(batch_id), "lease"]]
        apply_ops(
            self._backend, batch_keys.BATCHES, wake + ([] if progress.suspended else _make_due_ops(batch_id, now))
        )

    def remove(self, batch_id: str, now: Millis, *, history: bool) -> None:
        """End the batch where it is; with ``history`` nothing of it is left."""
        ops: list[Op] = [["ZREM", batch_keys.BATCHES_DUE, batch_id], *_make_end_ops(batch_id, now)]
        if history:
            names = [
                batch_keys.name_batch(batch_id),
                *(batch_keys.name_batch_part(part, batch_id) for part in ("failed", "why")),
            ]
            ops.append(["ZREM", batch_keys.BATCHES_ENDED, batch_id])
            ops.append(["DEL", *names])
        apply_ops(self._backend, batch_keys.BATCHES, ops)

    # -- reading

    def get(self, batch_id: str) -> BatchProgress | None:
        return next(iter(self._read([batch_id])), None)

    def list_unfinished(self) -> list[BatchProgress]:
        """The oldest first."""
        return self._read([id_.decode() for id_ in self._backend.read([("ZRANGE", batch_keys.BATCHES, 0, -1)])[0]])

    def list_ended(self, until: Millis | None = None) -> list[BatchProgress]:
        """The one that ended first comes first. ``until``: those that had ended then."""
        last = "+inf" if until is None else until
        found = self._backend.read([("ZRANGEBYSCORE", batch_keys.BATCHES_ENDED, "-inf", last)])[0]
        return self._read([id_.decode() for id_ in found])

    def count_unfinished(self) -> int:
        return int(self._backend.read([("ZCARD", batch_keys.BATCHES)])[0])

    def list_failures(self, batch_id: str, first: int, limit: int) -> list[BatchFailure]:
        """In the order of the items."""
        command = ("ZRANGE", batch_keys.name_batch_part("failed", batch_id), first, first + limit - 1)
        numbers = [number.decode() for number in self._backend.read([command])[0]]
        why = batch_keys.name_batch_part("why", batch_id)
        blobs = self._backend.read([("HGET", why, number) for number in numbers])
        return [
            from_row(BatchFailure, self._blobs.decode(blob, places.name_batch(batch_id, f"why/{number}")))
            for number, blob in zip(numbers, blobs, strict=True)
            if blob is not None
        ]

    def _read(self, batch_ids: Sequence[str]) -> list[BatchProgress]:
        commands = [
            command
            for id_ in batch_ids
            for command in (
                ("HMGET", batch_keys.name_batch(id_), "row", "at", "done", "suspended", "began", "ended", "removal"),
                ("ZCARD", batch_keys.name_batch_part("failed", id_)),
                ("ZCARD", batch_keys.name_batch_part("again", id_)),
            )
        ]
        replies = self._backend.read(commands)
        return [
            self._make_progress(id_, *replies[3 * place : 3 * place + 3])
            for place, id_ in enumerate(batch_ids)
            if replies[3 * place][0] is not None
        ]

    def _make_progress(self, batch_id: str, fields: Sequence[Any], failed: int, again: int) -> BatchProgress:
        row, tried, done, suspended, began, ended, removal = fields
        id_, kind, total, created_at, created_by, command, item_field, details = self._blobs.decode(
            row, places.name_batch(batch_id, "row")
        )
        batch = Batch(
            id=id_,
            kind=kind,
            total=total,
            created_at=created_at,
            created_by=created_by,
            command=None if command is None else restore_command(*command),
            item_field=item_field,
            details=details,
        )
        return BatchProgress(
            batch=batch,
            tried=int(tried),
            done=int(done),
            failed=failed,
            again=again,
            suspended=suspended is not None,
            began_at=None if began is None else int(began),
            ended_at=None if ended is None else int(ended),
            removal_at=None if removal is None else int(removal),
        )

    def _read_chunk(self, batch_id: str, place: int) -> list[str]:
        blob = self._backend.read([("LINDEX", batch_keys.name_batch_part("items", batch_id), place)])[0]
        return [] if blob is None else self._blobs.decode(blob, places.name_batch(batch_id, "items"))

    def _read_id(self, batch_id: str, number: int) -> str:
        return self._read_chunk(batch_id, number // CHUNK)[number % CHUNK]


def _join_attempt(number: int, attempt: int) -> str:
    return f"{number}{keys.SEPARATOR}{attempt}"


def _make_due_ops(batch_id: str, now: Millis) -> list[Op]:
    return [
        ["ZADD", batch_keys.BATCHES_DUE, now, batch_id],
        ["PUBLISH", batch_keys.BATCHES_CHANNEL, batch_id],
    ]


def _make_end_ops(batch_id: str, now: Millis) -> list[Op]:
    items = [batch_keys.name_batch_part("items", batch_id), batch_keys.name_batch_part("again", batch_id)]
    return [
        ["ZREM", batch_keys.BATCHES, batch_id],
        ["ZADD", batch_keys.BATCHES_ENDED, "NX", now, batch_id],
        ["HSETNX", batch_keys.name_batch(batch_id), "ended", now],
        ["DEL", *items],
    ]
