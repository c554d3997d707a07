"""Anchors the audit each hour, and removes what its retention no longer wants."""

from __future__ import annotations

import structlog

from baton.model.times import Millis
from baton.service.audit.log import Actor, AuditLog
from baton.service.audit.verification import TRIMMED
from baton.service.core.clock import Clock
from baton.service.core.settings import Settings
from baton.store.audit import StoredEntry
from baton.store.store import Store

log = structlog.get_logger("baton.audit")
RETENTION = Actor(kind="process", name="retention")
_AT_ONCE = 500
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


class AuditKeeper:
    """Any number of processes may do this beside each other."""

    def __init__(self, store: Store, audit_log: AuditLog, settings: Settings, clock: Clock) -> None:
        self._store, self._log, self._clock = store, audit_log, clock
        self._kept_ms = settings.audit_days * _DAY_MS

    def keep(self) -> int:
        """Anchor if an hour has passed, and trim; returns how many entries were removed."""
        now = self._clock.now()
        if now - self._store.audit.read_anchor_head().at >= _HOUR_MS:
            self.write_anchor(now)
        if not self._kept_ms:
            return 0
        return sum(self._trim(partition, now - self._kept_ms) for partition in self._store.partitions)

    def write_anchor(self, now: Millis) -> None:
        """Log its hash too: a log that is collected elsewhere proves what the store had."""
        anchor = self._store.audit.append_anchor(now)
        if anchor is not None:
            log.info("audit anchored", action="audit.anchored", anchor=anchor.number, hash=anchor.hash())

    def _trim(self, partition: int, before: Millis) -> int:
        """The newest entry stays: it holds the end of the chain. So do entries about an instance under hold."""
        oldest = self._store.audit.list_oldest(partition, before, _AT_ONCE)
        head = self._store.audit.read_head(partition)
        gone = [item for item in self._take_free(oldest) if item.entry.number < head.number]
        if gone:
            last = gone[-1].entry
            self._log.record_in(partition, RETENTION, TRIMMED, f"{last.number}:{last.hash()}")
            self._store.audit.trim(gone)
        return len(gone)

    def _take_free(self, oldest: list[StoredEntry]) -> list[StoredEntry]:
        """Up to the first about an instance under hold."""
        named = [item.entry.event.instance_id for item in oldest]
        held = self._store.holds.list_held({instance_id for instance_id in named if instance_id is not None})
        for index, instance_id in enumerate(named):
            if instance_id in held:
                return oldest[:index]
        return oldest
