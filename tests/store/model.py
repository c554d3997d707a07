"""What the store promises about turns and locks, without saying how: the oracle of the state-machine test.

One `InstanceModel` per instance. It is independent of Redis, keys and blobs: a number that grows with every lease,
who holds it, which commands wait, and who holds which task.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from baton.model.records import ExternalTask, Lock

NEVER = float("inf")


@dataclass
class TaskModel:
    """An open external task, and its lock: ``worker`` "" means that nobody holds it."""

    task: ExternalTask
    lockable_at: float
    fence: int = 0
    until: int = 0
    worker: str = ""

    def is_locked(self, now: int) -> bool:
        return self.worker != "" and self.until > now

    def current_fence(self, expected: int | None) -> int | None:
        """The fence as a turn sees it that expects this one; None: not locked."""
        return None if expected is None and not self.worker else self.fence or None

    def lock_until(self, until: int, worker: str) -> None:
        self.until, self.worker = until, worker
        if self.lockable_at != NEVER:
            self.lockable_at = until

    def replace(self, task: ExternalTask, *, released: bool, now: int) -> None:
        """What a commit makes of it."""
        self.task, self.lockable_at = task, _lockable_at(task)
        if released:
            self.until = 0
        elif self.until > now and self.lockable_at != NEVER:
            self.lockable_at = max(self.until, self.lockable_at)

    def hold(self, what: str, worker: str, now: int, until: int) -> str:
        if what == "unlock":
            return self._set(now, "")
        if what == "extend":
            return self._extend(worker, now, until)
        if self.is_locked(now) and self.worker != worker:
            return "OTHER"
        if self.lockable_at == NEVER:
            return "OPERATOR"
        self.fence += 1
        return self._set(until, worker)

    def _extend(self, worker: str, now: int, until: int) -> str:
        if not self.worker:
            return "FREE"
        if self.worker != worker:
            return "OTHER"
        return self._set(until, worker) if self.is_locked(now) else "EXPIRED"

    def _set(self, until: int, worker: str) -> str:
        self.lock_until(until, worker)
        return "OK"

    def as_lock(self) -> Lock | None:
        if not self.worker:
            return None
        return Lock(task_id=self.task.id, worker_id=self.worker, until=self.until, fence=self.fence)


@dataclass
class InstanceModel:
    """``owner`` "": nobody holds the lease. ``due`` None: it is not on the agenda."""

    fence: int = 0
    owner: str = ""
    until: int = 0
    version: str = ""
    due: int | None = None
    mailbox: list[str] = field(default_factory=list[str])
    answers: dict[str, int] = field(default_factory=dict[str, int])
    """Command id -> the moment of the turn that answered it."""
    tasks: dict[int, TaskModel] = field(default_factory=dict[int, TaskModel])
    commits: int = 0

    @property
    def lease(self) -> str:
        return f"{self.fence}:{self.owner}" if self.owner else ""

    def submit(self, command: str, owner: str, now: int, lease_ms: int, *, take: bool) -> str:
        """ANSWERED, TAKEN, HELD, QUEUED."""
        if command in self.answers:
            return "ANSWERED"
        if command not in self.mailbox:
            self.mailbox.append(command)
        if take:
            return self._grant(owner, now, lease_ms)
        if not self.owner or self.until <= now:
            self.due = now
        return "QUEUED"

    def take(self, owner: str, now: int, lease_ms: int, *, only_if_due: bool) -> str:
        """NONE, TAKEN, HELD, NOT_DUE."""
        if not self.fence and not self.mailbox:
            return "NONE"
        if only_if_due and (self.due is None or self.due > now):
            return "NOT_DUE"
        return self._grant(owner, now, lease_ms)

    def _grant(self, owner: str, now: int, lease_ms: int) -> str:
        if self.owner and self.owner != owner and self.until > now:
            return "HELD"
        if self.owner != owner:
            self.fence, self.owner = self.fence + 1, owner
        self.until = self.due = now + lease_ms
        return "TAKEN"

    def release(self, lease: str, again_at: int) -> None:
        if self.lease == lease:
            self.until, self.due = 0, again_at

    def commit(
        self,
        lease: str,
        commands: Sequence[str],
        changes: Iterable[tuple[int, ExternalTask | None]],
        guards: Mapping[int, int | None],
        *,
        now: int,
        lease_ms: int,
        next_due: int | None,
        more: bool,
    ) -> str:
        """OK, MORE, ALREADY, FENCED, STALE."""
        if self.lease != lease:
            return "ALREADY" if self.version == lease else "FENCED"
        if any(self._fence_of(number, fence) != fence for number, fence in guards.items()):
            self.until, self.due = 0, now
            return "STALE"
        for number, task in changes:
            self._change(number, task, released=number in guards, now=now)
        self.version, self.commits = lease, self.commits + 1
        self.mailbox = self.mailbox[len(commands) :]
        self.answers.update(dict.fromkeys(commands, now))
        return self._finish(now, lease_ms, next_due, more=more)

    def _fence_of(self, number: int, expected: int | None) -> int | None:
        found = self.tasks.get(number)
        return None if found is None else found.current_fence(expected)

    def _change(self, number: int, task: ExternalTask | None, *, released: bool, now: int) -> None:
        if task is None:
            del self.tasks[number]
        elif number in self.tasks:
            self.tasks[number].replace(task, released=released, now=now)
        else:
            self.tasks[number] = TaskModel(task, _lockable_at(task))

    def _finish(self, now: int, lease_ms: int, next_due: int | None, *, more: bool) -> str:
        if self.mailbox and more:
            self.fence += 1
            self.until = self.due = now + lease_ms
            return "MORE"
        self.owner = ""
        self.due = now if self.mailbox else next_due
        return "OK"


def fetch(tasks: Iterable[TaskModel], worker: str, now: int, lock_ms: int, limit: int) -> Iterator[Lock]:
    """Lock tasks of one partition: the highest priority first, then those that could be locked the longest."""
    due = (task for task in tasks if task.lockable_at <= now)
    for item in sorted(due, key=lambda t: (-t.task.priority, t.lockable_at, t.task.id))[:limit]:
        item.fence += 1
        item.lock_until(now + lock_ms, worker)
        found = item.as_lock()
        assert found is not None
        yield found


def _lockable_at(task: ExternalTask) -> float:
    return NEVER if task.suspended or task.retries == 0 else task.not_before
