"""Limits of topics: cached here, enforced where tasks are locked.

A limit that an operator sets while Baton runs takes precedence over the settings until it is removed: an operator must
be able to stop or to open a topic at once, and a restart must not undo that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

from baton.model.errors import Conflict
from baton.model.records import ExternalTask
from baton.model.times import Millis
from baton.model.turn_result import TurnResult
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.core.limit_settings import check_limits
from baton.store.limits import TopicLimits
from baton.store.ports import Locked
from baton.store.store import Store
from baton.store.tasks import Held

NO_LIMITS = TopicLimits()
_VALID_FOR_MS = 1_000
"""How long a process trusts the limits that it has read; another may have changed them."""


class TopicLimiter:
    """Safe for threads and greenlets."""

    def __init__(self, store: Store, configured: Mapping[str, TopicLimits], ids: Ids, clock: Clock) -> None:
        self._store, self._configured, self._ids = store, configured, ids
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, TopicLimits] = {}
        self._read_at: Millis | None = None
        self._held = False

    # -- limits as operators set them

    def get_all(self) -> dict[str, TopicLimits]:
        """The topics that are limited."""
        return self._get_effective(self._store.limits.read_all())

    def _get_effective(self, said: Mapping[str, TopicLimits]) -> dict[str, TopicLimits]:
        return {topic: limits for topic, limits in {**self._configured, **said}.items() if limits != NO_LIMITS}

    def set(self, topic: str, limits: TopicLimits | None) -> None:
        """Limit the locks of a topic; None: as the settings say. Raises BadRequest. Others follow within a second."""
        if limits is None or (limits == NO_LIMITS and topic not in self._configured):
            self._store.limits.remove(topic)
            self._count_locked([topic] if topic in self._configured else [])
        else:
            check_limits(limits)
            self._store.limits.set(topic, limits, {} if limits == NO_LIMITS else self._find_locked(topic))
        with self._lock:
            self._read_at = None

    def _find_locked(self, topic: str) -> dict[str, Millis]:
        """The tasks of a topic that are locked already, until when."""
        now = self._clock.now()
        locks = self._store.tasks.get_locks(self._store.tasks.list_all(topic, self._store.partitions))
        return {lock.task_id: lock.until for lock in locks.values() if lock.until > now}

    def _count_locked(self, topics: Iterable[str]) -> None:
        """Count the tasks that are locked already in limits that come from the settings."""
        for topic in topics:
            if self._configured[topic].locks_at_once is not None:
                self._store.limits.hold(topic, self._find_locked(topic))

    # -- where tasks are locked

    def get_known(self) -> dict[str, TopicLimits]:
        now = self._clock.now()
        if self._read_at is None or now - self._read_at >= _VALID_FOR_MS:
            with self._lock:
                said = self._store.limits.read_all()
                if not self._held:
                    self._count_locked(self._configured.keys() - said.keys())
                self._known, self._read_at, self._held = self._get_effective(said), now, True
        return self._known

    def lock_within(
        self, topic: str, limits: TopicLimits, wanted: int, lock_ms: int, lock: Callable[[int], Sequence[Locked]]
    ) -> Sequence[Locked]:
        """Call ``lock`` with as many tasks as the limits allow; returns what it locked."""
        owner, now = self._ids.make_turn_owner(), self._clock.now()
        granted = self._store.limits.admit(topic, limits, owner, wanted, now=now, until=now + lock_ms)
        if granted == 0:
            return ()
        locked = lock(granted)
        places = [(item.lock.task_id, item.lock.until) for item in locked]
        self._store.limits.settle(topic, limits, owner, granted, places)
        return locked

    def lock_one(self, task: ExternalTask, until: Millis, lock: Callable[[], Held]) -> Held:
        """Call ``lock`` if the limits allow one more; returns its answer. Raises Conflict."""
        limits = self.get_known().get(task.topic)
        if limits is None:
            return lock()
        owner = self._ids.make_turn_owner()
        if not self._store.limits.admit(task.topic, limits, owner, 1, now=self._clock.now(), until=until):
            raise Conflict(f"Expected room for one more lock of topic '{task.topic}', but its limits are used up")
        held = lock()
        places = [(task.id, held.moment or until)] if held.word == "OK" else []
        self._store.limits.settle(task.topic, limits, owner, 1, places)
        return held

    def extend(self, task: ExternalTask, until: Millis) -> None:
        if task.topic in self.get_known():
            self._store.limits.record_extension(task.topic, task.id, until)

    def release(self, tasks: Sequence[ExternalTask]) -> None:
        known = self.get_known()
        limited = [(task.topic, task.id) for task in tasks if task.topic in known]
        if limited:
            self._store.limits.record_release(limited)

    def release_ended(self, result: TurnResult) -> None:
        """After a commit: release the locks of tasks that are gone, and of those that failed."""
        ended = [
            change.before
            for change in result.records
            if isinstance(change.before, ExternalTask) and (change.after is None or change.before.id in result.guards)
        ]
        if ended:
            self.release(ended)
