"""Moves instances into the archive that ended long enough ago, and keeps the archive in order."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from baton.model.times import Millis
from baton.service.core.archive_age import read_age
from baton.service.core.clock import Clock
from baton.service.core.settings import Settings
from baton.store.archive.index import Stage
from baton.store.store import Store

log = structlog.get_logger("baton.archive")
TIDY_MS = 600_000
"""How often segments are looked through."""


class Archiving:
    """A step moves some hundred instances. Of all processes that do this one does it at a time."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._archive, self._clock = store.archive, clock
        self._age = read_age(settings.archive_after)
        self._is_mover = False
        self._tidied_at: Millis = 0

    def find_archived(self, instance_ids: Sequence[str]) -> set[str]:
        """Those of the instances that have left the store."""
        found = {} if self._archive is None else self._archive.find(instance_ids)
        return {row.id for row in found.values() if row.stage is Stage.MOVED}

    def run(self) -> int:
        """A step: returns how many instances it has moved, 0 where another process is at it."""
        if self._archive is None or (self._age is None and not self._archive.index.is_there):
            return 0
        with self._archive.hold_mover_lock() as is_mover:
            if not is_mover:
                self._is_mover = False
                return 0
            return self._move(self._clock.now())

    def _move(self, now: Millis) -> int:
        assert self._archive is not None, "run has found one"
        if not self._is_mover:
            self._is_mover = True
            if found := self._archive.settle():
                log.info("archive recovered", action="archive.recovered", instances=found)
        if now - self._tidied_at >= TIDY_MS:
            self._archive.tidy(now)
            self._tidied_at = now
        if self._age is None:
            return 0
        moved = self._archive.move_old(now - self._age, now)
        if moved:
            log.info("archived", action="archive.moved", instances=moved)
        return moved
