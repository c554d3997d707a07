"""The one place below the web where events are folded: what they add up to, one by one, up to any position."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from baton.model.declared import apply_declarations
from baton.model.events import Event, EventType
from baton.model.records import InstanceHeader, InstanceState
from baton.model.times import Millis
from baton.model.values import Value
from baton.service.reads.history.counts import ENDS, TokenCounts
from baton.service.reads.history.rows import LINKS, ActivityInstance, LogEntry, RecordHistory, VariableInstance

EXTERNAL = {
    EventType.EXTERNAL_TASK_CREATED: "creation",
    EventType.EXTERNAL_TASK_FAILED: "failure",
    EventType.EXTERNAL_TASK_COMPLETED: "success",
}
JOBS = {EventType.TIMER_SET: "creation", EventType.TIMER_FIRED: "success", EventType.TIMER_CANCELLED: "deletion"}
STATES = {EventType.INSTANCE_SUSPENDED: InstanceState.SUSPENDED, EventType.INSTANCE_RESUMED: InstanceState.ACTIVE}

Data = dict[str, Value]

NO_OPERATIONS = frozenset(
    {
        EventType.EXTERNAL_TASK_COMPLETED,
        EventType.EXTERNAL_TASK_FAILED,
        EventType.VARIABLES_CHANGED,
        EventType.MESSAGE_RECEIVED,
        EventType.SIGNAL_RECEIVED,
        EventType.ERROR_THROWN,
        EventType.ESCALATION_THROWN,
    }
)
"""What workers and senders cause, whose keys these events name: no operations of people, as in Camunda 7's log."""


def is_operation(event: Event) -> bool:
    """Whether it is something that a person did."""
    return bool(event.data.get("by")) and event.type not in NO_OPERATIONS


class HistoryProjection:
    """Apply events in order; every attribute is then as of the last of them."""

    def __init__(self, header: InstanceHeader) -> None:
        self.header = header
        self.position = 0
        self.at: Millis = 0
        self.state = InstanceState.ACTIVE
        self.activities: list[ActivityInstance] = []
        self.incidents: dict[str, RecordHistory] = {}
        self.tasks: dict[str, RecordHistory] = {}
        self.external: list[LogEntry] = []
        self.jobs: list[LogEntry] = []
        self.operations: list[LogEntry] = []
        self.decisions: list[LogEntry] = []
        self.counted = TokenCounts()
        self._scopes: dict[int, dict[str, VariableInstance]] = {}
        self._open: dict[int, ActivityInstance] = {}

    def apply(self, event: Event) -> None:
        self.position, self.at = event.position, event.at
        self.counted.apply(event)
        data = dict(event.data)
        if event.type in EXTERNAL:
            self.external.append(_make_log_entry(event, EXTERNAL[event.type], data))
        elif event.type in JOBS:
            self.jobs.append(_make_log_entry(event, JOBS[event.type], data))
        elif (reaction := _REACTIONS.get(event.type)) is not None:
            reaction(self, event, data)
        if is_operation(event):
            self.operations.append(_make_log_entry(event, event.type.value, data))

    # -- as of now

    @property
    def tokens(self) -> dict[int, ActivityInstance]:
        """The tokens that are at an element, by number."""
        return self._open

    @property
    def variables(self) -> list[VariableInstance]:
        """All that there ever were, the last value of each."""
        return [item for scope in self._scopes.values() for item in scope.values()]

    @property
    def values(self) -> dict[int, dict[str, Value]]:
        """What is set in each scope that has not ended, by its token's number; 0 is the instance."""
        return {
            scope: {item.name: item.value for item in found.values() if not item.deleted}
            for scope, found in self._scopes.items()
            if scope == 0 or scope in self._open
        }

    def is_open(self, incident: RecordHistory) -> bool:
        """Whether an incident neither was resolved nor is gone with its instance."""
        return incident.closed_at is None and not self.header.state.is_ended

    def list_task_ids(self) -> list[str]:
        """The ids that are shown of its tasks, ended ones included."""
        return [self.show_task_id(id_) for id_ in self.tasks]

    def show_task_id(self, record_id: str) -> str:
        """The id that is shown of a task."""
        known = self.tasks.get(record_id)
        return record_id if known is None else str(known.data.get("chosen") or record_id)

    # -- events

    def enter(self, event: Event, data: Data) -> None:
        """A token has come to an element."""
        if event.shown_element is None:
            return
        token, parent = event.token or 0, _to_number(data.get("parent"))
        activity = ActivityInstance(
            token=token,
            parent=parent,
            element=event.shown_element,
            kind=str(data.get("kind") or ""),
            definition_id=self.counted.find_home(token) or self.header.definition_id,
            started_at=event.at,
            called=cast("str | None", data.get("called")),
            body=bool(data.get("body")),
        )
        self._open[token] = activity
        self.activities.append(activity)

    def leave(self, event: Event, data: Data) -> None:
        """A token is gone: its element has completed or was cancelled, or it was merged into another."""
        del data
        activity = self._open.pop(event.token or 0, None)
        if activity is None:
            return
        activity.ended_at = event.at
        activity.cancelled = event.type is EventType.ELEMENT_CANCELLED
        if activity.task_id is not None and activity.cancelled:
            task = self.tasks[activity.task_id]
            task.closed_at, task.reason = event.at, "deleted"

    def change_variables(self, event: Event, data: Data) -> None:
        number = _to_number(data.get("scope"))
        scope = self._scopes.setdefault(number, {})
        for name, value in apply_declarations(cast("Data", data.get("set") or {}), data.get("types")).items():
            created = scope[name].created_at if name in scope else event.at
            scope[name] = VariableInstance(number, name, value, created, event.at)
        for name in cast("list[str]", data.get("removed") or []):
            if (known := scope.get(name)) is not None:
                known.deleted, known.changed_at = True, event.at

    def open_incident(self, event: Event, data: Data) -> None:
        self.incidents[str(data.get("id"))] = _make_record(event, data)

    def resolve_incident(self, event: Event, data: Data) -> None:
        _close(self.incidents, event, data, None)

    def create_task(self, event: Event, data: Data) -> None:
        task = self.tasks[str(data.get("id"))] = _make_record(event, data)
        _note_people(task, data)
        if (activity := self._open.get(event.token or 0)) is not None:
            activity.task_id = str(data.get("id"))

    def change_task(self, event: Event, data: Data) -> None:
        del event
        if (task := self.tasks.get(str(data.get("id")))) is not None:
            task.data.update(data)
            task.changed = True
            _note_people(task, data)

    def complete_task(self, event: Event, data: Data) -> None:
        _close(self.tasks, event, data, "completed")

    def evaluate_decision(self, event: Event, data: Data) -> None:
        self.decisions.append(_make_log_entry(event, "evaluation", data))

    def migrate(self, event: Event, data: Data) -> None:
        """Tokens are at elements of another version: what is open goes on there."""
        del event
        for number, element in cast("dict[str, str]", data.get("elements") or {}).items():
            if (activity := self._open.get(int(number))) is not None:
                activity.element = element
                activity.definition_id = str(data["definition"])
            for record in (*self.tasks.values(), *self.incidents.values()):
                if record.token == int(number) and record.closed_at is None:
                    record.element = element

    def change_state(self, event: Event, data: Data) -> None:
        del data
        self.state = STATES[event.type]

    def end(self, event: Event, data: Data) -> None:
        del event
        self.state = InstanceState(str(data["state"]))


