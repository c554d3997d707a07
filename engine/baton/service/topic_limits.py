"""Limits that an operator sets on topics: kept in mind here, enforced where tasks are locked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from baton.model.decision import Decision
from baton.model.errors import BadRequest, Conflict
from baton.model.records import ExternalTask
from baton.model.times import Millis
from baton.service.ids import Ids
from baton.store.limits import TopicLimits
from baton.store.ports import Locked
from baton.store.store import Store

_BELIEVED_MS = 1_000
"""How long a process goes by the limits that it has read; another may have changed them."""


class Topics:
    """Safe for threads and greenlets."""

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store, self._ids = store, ids
        self._lock = threading.Lock()
        self._known: dict[str, TopicLimits] = {}
        self._read_at: Millis | None = None

    # -- what an operator says

    def topic_limits(self) -> dict[str, TopicLimits]:
        """The topics that are limited."""
        return self._store.limits.all()

    def limit_topic(self, topic: str, limits: TopicLimits | None) -> None:
        """Limit the locks of a topic; None: no more. Raises BadRequest. Other processes follow within a second."""
        if limits is None or limits == TopicLimits():
            self._store.limits.remove(topic)
        else:
            _check(limits)
            now = self._ids.now()
            locks = self._store.tasks.locks(self._store.tasks.all_of(topic, self._store.partitions))
            self._store.limits.put(topic, limits, {one.task_id: one.until for one in locks.values() if one.until > now})
        with self._lock:
            self._read_at = None

    # -- where tasks are locked

    def known(self) -> dict[str, TopicLimits]:
        now = self._ids.now()
        if self._read_at is None or now - self._read_at >= _BELIEVED_MS:
            with self._lock:
                self._known, self._read_at = self._store.limits.all(), now
        return self._known

    def within(
        self, topic: str, limits: TopicLimits, wanted: int, lock_ms: int, lock: Callable[[int], Sequence[Locked]]
    ) -> Sequence[Locked]:
        """What ``lock`` locks of as many tasks as the limits allow."""
        owner, now = self._ids.turn(), self._ids.now()
        granted = self._store.limits.admit(topic, limits, owner, wanted, now=now, until=now + lock_ms)
        if granted == 0:
            return ()
        locked = lock(granted)
        places = [(one.lock.task_id, one.lock.until) for one in locked]
        self._store.limits.settle(topic, limits, owner, granted, places)
        return locked

    def lock_one(self, task: ExternalTask, until: Millis, lock: Callable[[], str]) -> str:
        """The word of ``lock``, if the limits allow one more. Raises Conflict."""
        limits = self.known().get(task.topic)
        if limits is None:
            return lock()
        owner = self._ids.turn()
        if not self._store.limits.admit(task.topic, limits, owner, 1, now=self._ids.now(), until=until):
            raise Conflict(f"Expected room for one more lock of topic '{task.topic}', but its limits are used up")
        word = lock()
        self._store.limits.settle(task.topic, limits, owner, 1, [(task.id, until)] if word == "OK" else [])
        return word

    def extended(self, task: ExternalTask, until: Millis) -> None:
        if task.topic in self.known():
            self._store.limits.extended(task.topic, task.id, until)

    def released(self, tasks: Sequence[ExternalTask]) -> None:
        known = self.known()
        limited = [(task.topic, task.id) for task in tasks if task.topic in known]
        if limited:
            self._store.limits.released(limited)

    def committed(self, decision: Decision) -> None:
        """A turn has ended locks: of tasks that are gone, and of those that failed."""
        ended = [
            change.before
            for change in decision.records
            if isinstance(change.before, ExternalTask) and (change.after is None or change.before.id in decision.guards)
        ]
        if ended:
            self.released(ended)


def _check(limits: TopicLimits) -> None:
    rate, most = limits.locks_per_second, limits.locks_at_once
    if rate is not None and not 0.001 <= rate <= 1_000:
        raise BadRequest(f"Expected between 0.001 and 1000 locks per second, or none, but found {rate}")
    if most is not None and most < 1:
        raise BadRequest(f"Expected at least 1 lock at once, or none, but found {most}")
