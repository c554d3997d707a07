"""What waits in each topic, and which worker asked for it last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.store.store import Store

PRECISION_MS = 10_000
"""A worker that asks again within this time is not recorded again by the same process."""
UNSERVED_MS = 60_000
"""A topic with waiting tasks that no worker has asked for in this time has no worker."""
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicBacklog:
    """Tasks that could be locked now. ``since``: from when on the first of them could."""

    topic: str
    waiting: int
    since: Millis
    fetched_at: Millis | None = None
    """None: no worker within a day."""
    worker_id: str | None = None
    has_worker: bool


class TopicFetches:
    """Safe for threads and greenlets: at worst a fetch is recorded twice."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._recorded: dict[tuple[str, str], Millis] = {}

    def record(self, worker_id: str, topics: Iterable[str]) -> None:
        now = self._clock.now()
        new = [t for t in topics if now - self._recorded.get((worker_id, t), -PRECISION_MS) >= PRECISION_MS]
        if not new:
            return
        if len(self._recorded) > _MOST_REMEMBERED:
            self._recorded.clear()
        self._recorded.update(((worker_id, topic), now) for topic in new)
        self._store.fetches.record(worker_id, new, now)

    def list_backlogs(self) -> list[TopicBacklog]:
        """Topics in which tasks wait, those without a worker first, then those that have waited longest."""
        now, fetches = self._clock.now(), self._store.fetches.read_latest()
        found = [
            TopicBacklog(
                topic=topic,
                waiting=waiting,
                since=since,
                fetched_at=fetches[topic][0] if topic in fetches else None,
                worker_id=fetches[topic][1] if topic in fetches else None,
                has_worker=topic in fetches and now - fetches[topic][0] < UNSERVED_MS,
            )
            for topic, (waiting, since) in self._store.tasks.measure_backlogs(self._store.partitions, now).items()
        ]
        return sorted(found, key=lambda backlog: (backlog.has_worker, backlog.since, backlog.topic))
