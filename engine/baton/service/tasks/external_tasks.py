"""External tasks: read, locked by id, completed and failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from baton.expression.timing import Duration
from baton.model.commands import CompleteExternalTask, FailExternalTask, ThrowTaskError
from baton.model.errors import BadRequest, NotFound, TaskNotLocked
from baton.model.ids import get_instance_id, parse_record_id
from baton.model.records import ExternalTask, Lock, Progress
from baton.model.times import Millis
from baton.model.values import Value
from baton.service.core.clock import Clock
from baton.service.core.matching import Predicate, make_test, take_page
from baton.service.core.queries import ExternalTaskQuery
from baton.service.reads.open_records import read_candidates
from baton.service.tasks.repeated_completions import was_completed
from baton.service.tasks.topic_limits import TopicLimiter
from baton.service.turns.mailbox import Mailbox
from baton.store.store import Store
from baton.store.tasks import Held


class ExternalTasks:
    def __init__(self, store: Store, mailbox: Mailbox, limits: TopicLimiter, clock: Clock) -> None:
        self._store, self._mailbox, self._limits, self._clock = store, mailbox, limits, clock

    # -- read

    def get(self, task_id: str) -> tuple[ExternalTask, Lock | None]:
        """Raises NotFound."""
        return self._get_record(task_id), self._store.tasks.get_locks([task_id]).get(task_id)

    def _get_record(self, task_id: str) -> ExternalTask:
        found = self._store.lists.get_record(ExternalTask, task_id) if parse_record_id(task_id) else None
        if found is None:
            raise NotFound(f"Cannot find external task with id {task_id}: expected an open one, but there is none")
        return found

    def find(self, query: ExternalTaskQuery) -> list[tuple[ExternalTask, Lock | None]]:
        """Tasks with their locks; a lock may have run out."""
        candidates = read_candidates(
            self._store,
            ExternalTask,
            "x",
            query,
            lambda: self._store.tasks.list_all(query.topic, self._store.partitions),
        )
        locks = self._store.tasks.get_locks([candidate.id for candidate in candidates])
        fits = make_test(query, _build_predicates(locks, self._clock.now()))
        fitting = [candidate for candidate in candidates if fits(candidate)]
        descending = next((down for name, down in query.sort if name == "lock_until"), None)
        if descending is not None:
            fitting.sort(key=lambda task: locks[task.id].until if task.id in locks else 0, reverse=descending)
        return [(item, locks.get(item.id)) for item in take_page(fitting, query)]

    def count(self, query: ExternalTaskQuery) -> int:
        return len(self.find(replace(query, first=0, limit=None, sort=())))

    def list_topics(self) -> list[str]:
        """Topics with an open task."""
        return self._store.tasks.list_topics(self._store.partitions)

    # -- outcomes that workers report

    def complete(
        self,
        task_id: str,
        worker_id: str,
        variables: Mapping[str, Value] | None = None,
        local_variables: Mapping[str, Value] | None = None,
        *,
        command_id: str | None = None,
    ) -> None:
        command = CompleteExternalTask(
            task_id=task_id, worker_id=worker_id, variables=variables or {}, local_variables=local_variables or {}
        )
        instance_id = _get_instance_id(task_id)
        try:
            self._mailbox.submit(instance_id, command, command_id=command_id)
        except NotFound:
            if not was_completed(self._store, instance_id, command):
                raise

    def fail(
        self,
        task_id: str,
        worker_id: str,
        *,
        error_message: str | None = None,
        error_details: str | None = None,
        retries: int | None = None,
        retry_timeout: Millis | None = None,
        variables: Mapping[str, Value] | None = None,
        local_variables: Mapping[str, Value] | None = None,
        command_id: str | None = None,
    ) -> None:
        command = FailExternalTask(
            task_id=task_id,
            worker_id=worker_id,
            error_message=error_message,
            error_details=error_details,
            retries=retries,
            retry_timeout=retry_timeout,
            variables=variables or {},
            local_variables=local_variables or {},
        )
        self._mailbox.submit(_get_instance_id(task_id), command, command_id=command_id)

    def throw_error(
        self,
        task_id: str,
        worker_id: str,
        error_code: str,
        *,
        error_message: str | None = None,
        variables: Mapping[str, Value] | None = None,
        command_id: str | None = None,
    ) -> None:
        command = ThrowTaskError(
            task_id=task_id,
            error_code=error_code,
            worker_id=worker_id,
            error_message=error_message,
            variables=variables or {},
        )
        self._mailbox.submit(_get_instance_id(task_id), command, command_id=command_id)

    # -- locks

    def extend_lock(self, task_id: str, worker_id: str, duration_ms: int, *, progress: Progress | None = None) -> None:
        """Hold a task for longer, but never past the timeout of its attempt; say how far it is.

        Raises NotFound, TaskNotLocked, BadRequest (the duration, or the lock or the attempt's time has run out).
        """
        if duration_ms <= 0:
            raise BadRequest(f"Expected a duration above 0 to extend a lock, but found {duration_ms}")
        now = self._clock.now()
        task = self._get_record(task_id)
        held = self._store.tasks.extend(task, worker_id, now=now, until=now + duration_ms, progress=progress)
        if held.word == "EXPIRED":
            raise BadRequest(f"Cannot extend a lock that expired: external task {task_id} is not locked any more")
        self._check_outcome(held, task_id, worker_id, "extended")
        self._limits.extend(task, held.moment or now)

    def lock(self, task_id: str, worker_id: str, duration_ms: int) -> None:
        """Lock one task by its id. Raises NotFound, BadRequest, TaskNotLocked (another holds it)."""
        if duration_ms <= 0:
            raise BadRequest(f"Expected a lock duration above 0, but found {duration_ms}")
        now, task = self._clock.now(), self._get_record(task_id)
        until = now + duration_ms
        held = self._limits.lock_one(task, until, lambda: self._store.tasks.lock(task, worker_id, now=now, until=until))
        self._check_outcome(held, task_id, worker_id, "locked")

    def unlock(self, task_id: str) -> None:
        """Remove the lock of a task. Raises NotFound."""
        task = self._get_record(task_id)
        self._check_outcome(self._store.tasks.unlock(task, now=self._clock.now()), task_id, "", "unlocked")
        self._limits.release([task])

    def _check_outcome(self, held: Held, task_id: str, worker_id: str, done: str) -> None:
        word = held.word
        if word == "LATE":
            limit = Duration(micros=(held.moment or 0) * 1000)
            raise BadRequest(
                f"External Task {task_id} cannot be {done} by worker '{worker_id}'. Its attempt took longer than the "
                f"timeout of {limit} that the model sets: it counts as failed, and is tried again as its retries say"
            )
        if word == "NONE":
            raise NotFound(f"Cannot find external task with id {task_id}: it is gone")
        if word == "OPERATOR":
            raise TaskNotLocked(f"External Task {task_id} cannot be {done}: it has no retries left or is suspended")
        if word != "OK":
            raise TaskNotLocked(
                f"External Task {task_id} cannot be {done} by worker '{worker_id}'. It is "
                + ("not locked." if word == "FREE" else "locked by another worker.")
            )


def _get_instance_id(task_id: str) -> str:
    if parse_record_id(task_id) is None:
        raise NotFound(f"Cannot find external task with id {task_id}: expected an id such as '…-07.12'")
    return get_instance_id(task_id)


def _build_predicates(locks: dict[str, Lock], now: int) -> dict[str, Predicate]:
    def get_end(task: ExternalTask) -> int | None:
        lock = locks.get(task.id)
        return lock.get_end(task) if lock is not None else None

    def is_held(task: ExternalTask) -> bool:
        lock = locks.get(task.id)
        return lock is not None and lock.until > now

    return {
        "locked": lambda task, wanted: is_held(task) is wanted,
        "worker_id": lambda task, wanted: is_held(task) and locks[task.id].worker_id == wanted,
        "lock_expires_before": lambda task, wanted: (moment := get_end(task)) is not None and moment < wanted,
        "lock_expires_after": lambda task, wanted: (moment := get_end(task)) is not None and moment > wanted,
    }
