"""Jobs: timers, steps after an asynchronous boundary, retries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from baton.model.records import Job, JobKind
from baton.service.core.clock import Clock
from baton.service.core.matching import Predicate
from baton.service.core.queries import JobQuery
from baton.service.reads.open_records import OpenRecords
from baton.service.reads.start_events import StartEvents, StartJob, is_start_id
from baton.store.store import Store


class Jobs(OpenRecords[Job, JobQuery]):
    kind = Job
    letter = "j"
    name = "job"

    def __init__(self, store: Store, clock: Clock, starts: StartEvents) -> None:
        super().__init__(store)
        self._clock, self._starts = clock, starts

    def find_with_starts(self, query: JobQuery) -> list[Job | StartJob]:
        """As ``find``, with the timers of start events among them."""
        return self._find_with(self._starts.list_jobs, query)

    def count_with_starts(self, query: JobQuery) -> int:
        return len(self.find_with_starts(replace(query, first=0, limit=None, sort=())))

    def get_any(self, id_: str) -> Job | StartJob:
        """A job of an instance, or the timer of a start event. Raises NotFound."""
        return self._starts.get_job(id_) if is_start_id(id_) else self.get(id_)

    def _list_ids(self, query: JobQuery) -> Sequence[str]:
        until = query.due_before or (self._clock.now() + 1 if query.executable else None)
        return [id_ for _, id_ in self._store.lists.list_job_ids(due_until=until)]

    def _build_predicates(self, query: JobQuery) -> dict[str, Predicate]:
        del query
        now = self._clock.now()
        return {
            "executable": lambda job, _: job.retries > 0 and job.due <= now and not job.suspended,
            "origin": lambda job, wanted: (job.definition_id, job.element, job.kind is JobKind.TIMER) == wanted,
            "with_exception": lambda job, _: job.error_message is not None,
            "exception_message": lambda job, wanted: job.error_message == wanted,
            "failed_element": lambda job, wanted: job.error_message is not None and job.element == wanted,
        }
