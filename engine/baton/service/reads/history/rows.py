"""What a history adds up to, row by row: activities, variables, incidents, tasks and logs."""

from __future__ import annotations

from dataclasses import dataclass, field

from baton.model.times import Millis
from baton.model.values import Value


@dataclass(slots=True)
class ActivityInstance:
    """A token at an element, from its arrival to its end. ``parent`` is the token around it, 0 the instance; ``body``
    tells that it holds the iterations of a loop or multi-instance marker.
    """

    token: int
    parent: int
    element: str
    kind: str
    definition_id: str
    started_at: Millis
    called: str | None = None
    task_id: str | None = None
    ended_at: Millis | None = None
    cancelled: bool = False
    body: bool = False


@dataclass(slots=True)
class VariableInstance:
    """A variable with the value it has, or had when it was deleted or its scope ended."""

    scope: int
    name: str
    value: Value
    created_at: Millis
    changed_at: Millis
    deleted: bool = False


@dataclass(slots=True)
class LogEntry:
    """What happened to a task or job, at ``position``."""

    position: int
    at: Millis
    kind: str
    record_id: str
    element: str | None
    token: int
    data: dict[str, Value]


LINKS = ("assignee", "owner", "candidate_users", "candidate_groups")
"""Fields of a user task that name people or groups."""


@dataclass(slots=True)
class RecordHistory:
    """An incident or a user task from its beginning to its end."""

    id: str
    element: str | None
    token: int
    opened_at: Millis
    data: dict[str, Value]
    closed_at: Millis | None = None
    reason: str | None = None
    changed: bool = False
    people: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """What somebody, or a group, ever was to the task (``LINKS``), and who."""
