"""Removes history whose time is over: in the window that the operator has set, or when somebody asks for it."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from baton.model.times import Millis
from baton.service.core.cleanup_window import read_window
from baton.service.core.clock import Clock
from baton.service.core.settings import Settings
from baton.service.operations.administration import DAY_MS, Administration
from baton.service.operations.batches import Batches
from baton.service.operations.decision_instances import DecisionInstances
from baton.service.tasks.standalone_tasks import StandaloneTasks
from baton.store.store import Store

log = structlog.get_logger("baton.retention")
MOST = 1_000
"""Of each kind in one step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanupTimes:
    """``start``, ``end``: of the window that is open or comes next; None: at any time. ``asked_at``: it is also done
    now, since somebody has asked for it then.
    """

    start: Millis | None
    end: Millis | None
    asked_at: Millis | None


class Retention:
    def __init__(
        self,
        store: Store,
        administration: Administration,
        decisions: DecisionInstances,
        batches: Batches,
        tasks: StandaloneTasks,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._store, self._administration, self._decisions, self._batches = store, administration, decisions, batches
        self._tasks, self._task_days = tasks, settings.standalone_task_days
        self._clock, self._window = clock, read_window(settings.cleanup_window)

    def read_times(self) -> CleanupTimes:
        """When history is removed."""
        start, end = (None, None) if self._window is None else self._window.find(self._clock.now())
        return CleanupTimes(start=start, end=end, asked_at=self._store.cleanup.read_asked())

    def ask(self) -> None:
        """Have the loops remove all that is due, also outside of the window; once they have, it is over."""
        self._store.cleanup.ask(self._clock.now())
        log.info("cleanup asked for", action="retention.asked")

    def run(self) -> int:
        """A step: returns how many were removed, 0 outside of the window."""
        if self._window is None or self._window.contains(self._clock.now()):
            return self._remove()
        asked_at = self._store.cleanup.read_asked()
        if asked_at is None:
            return 0
        gone = self._remove()
        if gone == 0:
            self._store.cleanup.finish(asked_at)
        return gone

    def _remove(self) -> int:
        return (
            self._administration.forget_expired(MOST)
            + self._decisions.forget_expired(MOST)
            + self._batches.forget_expired()
            + self._forget_tasks()
        )

    def _forget_tasks(self) -> int:
        """Those that belonged to no process."""
        if not self._task_days:
            return 0
        gone = self._tasks.forget_ended(self._clock.now() - self._task_days * DAY_MS, MOST)
        if gone:
            log.info("expired tasks deleted", action="retention.deleted", tasks=gone)
        return gone
