"""What an instance holds open and what lists show: one frozen dataclass per kind of record.

All moments are milliseconds since the epoch. Every record's ``id`` is ``<instance id>.<number>``; ``token`` is the
number of the token (element instance) it belongs to. ``activity_id`` of the REST API is ``element`` here.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Literal, TypeAlias

from baton.model.immutable import immutable
from baton.model.standalone import KEY as STANDALONE
from baton.model.times import Millis
from baton.model.values import Value

WaitingFor: TypeAlias = Literal["person", "message", "timer"]
"""A person's task; a message, a signal, a condition or a call to go on; a moment."""


class InstanceState(StrEnum):
    """Where an instance is in its life; the last four are terminal."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    """Ended by Baton itself, which could not even start it. (A terminate end event completes, as in Camunda 7.)"""
    CANCELLED = "cancelled"
    """Ended by an operator."""
    COMPENSATED = "compensated"
    """Cancelled by an operator after everything was undone."""

    @cached_property
    def is_ended(self) -> bool:
        return self not in _RUNNING


_RUNNING = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})


@immutable
class InstanceHeader:
    """What lists show of an instance. ``tokens`` counts tokens by element, the live answer to «where is it?»."""

    id: str
    definition_id: str
    definition_key: str
    state: InstanceState
    started_at: Millis
    business_key: str | None = None
    ended_at: Millis | None = None
    start_element: str | None = None
    end_element: str | None = None
    reason: str | None = None
    started_by: str | None = None
    tokens: tuple[tuple[str, int], ...] = ()
    incidents: int = 0
    undoing: bool = False
    tenant_id: str | None = None
    position: int = 0
    """The number of events so far: the history position."""
    waiting: WaitingFor | None = None
    """What it waits for if no worker and no job of the engine is to go on: a person before a message before a timer."""
    undone: bool = False
    """Whether it has undone something and nothing that could be undone is left."""

    @property
    def is_standalone(self) -> bool:
        """Whether it only holds a task that belongs to no process."""
        return self.definition_key == STANDALONE

    @property
    def is_called(self) -> bool:
        """Whether it is that of a called process, which only lists make: its id is that of a token."""
        return "." in self.id

    @property
    def duration(self) -> Millis | None:
        """From its start to its end; None while it runs."""
        return None if self.ended_at is None else self.ended_at - self.started_at


@immutable
class ExternalTask:
    id: str
    instance_id: str
    definition_id: str
    definition_key: str
    element: str
    token: int
    topic: str
    created_at: Millis
    priority: int = 0
    retries: int | None = None
    not_before: Millis = 0
    """When it may next be locked: creation, or the end of a back-off."""
    error_message: str | None = None
    error_details: str | None = None
    business_key: str | None = None
    suspended: bool = False
    visit: int = 1
    """Which coming of the instance to the element: with ``instance_id`` and ``element`` the idempotency key.

    It is the token's number, so that instances of a multi-instance marker differ and retries do not.
    """
    undoes: int | None = None
    """Ledger sequence number, when the task belongs to a compensation handler."""
    tenant_id: str | None = None


@immutable
class Progress:
    """How far a worker says it is: ``fraction`` from 0 to 1, and a short text."""

    fraction: float | None = None
    text: str | None = None


@immutable
class Lock:
    """A worker holds an external task until ``until``; ``fence`` grows with every lock of the task.

    After a failure ``until`` is 0: the worker holds the task no more, but may still report until another locks it.
    """

    task_id: str
    worker_id: str
    until: Millis
    fence: int
    timeout: Millis = 0
    """How long the model lets an attempt take; 0: any time."""
    deadline: Millis | None = None
    """When the attempt that began with this lock has failed, whatever its worker says."""
    progress: Progress | None = None

    def get_end(self, task: ExternalTask) -> Millis:
        """When the task can be locked again, as far as locks and back-off say: the lock's end of Camunda 7."""
        return max(self.until, task.not_before)


CHANGEABLE = (
    "name",
    "description",
    "assignee",
    "owner",
    "delegation_state",
    "candidate_users",
    "candidate_groups",
    "due",
    "follow_up",
    "priority",
)
"""What can be changed of an open user task."""


