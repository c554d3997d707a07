"""Events of one instance as rows: activity instances, variables, incidents, tasks and logs.

History is the list of events and nothing else; these rows are made when somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from baton.model.events import Event, EventType
from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.model.values import Value


@dataclass(slots=True)
class Activity:
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


@dataclass(slots=True)
class Variable:
    scope: int
    name: str
    value: Value
    created_at: Millis
    deleted: bool = False


@dataclass(slots=True)
class Log:
    """One entry of a log: what happened to a task or job, at ``position``."""

    position: int
    at: Millis
    kind: str
    record_id: str
    element: str | None
    token: int
    data: dict[str, Value]


@dataclass(slots=True)
class Opened:
    """Something with a beginning and an end: an incident or a user task."""

    id: str
    element: str | None
    token: int
    opened_at: Millis
    data: dict[str, Value]
    closed_at: Millis | None = None
    reason: str | None = None


@dataclass(slots=True)
class Rows:
    header: InstanceHeader
    activities: list[Activity] = field(default_factory=list[Activity])
    variables: dict[tuple[int, str], Variable] = field(default_factory=dict[tuple[int, str], Variable])
    incidents: dict[str, Opened] = field(default_factory=dict[str, Opened])
    tasks: dict[str, Opened] = field(default_factory=dict[str, Opened])
    external: list[Log] = field(default_factory=list[Log])
    jobs: list[Log] = field(default_factory=list[Log])
    operations: list[Log] = field(default_factory=list[Log])


def fold(header: InstanceHeader, events: Sequence[Event]) -> Rows:
    """All rows of one instance."""
    return _Fold(header).run(events)


_EXTERNAL = {
    EventType.EXTERNAL_TASK_CREATED: "creation",
    EventType.EXTERNAL_TASK_FAILED: "failure",
    EventType.EXTERNAL_TASK_COMPLETED: "success",
}
_JOBS = {EventType.TIMER_SET: "creation", EventType.TIMER_FIRED: "success"}


class _Fold:
    def __init__(self, header: InstanceHeader) -> None:
        self.rows = Rows(header)
        self.open: dict[int, Activity] = {}
        self.inside: dict[int, str] = {0: header.definition_id}

    def run(self, events: Sequence[Event]) -> Rows:
        for event in events:
            self._add(event, dict(event.data))
        return self.rows

    def _add(self, event: Event, data: dict[str, Value]) -> None:
        if event.type in _EXTERNAL:
            self.rows.external.append(_log(event, _EXTERNAL[event.type], data))
        elif event.type in _JOBS:
            self.rows.jobs.append(_log(event, _JOBS[event.type], data))
        else:
            self._change(event, data)
        if data.get("by"):
            self.rows.operations.append(_log(event, event.type.value, data))

    def _change(self, event: Event, data: dict[str, Value]) -> None:
        match event.type:
            case EventType.ELEMENT_ENTERED:
                self._entered(event, data)
            case EventType.ELEMENT_COMPLETED | EventType.ELEMENT_CANCELLED | EventType.TOKEN_MERGED:
                self._left(event)
            case EventType.VARIABLES_CHANGED:
                self._variables(event, data)
            case EventType.INCIDENT_OPENED:
                _open(self.rows.incidents, event, data)
            case EventType.INCIDENT_RESOLVED:
                _close(self.rows.incidents, event, data, None)
            case EventType.USER_TASK_CREATED:
                _open(self.rows.tasks, event, data)
                self._name_task(event, data)
            case EventType.USER_TASK_CHANGED:
                task = self.rows.tasks.get(str(data.get("id")))
                if task is not None:
                    task.data.update(data)
            case EventType.USER_TASK_COMPLETED:
                _close(self.rows.tasks, event, data, "completed")
            case _:
                return

    def _entered(self, event: Event, data: dict[str, Value]) -> None:
        parent, called = cast("int", data.get("parent") or 0), cast("str | None", data.get("called"))
        definition_id = self.inside.get(parent, self.rows.header.definition_id)
        token = event.token or 0
        self.inside[token] = called or definition_id
        activity = Activity(
            token, parent, event.element or "", str(data.get("kind") or ""), definition_id, event.at, called
        )
        self.open[token] = activity
        self.rows.activities.append(activity)

    def _left(self, event: Event) -> None:
        activity = self.open.pop(event.token or 0, None)
        if activity is None:
            return
        activity.ended_at = event.at
        activity.cancelled = event.type is EventType.ELEMENT_CANCELLED
        if activity.task_id is not None and activity.cancelled:
            task = self.rows.tasks[activity.task_id]
            task.closed_at, task.reason = event.at, "deleted"

    def _name_task(self, event: Event, data: dict[str, Value]) -> None:
        activity = self.open.get(event.token or 0)
        if activity is not None:
            activity.task_id = str(data.get("id"))

    def _variables(self, event: Event, data: dict[str, Value]) -> None:
        scope = cast("int", data.get("scope") or 0)
        for name, value in cast("dict[str, Value]", data.get("set") or {}).items():
            known = self.rows.variables.get((scope, name))
            if known is None:
                self.rows.variables[scope, name] = Variable(scope, name, value, event.at)
            else:
                known.value, known.deleted = value, False
        for name in cast("list[str]", data.get("removed") or []):
            known = self.rows.variables.get((scope, name))
            if known is not None:
                known.deleted = True


def _log(event: Event, kind: str, data: dict[str, Value]) -> Log:
    return Log(event.position, event.at, kind, str(data.get("id") or ""), event.element, event.token or 0, data)


def _open(table: dict[str, Opened], event: Event, data: dict[str, Value]) -> None:
    id = str(data.get("id"))
    table[id] = Opened(id, event.element, event.token or 0, event.at, data)


def _close(table: dict[str, Opened], event: Event, data: dict[str, Value], reason: str | None) -> None:
    row = table.get(str(data.get("id")))
    if row is not None:
        row.closed_at, row.reason = event.at, reason
