"""Batches: what many instances are to undergo is done by the loops, in short steps that leave time to others."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from baton.model.commands import Command
from baton.model.errors import BadRequest, Conflict, NotFound
from baton.model.times import Millis
from baton.model.values import Value
from baton.service.core.acting import get_actor
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.core.settings import Settings
from baton.service.core.sizes import check_command
from baton.service.operations.batch_work import BatchWork, Outcome, is_same_attempt
from baton.store.batches import Batch, BatchFailure, BatchItem, BatchProgress, ClaimedBatch
from baton.store.removals import NEVER
from baton.store.store import Store

log = structlog.get_logger("baton.batches")
SLICE = 10
"""Items that share their round trips."""
STEP_S = 0.05
"""After this time a step begins no further slice."""
MOST_IN_A_STEP = 50
KEPT_ENDED = 1_000
_LONGEST_MESSAGE = 500
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """What is to be done with each of the items: ids of instances, or of what belongs to one. See ``Batch``."""

    kind: str
    items: Sequence[str]
    command: Command | None = None
    item_field: str = ""
    details: Mapping[str, Value] | None = None


class Batches:
    def __init__(self, store: Store, work: BatchWork, settings: Settings, ids: Ids, clock: Clock) -> None:
        self._store, self._work, self._settings, self._ids, self._clock = store, work, settings, ids, clock

    # -- for the API

    def create(self, request: BatchRequest) -> BatchProgress:
        """A batch that the loops will work off. Raises BadRequest without items or with too many, Conflict."""
        items = list(dict.fromkeys(request.items))
        most = self._settings.max_batch
        if not items:
            raise BadRequest("Expected something that the batch is about, but the ids and queries name nothing")
        if len(items) > most:
            raise BadRequest(f"Expected at most {most} items in a batch (BATON_MAX_BATCH), but found {len(items)}")
        if request.command is not None:
            check_command(request.command, self._settings)
        if self._store.batches.count_unfinished() >= self._settings.max_batches:
            raise Conflict(
                f"Expected at most {self._settings.max_batches} unfinished batches (BATON_MAX_BATCHES), but there are "
                "as many: wait, or delete one"
            )
        now = self._clock.now()
        batch = Batch(
            id=self._ids.make_command_id(),
            kind=request.kind,
            total=len(items),
            created_at=now,
            created_by=get_actor(),
            command=request.command,
            item_field=request.item_field,
            details=request.details or {},
        )
        self._store.batches.add(batch, items, now)
        log.info("batch created", action="batch.created", batch=batch.id, kind=batch.kind, items=batch.total)
        return BatchProgress(batch=batch, tried=0, done=0, failed=0, again=0)

    def list_unfinished(self) -> list[BatchProgress]:
        """The oldest first."""
        return self._store.batches.list_unfinished()

    def list_all(self) -> list[BatchProgress]:
        """Also those that have ended; the oldest first."""
        found = [*self._store.batches.list_unfinished(), *self._store.batches.list_ended()]
        return sorted(found, key=lambda progress: progress.batch.created_at)

    def get(self, batch_id: str) -> BatchProgress:
        """Ended or not. Raises NotFound."""
        found = self._store.batches.get(batch_id)
        if found is None:
            raise make_missing_batch(batch_id)
        return found

    def get_unfinished(self, batch_id: str) -> BatchProgress:
        """Raises NotFound, also for one that has ended."""
        found = self.get(batch_id)
        if found.ended_at is not None:
            raise NotFound(f"Batch with id '{batch_id}' does not exist: it has ended; see /history/batch/{batch_id}")
        return found

    def set_suspended(self, batch_id: str, suspended: bool) -> None:
        """A step that is being done comes to its end. Raises NotFound."""
        self.get_unfinished(batch_id)
        self._store.batches.set_suspended(batch_id, suspended, self._clock.now())

    def list_failures(self, batch_id: str, first: int = 0, limit: int = 100) -> list[BatchFailure]:
        """In the order of the items. Raises NotFound."""
        self.get(batch_id)
        return self._store.batches.list_failures(batch_id, first, limit)

    def retry(self, batch_id: str, ids: Sequence[str] | None = None) -> int:
        """Try again what has failed, or those of it with these ids; returns how many. Raises NotFound."""
        progress, wanted = self.get_unfinished(batch_id), None if ids is None else set(ids)
        found = self._store.batches.list_failures(batch_id, 0, progress.batch.total)
        chosen = [failure for failure in found if wanted is None or failure.id in wanted]
        self._store.batches.retry(chosen, progress, self._clock.now())
        return len(chosen)

    def set_removal(self, batch_id: str, moment: Millis | None) -> None:
        """When it is forgotten once it has ended; None: by the setting again. Raises NotFound."""
        self.get(batch_id)
        self._store.batches.set_removal(batch_id, moment)

    def find_removal(self, progress: BatchProgress) -> Millis | None:
        """When it is forgotten; None: never by itself, or not known before its end."""
        if progress.removal_at is not None:
            return None if progress.removal_at == NEVER else progress.removal_at
        return None if progress.ended_at is None else progress.ended_at + self._settings.batch_days * _DAY_MS

    def delete(self, batch_id: str, *, history: bool) -> None:
        """End a batch where it is: what it has done stays done. Raises NotFound."""
        self.get_unfinished(batch_id)
        self._store.batches.remove(batch_id, self._clock.now(), history=history)

    def delete_history(self, batch_id: str) -> None:
        """Forget a batch that has ended. Raises NotFound, Conflict while it is not."""
        if self.get(batch_id).ended_at is None:
            raise Conflict(f"Expected batch '{batch_id}' to have ended, but it has not: delete it by /batch/{batch_id}")
        self._store.batches.remove(batch_id, self._clock.now(), history=True)

    # -- for the loops

    def run_step(self, *, paced: bool = True) -> tuple[int, Millis | None]:
        """Do the next step of a batch: 0 or 1 steps, and for how long to pause; None: until there is another batch.

        ``paced`` False: the batch goes on at once, and no time is left to others.
        """
        now = self._clock.now()
        claimed, due = self._store.batches.claim(now, now + self._settings.lease_ms, self._ids.make_turn_owner())
        if claimed is None:
            return 0, None if due is None else max(0, due - now)
        items = self._store.batches.list_next_items(claimed.progress, MOST_IN_A_STEP)
        if not items:
            if self._store.batches.end_work(claimed, self._clock.now()):
                _log_end(claimed.progress)
            return 1, 0
        began = time.monotonic()
        tried, failures = self._run(claimed, items, began)
        # Others get the rest of the time.
        took = (time.monotonic() - began) * 1_000
        pause = int(took * (100 / self._settings.batch_share - 1)) if paced else 0
        now = self._clock.now()
        if not self._store.batches.record_step(claimed, tried, failures, now=now, due=now + pause):
            log.info("step is repeated", action="batch.step_lost", batch=claimed.progress.batch.id)
        return 1, pause

    def _run(
        self, claimed: ClaimedBatch, items: Sequence[BatchItem], began: float
    ) -> tuple[list[BatchItem], list[BatchFailure]]:
        tried: list[BatchItem] = []
        failures: list[BatchFailure] = []
        for first in range(0, len(items), SLICE):
            some = items[first : first + SLICE]
            outcomes = self._work.run(claimed.progress.batch, some)
            tried += some
            failures += [
                self._make_failure(item, outcome)
                for item, outcome in zip(some, outcomes, strict=True)
                if outcome is not None
            ]
            if time.monotonic() - began > STEP_S:
                break
        return tried, failures

    def _make_failure(self, item: BatchItem, outcome: Outcome) -> BatchFailure:
        attempt = item.attempt if is_same_attempt(outcome) else item.attempt + 1
        message = str(outcome)[:_LONGEST_MESSAGE]
        return BatchFailure(number=item.number, id=item.id, attempt=attempt, message=message, at=self._clock.now())

    def forget_expired(self) -> int:
        """Forget batches that ended long ago; returns how many."""
        ended = self._store.batches.list_ended()
        until = self._clock.now() - self._settings.batch_days * _DAY_MS
        now = self._clock.now()
        old = [item for item in ended if (item.ended_at or 0) <= until and item.removal_at is None]
        old += [item for item in ended if item.removal_at is not None and item.removal_at <= now]
        for progress in {item.batch.id: item for item in [*old, *ended[:-KEPT_ENDED]]}.values():
            self._store.batches.remove(progress.batch.id, self._clock.now(), history=True)
        return len(old)


def make_missing_batch(batch_id: str) -> NotFound:
    return NotFound(f"Batch with id '{batch_id}' does not exist")


def _log_end(progress: BatchProgress) -> None:
    batch = progress.batch
    if progress.failed:
        log.warning(
            "batch has failures", action="batch.failed", batch=batch.id, kind=batch.kind, failed=progress.failed
        )
    else:
        log.info("batch finished", action="batch.finished", batch=batch.id, kind=batch.kind, items=batch.total)