_REACTIONS: dict[EventType, Callable[[HistoryProjection, Event, Data], None]] = {
    EventType.ELEMENT_ENTERED: HistoryProjection.enter,
    **dict.fromkeys(ENDS, HistoryProjection.leave),
    EventType.VARIABLES_CHANGED: HistoryProjection.change_variables,
    EventType.INCIDENT_OPENED: HistoryProjection.open_incident,
    EventType.INCIDENT_RESOLVED: HistoryProjection.resolve_incident,
    EventType.USER_TASK_CREATED: HistoryProjection.create_task,
    EventType.USER_TASK_CHANGED: HistoryProjection.change_task,
    EventType.USER_TASK_COMPLETED: HistoryProjection.complete_task,
    EventType.DECISION_EVALUATED: HistoryProjection.evaluate_decision,
    **dict.fromkeys(STATES, HistoryProjection.change_state),
    EventType.INSTANCE_MIGRATED: HistoryProjection.migrate,
    EventType.INSTANCE_ENDED: HistoryProjection.end,
}


def _to_number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _make_log_entry(event: Event, kind: str, data: Data) -> LogEntry:
    return LogEntry(event.position, event.at, kind, str(data.get("id") or ""), event.element, event.token or 0, data)


def _make_record(event: Event, data: Data) -> RecordHistory:
    return RecordHistory(str(data.get("id")), event.element, event.token or 0, event.at, data)


def _note_people(task: RecordHistory, data: Data) -> None:
    for link in LINKS:
        named = data.get(link)
        names = [named] if isinstance(named, str) else cast("Iterable[Value]", named or ())
        task.people.update((link, str(name)) for name in names)


def _close(records: dict[str, RecordHistory], event: Event, data: Data, reason: str | None) -> None:
    if (record := records.get(str(data.get("id")))) is not None:
        record.closed_at, record.reason = event.at, reason
