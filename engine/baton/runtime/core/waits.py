"""What an instance holds open: external tasks, user tasks, jobs, subscriptions, incidents, found by id and by token."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from typing import Literal, TypeAlias, TypeVar

from baton.model.events import EventType
from baton.model.records import ExternalTask, Incident, Job, JobKind, Record, Subscription, UserTask, WaitingFor
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.model.turn_result import RecordChange
from baton.model.values import Value
from baton.runtime.core.journal import Journal

PREFIXES: dict[type[Record], str] = {ExternalTask: "x", UserTask: "u", Job: "j", Subscription: "m", Incident: "i"}
KINDS: dict[str, type[Record]] = {prefix: kind for kind, prefix in PREFIXES.items()}
Wait: TypeAlias = "WaitingFor | Literal['work']"
R = TypeVar("R", ExternalTask, UserTask, Job, Subscription, Incident)


class Waits:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._records: dict[str, Record] = {}
        self._by_token: dict[int, dict[str, None]] = {}
        self.conditions: dict[str, None] = {}
        """Ids of the open conditional subscriptions."""
        self._due: list[tuple[Millis, int, str]] = []
        self._before: dict[str, Record | None] = {}
        self.incidents: dict[str, None] = {}
        """Ids of the open incidents."""
        self._kinds: Counter[Wait] = Counter()
        self._timeouts: dict[str, Millis] = {}

    def restore(self, prefix: str, row: list[Value]) -> None:
        """Take in a record from its row, as it was left by an earlier turn."""
        self._index(from_row(KINDS[prefix], row))

    def put(self, record: Record) -> None:
        """Open a record, or change it."""
        self._before.setdefault(record.id, self._records.get(record.id))
        self._index(record)
        self._journal.write(_name_field(record), to_row(record))

    def limit(self, task: ExternalTask, timeout: Millis) -> None:
        """An attempt at the task that was just opened may take ``timeout`` ms. The store keeps it beside its lock."""
        self._timeouts[task.id] = timeout

    def remove(self, record: Record) -> None:
        self._before.setdefault(record.id, self._records.get(record.id))
        self._count(self._records.pop(record.id), -1)
        self.conditions.pop(record.id, None)
        self.incidents.pop(record.id, None)
        of_token = self._by_token[record.token]
        del of_token[record.id]
        if not of_token:
            del self._by_token[record.token]
        self._journal.erase(_name_field(record))

    def close_of_token(self, token: int) -> None:
        """Close all that the token holds open."""
        for record_id in list(self._by_token.get(token, ())):
            self.close(self._records[record_id])

    def close(self, record: Record) -> None:
        """The token that held the record is gone."""
        self.remove(record)
        if isinstance(record, Incident):
            self._journal.record(EventType.INCIDENT_RESOLVED, record.element, record.token, {"id": record.id})

    def get(self, kind: type[R], some_id: str | None) -> R | None:
        record = self._records.get(some_id) if some_id is not None else None
        return record if isinstance(record, kind) else None

    def list_of_token(self, token: int) -> list[Record]:
        return [self._records[number] for number in self._by_token.get(token, ())]

    def iterate(self, kind: type[R]) -> Iterator[R]:
        return (record for record in list(self._records.values()) if isinstance(record, kind))

    def list_conditions(self) -> list[Subscription]:
        """The open conditional subscriptions."""
        return [sub for sub in map(self._records.get, list(self.conditions)) if isinstance(sub, Subscription)]

    @property
    def waiting_for(self) -> WaitingFor | None:
        """What is to come next if no worker and no job goes on: a person before a message before a timer."""
        if self._kinds["work"]:
            return None
        return next((kind for kind in _WAITING if self._kinds[kind]), None)

    def find_next_due(self) -> Millis | None:
        """When the earliest job that may run is due; jobs that were changed since are skipped."""
        while self._due:
            due, _, job_id = self._due[0]
            job = self._records.get(job_id)
            if isinstance(job, Job) and job.due == due and job.retries > 0 and not job.suspended:
                return due
            heapq.heappop(self._due)
        return None

    def pop_due(self, now: Millis) -> Job | None:
        """The next job due by ``now``, in the order of due time, then of creation."""
        due = self.find_next_due()
        if due is None or due > now:
            return None
        job = self._records[heapq.heappop(self._due)[2]]
        return job if isinstance(job, Job) else None

    def find_run_job(self, token: int) -> Job | None:
        """The asynchronous or repeated step of the token that has been run in this turn."""
        run = (record for id_, record in self._before.items() if id_ not in self._records and isinstance(record, Job))
        return next((job for job in run if job.token == token and job.kind is not JobKind.TIMER), None)

    def take_changes(self) -> tuple[tuple[RecordChange, ...], dict[str, Millis]]:
        """What changed since the last call, each record once; and the limits of the tasks opened since and still open,
        by task id."""
        changed = tuple(
            RecordChange(before=before, after=self._records.get(some_id))
            for some_id, before in self._before.items()
            if before is not None or some_id in self._records
        )
        timeouts = {task: timeout for task, timeout in self._timeouts.items() if task in self._records}
        self._before, self._timeouts = {}, {}
        return changed, timeouts

    def _count(self, record: Record, by: int) -> None:
        """Count what the record says of what is to happen next; an incident says nothing."""
        if isinstance(record, Job):
            self._kinds["timer" if record.kind is JobKind.TIMER else "work"] += by
        elif not isinstance(record, Incident):
            self._kinds[_NEXT[type(record)]] += by

    def _index(self, record: Record) -> None:
        if record.id not in self._records:
            self._count(record, 1)
        self._records[record.id] = record
        self._by_token.setdefault(record.token, {})[record.id] = None
        if isinstance(record, Job):
            heapq.heappush(self._due, (record.due, int(record.id.rpartition(".")[2]), record.id))
        elif isinstance(record, Subscription) and record.kind == "conditional":
            self.conditions[record.id] = None
        elif isinstance(record, Incident):
            self.incidents[record.id] = None


_WAITING: tuple[WaitingFor, ...] = ("person", "message", "timer")


_NEXT: dict[type[Record], Wait] = {UserTask: "person", Subscription: "message", ExternalTask: "work"}


def _name_field(record: Record) -> str:
    """The field of the state that holds the record: its kind, and the number from its id."""
    return PREFIXES[type(record)] + record.id.rpartition(".")[2]
