"""What operators do with the timers of start events: run, move, suspend."""

from __future__ import annotations

from dataclasses import replace

from baton.model.errors import CannotComplete, Conflict
from baton.model.times import Millis
from baton.service.deployments.start_records import make_next_timer
from baton.service.reads.start_events import StartEvents, StartJob
from baton.service.starts import Starts
from baton.store.library import ACTIVATION, StartTimer
from baton.store.store import Store


class StartTimers:
    """Every method raises NotFound for a timer that has started its last instance, or whose definition is gone."""

    def __init__(self, store: Store, events: StartEvents, starts: Starts) -> None:
        self._store, self._events, self._starts = store, events, starts

    def run(self, id_: str) -> None:
        """Start the next instance now instead of when it is due. Raises what a start raises."""
        timer = self._events.get_job(id_).timer
        if timer.element == ACTIVATION:
            self._starts.activate(timer)
            return
        self._starts.start_by_timer(timer)
        # If it has changed meanwhile, it has fired or was moved: the latest change is right.
        self._store.library.replace_timer(timer, make_next_timer(timer))

    def set_due(self, id_: str, due: Millis) -> None:
        """Raises Conflict when the timer fires just now."""
        job = self._events.get_job(id_)
        self._change(job, replace(job.timer, due=due))

    def delete(self, id_: str) -> None:
        """It starts nothing any more, until the process is deployed again. Raises Conflict when it fires just now."""
        self._change(self._events.get_job(id_), None)

    def compute_due(self, id_: str, base: Millis | None) -> None:
        """Due as if it had been deployed at ``base``; None: as when it was. Raises Conflict, CannotComplete."""
        job = self._events.get_job(id_)
        timer = self._starts.make_timer(job.timer, base)
        if timer is None:
            raise CannotComplete(f"Expected the timer of job '{id_}' to have a moment, but it has none")
        self._change(job, replace(timer, suspended=job.timer.suspended))

    def set_suspended(self, id_: str, suspended: bool) -> None:
        """A suspended timer starts nothing; one that was due meanwhile fires as soon as it is active again.

        Raises Conflict when the timer fires just now.
        """
        job = self._events.get_job(id_)
        self._change(job, replace(job.timer, suspended=suspended))

    def _change(self, job: StartJob, timer: StartTimer | None) -> None:
        if not self._store.library.replace_timer(job.timer, timer):
            raise Conflict(f"Expected job '{job.id}' as it was, but it has just fired or was changed: try again")
