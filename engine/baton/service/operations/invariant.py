"""The invariant: every instance has something that will wake it, or it has ended."""

from __future__ import annotations

from collections.abc import Iterator

import structlog

from baton.model.records import InstanceState
from baton.service.core.clock import Clock
from baton.service.turns.mailbox import Mailbox
from baton.store import keys
from baton.store.ports import Read
from baton.store.store import Store

log = structlog.get_logger("baton.invariant")
_UNSERVED_MS = 300_000
_SLICE = 500
_OPEN_FIELDS = ("x", "u", "m", "i")


class Invariant:
    def __init__(self, store: Store, mailbox: Mailbox, clock: Clock) -> None:
        self._store, self._mailbox, self._clock = store, mailbox, clock

    def find_stuck(self) -> list[str]:
        """Instances with no waiting command, lease, timer, open task, subscription or incident."""
        active = [id_ for _, id_ in self._store.lists.list_instance_ids(InstanceState.ACTIVE)]
        return [
            item
            for first in range(0, len(active), _SLICE)
            for item in self._find_stuck_among(active[first : first + _SLICE])
        ]

    def _find_stuck_among(self, instance_ids: list[str]) -> Iterator[str]:
        reads: list[Read] = [("ZSCORE", keys.name_agenda(keys.find_tag(id_)), id_) for id_ in instance_ids]
        reads += [("LLEN", keys.name_mailbox(id_)) for id_ in instance_ids]
        reads += [("HKEYS", keys.name_state(id_)) for id_ in instance_ids]
        replies = self._store.backend.read(reads)
        count = len(instance_ids)
        for place, id_ in enumerate(instance_ids):
            due, waiting, names = replies[place], replies[count + place], replies[2 * count + place]
            if due is None and not (waiting == 0 and any(name[:1].decode() in _OPEN_FIELDS for name in names)):
                yield id_

    def wake(self, instance_id: str) -> bool:
        """Take a turn, which repairs an instance that only lost its place on the agenda; returns whether it did."""
        self._mailbox.take_turn(instance_id)
        woken = instance_id not in list(self._find_stuck_among([instance_id]))
        log.warning("instance woken", action="watchdog.woken", instance=instance_id, repaired=woken)
        return woken

    def find_unserved_topics(self) -> list[tuple[str, str]]:
        """Topics whose oldest task has been available for five minutes without a worker, with a message for each."""
        now = self._clock.now()
        found: dict[str, str] = {}
        queues = self._store.tasks.list_queues(self._store.partitions)
        replies = self._store.backend.read([("ZRANGE", key, 0, 0, "WITHSCORES") for key in queues])
        for key, flat in zip(queues, replies, strict=True):
            if flat and float(flat[1]) < now - _UNSERVED_MS:
                topic = key.split(":", 3)[3]
                minutes = int(now - float(flat[1])) // 60_000
                found[topic] = f"Expected a worker for topic '{topic}', but none has fetched for {minutes} minutes"
        return sorted(found.items())