@immutable
class UserTask:
    id: str
    instance_id: str
    definition_id: str
    definition_key: str
    element: str
    token: int
    created_at: Millis
    name: str | None = None
    description: str | None = None
    assignee: str | None = None
    owner: str | None = None
    delegation_state: Literal["PENDING", "RESOLVED"] | None = None
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    due: Millis | None = None
    follow_up: Millis | None = None
    priority: int = 50
    form_key: str | None = None
    business_key: str | None = None
    suspended: bool = False
    undoes: int | None = None
    tenant_id: str | None = None
    parent: str | None = None
    """The shown id of the task that this one is a part of."""
    chosen: str | None = None
    """The id that its creator has chosen, of a task without a process."""

    @property
    def shown_id(self) -> str:
        return self.chosen or self.id

    @property
    def is_standalone(self) -> bool:
        return self.definition_key == STANDALONE

    @property
    def urgency(self) -> tuple[bool, Millis, int, Millis]:
        """The order in which people take tasks: by due date, those without one last, by priority, the oldest first."""
        return self.due is None, self.due or 0, -self.priority, self.created_at


class JobKind(StrEnum):
    TIMER = "timer"
    ASYNC = "async"
    RETRY = "retry"
    """A step that failed; its incident names this job, retrying the job repeats the step."""


@immutable
class Job:
    """Work the engine owes itself at ``due``. With ``retries`` 0 it waits for an operator."""

    id: str
    instance_id: str
    definition_id: str
    definition_key: str
    element: str
    token: int
    kind: JobKind
    due: Millis
    created_at: Millis
    retries: int = 3
    priority: int = 0
    repeat: str | None = None
    """What is left of a cycle: the ISO text, the count, the anchor; cycles do not drift."""
    error_message: str | None = None
    error_details: str | None = None
    suspended: bool = False
    tenant_id: str | None = None

    @property
    def is_retried(self) -> bool:
        """Whether it has failed and is to be tried again."""
        return self.error_message is not None and self.retries > 0


class SubscriptionKind(StrEnum):
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITIONAL = "conditional"
    TRIGGER = "trigger"
    """A receive task without a message: somebody tells its execution to go on. No list of events shows it."""


@immutable
class Subscription:
    """The instance waits for a message, a signal, a condition or a trigger at ``element``."""

    id: str
    instance_id: str
    definition_id: str
    definition_key: str
    element: str
    token: int
    kind: SubscriptionKind
    name: str
    created_at: Millis
    correlation_key: str | None = None
    business_key: str | None = None
    tenant_id: str | None = None


@immutable
class Incident:
    """``kind``: Camunda 7's ``failedExternalTask`` or ``failedJob``, or ours (``unhandledError``, ``bug`` …)."""

    id: str
    instance_id: str
    definition_id: str
    definition_key: str
    element: str
    token: int
    kind: str
    message: str
    created_at: Millis
    details: str | None = None
    configuration: str | None = None
    """Id of the external task or job that failed."""
    undoes: int | None = None
    annotation: str | None = None
    tenant_id: str | None = None
    by_hand: bool = False
    """Somebody has opened it: it stops nothing, and resolving it repeats nothing."""


class LedgerState(StrEnum):
    UNDOABLE = "undoable"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    SKIPPED = "skipped"
    DISCARDED = "discarded"
    KEPT = "kept"
    """What is shown of an undoable entry whose instance has ended: nothing will undo it. Never stored."""


@immutable
class LedgerEntry:
    """One completed activity that can be undone. ``seq`` is the order of completion, never a timestamp."""

    seq: int
    element: str
    token: int
    scope: int
    """Token number of the scope that the activity completed in."""
    completed_at: Millis
    handler: str | None = None
    """Element id of the handler; None for a subprocess or call that is undone by what is inside it."""
    inner_scope: int | None = None
    """Token number of the completed scope whose entries this one groups."""
    definition_id: str | None = None
    """Set when the element belongs to a called process."""
    snapshot: tuple[tuple[int, dict[str, Value]], ...] = ()
    """Variables of each scope around the activity at completion, innermost first, the instance's own scope excluded."""
    state: LedgerState = LedgerState.UNDOABLE
    undone_at: Millis | None = None
    undone_by: str | None = None
    handler_definition_id: str | None = None
    """Set when the handler is the compensation event subprocess of a called process (rule 11)."""


Record: TypeAlias = "ExternalTask | UserTask | Job | Subscription | Incident"
