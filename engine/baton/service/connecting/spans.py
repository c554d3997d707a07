"""The spans of one instance, computed from its events: each when what it stands for is over. Pure.

A span is of the instance, of a visit of an element, of an attempt at an external task, of a message that was sent or
has come, or of one undoing as a whole. Names of elements are in it and ids, never variables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from baton.model.events import UNDO, Event, EventType
from baton.model.times import Millis
from baton.model.traces import (
    TraceParent,
    make_event_span_id,
    make_message_span_id,
    make_token_span_id,
    make_trace_id,
    parse_traceparent,
)
from baton.service.connecting.cloud_events import HIDDEN
from baton.service.connecting.span_shapes import Kind, Note, OpenSpan, Span

UNDOING = "undo"
"""The name of the span of an undoing."""
NameElement = Callable[[str, str], tuple[str, str]]
"""Definition and element -> the element's name and its kind."""
_NOTED = {
    EventType.USER_TASK_CREATED: "user task created",
    EventType.USER_TASK_CHANGED: "user task changed",
    EventType.USER_TASK_COMPLETED: "user task completed",
    EventType.TIMER_SET: "timer set",
    EventType.TIMER_FIRED: "timer fired",
    EventType.INCIDENT_OPENED: "incident opened",
    EventType.INCIDENT_RESOLVED: "incident resolved",
    EventType.INSTANCE_SUSPENDED: "suspended",
    EventType.INSTANCE_RESUMED: "resumed",
    EventType.INSTANCE_MIGRATED: "migrated",
    EventType.SUBSCRIPTION_OPENED: "subscription opened",
    EventType.CONDITION_MET: "condition met",
    EventType.TRIGGERED: "triggered",
    EventType.ERROR_THROWN: "error thrown",
    EventType.ESCALATION_THROWN: "escalation thrown",
    EventType.UNDO_FAILED: "undoing failed",
    EventType.UNDO_SKIPPED: "undoing skipped",
    EventType.ROLLED_BACK: "rolled back",
}
"""Events that are moments within a span."""
_FACTS = ("id", "kind", "code", "due", "name", "definition", "to", "seq")
"""What such a moment says of an event. Texts of failures are not among them."""


@dataclass(slots=True)
class _Work:
    """An external task: ``since`` when an attempt could begin."""

    topic: str
    token: int
    since: Millis


@dataclass(slots=True)
class _Undoing:
    begin: Millis
    position: int
    parent: int
    plan: tuple[int, ...]


class InstanceSpans:
    """What is open in one instance. ``position``: of the last event that was applied."""

    def __init__(self, instance_id: str, definition_id: str, name_element: NameElement) -> None:
        self.id, self.position = instance_id, 0
        self._hides = False
        self._name_element = name_element
        self._instance = OpenSpan(0, 0, "", 0, definition_id)
        self._given: TraceParent | None = None
        self._tokens: dict[int, OpenSpan] = {}
        self._work: dict[str, _Work] = {}
        self._work_of: dict[int, str] = {}
        self._undoings: dict[int, _Undoing] = {}
        self._ledger: dict[int, int] = {}
        self._handlers: dict[int, int] = {}
        self._handled: set[int] = set()

    @property
    def size(self) -> int:
        """How much is remembered."""
        return 1 + len(self._tokens) + len(self._work) + len(self._ledger)

    @property
    def is_sampled(self) -> bool:
        """Whether the caller that the instance belongs to records its trace."""
        return self._given is None or self._given.is_sampled

    def apply(self, event: Event, *, hides: bool = False) -> list[Span]:
        """The spans that end with this event. ``hides``: texts of failures may hold sensitive values."""
        self.position, self._hides = event.position, hides
        if event.type in _NOTED:
            self._note(event)
        step = self._STEPS.get(event.type)
        return [] if step is None else step(self, event)

    # -- instance

    def _begin_instance(self, event: Event) -> list[Span]:
        self._given = parse_traceparent(event.data.get("traceparent"))
        self._instance.begin, self._instance.position = event.at, event.position
        self._instance.definition = str(event.data.get("definition", self._instance.definition))
        return []

    def _end_instance(self, event: Event) -> list[Span]:
        state = str(event.data.get("state", ""))
        spans = [self._make_undoing(token, event) for token in list(self._undoings)]
        whole = self._instance
        return [
            *spans,
            self._make(
                whole,
                event,
                make_token_span_id(self.id, 0),
                None if self._given is None else self._given.span_id,
                whole.definition.partition(":")[0],
                {"baton.state": state},
                error=state if state == "terminated" else None,
            ),
        ]

    def _migrate(self, event: Event) -> list[Span]:
        definition, moved = str(event.data.get("definition", "")), event.data.get("elements")
        before, self._instance.definition = self._instance.definition, definition
        for token in self._tokens.values():
            token.definition = definition if token.definition == before else token.definition
        for number, element in moved.items() if isinstance(moved, dict) else ():
            if (token := self._tokens.get(int(number))) is not None:
                token.element = str(element)
        return []

    # -- elements

    def _enter(self, event: Event) -> list[Span]:
        parent, called = event.data.get("parent", 0), event.data.get("called")
        number = parent if isinstance(parent, int) else 0
        around = self._tokens.get(number, self._instance)
        self._tokens[event.token or 0] = OpenSpan(
            event.at,
            event.position,
            event.element or "",
            number,
            around.inner or around.definition,
            called if isinstance(called, str) else None,
        )
        return []

    def _leave(self, event: Event) -> list[Span]:
        number = event.token or 0
        found = self._tokens.pop(number, None) or self._make_unknown(event)
        spans = [self._make_undoing(number, event)] if number in self._undoings else []
        if found.element == UNDO:
            return spans
        self._work.pop(self._work_of.pop(number, ""), None)
        name, kind = self._name_element(found.definition, found.element)
        attributes: dict[str, str | int] = {
            "baton.element.id": found.element,
            "baton.element.kind": kind,
            "baton.token": number,
            "baton.ended": _ENDINGS[event.type],
        }
        seq = self._handlers.pop(number, None)
        parent = make_token_span_id(self.id, found.parent)
        links: tuple[tuple[str, str], ...] = ()
        if seq is not None:
            attributes["baton.undoes"] = seq
            parent = self._find_undoing(seq) or parent
            links = self._link_undone(seq)
        span_id = make_token_span_id(self.id, number)
        span = self._make(found, event, span_id, parent, name, attributes, links=links, error=found.failed)
        return [*spans, span]

    def _make_unknown(self, event: Event) -> OpenSpan:
        """Of an element whose beginning cannot be read any more: a moment at its end."""
        return OpenSpan(event.at, event.position, event.element or "", 0, self._instance.definition)

    # -- external tasks

    def _create_task(self, event: Event) -> list[Span]:
        id_, number = str(event.data.get("id")), event.token or 0
        self._work[id_] = _Work(str(event.data.get("topic", "")), number, event.at)
        self._work_of[number] = id_
        return []

    def _end_attempt(self, event: Event) -> list[Span]:
        id_ = str(event.data.get("id"))
        work = self._work.get(id_) or _Work("", event.token or 0, event.at)
        more: dict[str, str | int] = {}
        error = None
        if event.type is EventType.EXTERNAL_TASK_FAILED:
            more["baton.retries"] = _take_number(event.data.get("retries"))
            error = HIDDEN if self._hides else str(event.data.get("message") or "failed")
        else:
            self._work.pop(id_, None)
            self._work_of.pop(work.token, None)
        worker = event.data.get("worker")
        if worker is None:  # an operator has given the result
            return []
        span = self._make_attempt(event, id_, work, {"baton.worker": str(worker), **more}, error)
        work.since = event.at
        return [span]

    def _throw(self, event: Event) -> list[Span]:
        """A worker has reported an error or escalation of the model: that ends its attempt."""
        id_ = self._work_of.get(event.token or 0, "")
        work = self._work.get(id_)
        if work is None:
            return []
        span = self._make_attempt(event, id_, work, {"baton.error.code": str(event.data.get("code"))}, None)
        work.since = event.at
        return [span]

    def _make_attempt(
        self, event: Event, id_: str, work: _Work, more: Mapping[str, str | int], error: str | None
    ) -> Span:
        attributes = {"baton.task.id": id_, "baton.topic": work.topic, **more}
        begun = OpenSpan(work.since, event.position, event.element or "", work.token, "")
        span_id = make_event_span_id(self.id, event.position)
        parent = make_token_span_id(self.id, work.token)
        return self._make(begun, event, span_id, parent, f"attempt {work.topic}".strip(), attributes, error=error)

    # -- messages

    def _send(self, event: Event) -> list[Span]:
        span_id = make_message_span_id(str(event.data.get("id")))
        return [self._make_moment(event, span_id, f"send {event.data.get('name')}", "producer")]

    def _receive(self, event: Event) -> list[Span]:
        given = parse_traceparent(event.data.get("traceparent"))
        links = () if given is None else ((given.trace_id, given.span_id),)
        span_id = make_event_span_id(self.id, event.position)
        return [self._make_moment(event, span_id, f"receive {event.data.get('name')}", "consumer", links)]

    def _make_moment(
        self, event: Event, span_id: str, name: str, kind: Kind, links: tuple[tuple[str, str], ...] = ()
    ) -> Span:
        parent = make_token_span_id(self.id, event.token or 0)
        begun = OpenSpan(event.at, event.position, event.element or "", event.token or 0, "")
        attributes = {"baton.element.id": event.element or ""}
        return self._make(begun, event, span_id, parent, name, attributes, kind=kind, links=links)

    # -- undoing

    def _record(self, event: Event) -> list[Span]:
        self._ledger[_take_number(event.data.get("seq"))] = event.token or 0
        return []

    def _begin_undoing(self, event: Event) -> list[Span]:
        number = event.token or 0
        plan: Any = event.data.get("plan")
        parent = number
        if event.element == UNDO:  # nothing on the diagram has begun it
            parent = self._tokens[number].parent if number in self._tokens else 0
        self._undoings[number] = _Undoing(event.at, event.position, parent, tuple(plan or ()))
        return []

    def _end_undoing(self, event: Event) -> list[Span]:
        return [self._make_undoing(event.token or 0, event)] if event.token in self._undoings else []

    def _make_undoing(self, token: int, event: Event) -> Span:
        found = self._undoings.pop(token)
        begun = OpenSpan(found.begin, found.position, "", token, "")
        attributes: dict[str, str | int] = {"baton.undone": len(found.plan), "baton.token": token}
        span_id, parent = make_event_span_id(self.id, found.position), make_token_span_id(self.id, found.parent)
        return self._make(begun, event, span_id, parent, UNDOING, attributes)

    def _begin_handler(self, event: Event) -> list[Span]:
        seq = _take_number(event.data.get("seq"))
        self._handlers[event.token or 0] = seq
        self._handled.add(seq)
        return []

    def _complete_undo(self, event: Event) -> list[Span]:
        """An activity without a handler of its own has a moment in the undoing; of others the handler has its span."""
        seq = _take_number(event.data.get("seq"))
        undone, parent = self._ledger.get(seq, event.token or 0), self._find_undoing(seq)
        if parent is None or seq in self._handled:
            return []
        begun = OpenSpan(event.at, event.position, event.element or "", undone, "")
        attributes: dict[str, str | int] = {"baton.element.id": event.element or "", "baton.undoes": seq}
        span_id = make_event_span_id(self.id, event.position)
        name, links = f"{UNDOING} {event.element}", self._link_undone(seq)
        return [self._make(begun, event, span_id, parent, name, attributes, links=links)]

    def _find_undoing(self, seq: int) -> str | None:
        """The span of what undoes the entry: where two are about it, the later one waits for the earlier one."""
        found = [undoing.position for undoing in self._undoings.values() if seq in undoing.plan]
        return make_event_span_id(self.id, min(found)) if found else None

    def _link_undone(self, seq: int) -> tuple[tuple[str, str], ...]:
        undone = self._ledger.get(seq)
        return () if undone is None else ((self._trace_id, make_token_span_id(self.id, undone)),)

    # -- all

    @property
    def _trace_id(self) -> str:
        return make_trace_id(self.id) if self._given is None else self._given.trace_id

    def _note(self, event: Event) -> None:
        found = self._tokens.get(event.token or 0, self._instance)
        facts = {name: value for name in _FACTS if isinstance(value := event.data.get(name), str | int)}
        found.note(Note(event.at, _NOTED[event.type], {f"baton.{name}": value for name, value in facts.items()}))
        if event.type is EventType.UNDO_FAILED:
            found.failed = "undoing failed"

    def _make(
        self,
        begun: OpenSpan,
        event: Event,
        span_id: str,
        parent_id: str | None,
        name: str,
        attributes: Mapping[str, str | int],
        *,
        kind: Kind = "internal",
        links: tuple[tuple[str, str], ...] = (),
        error: str | None = None,
    ) -> Span:
        """From where it has begun to the event that ends it, with the events of the history between which it is."""
        common: dict[str, str | int] = {
            "baton.instance.id": self.id,
            "baton.definition.id": begun.definition or self._instance.definition,
            "baton.position.from": begun.position,
            "baton.position.to": event.position,
        }
        return Span(
            trace_id=self._trace_id,
            span_id=span_id,
            parent_id=parent_id,
            name=name,
            begin=begun.begin,
            end=max(begun.begin, event.at),
            kind=kind,
            attributes={**common, **attributes},
            notes=tuple(begun.notes),
            dropped_notes=begun.dropped,
            links=links,
            error=error,
        )

    _STEPS = {  # noqa: RUF012 - never changed
        EventType.INSTANCE_STARTED: _begin_instance,
        EventType.INSTANCE_ENDED: _end_instance,
        EventType.INSTANCE_MIGRATED: _migrate,
        EventType.ELEMENT_ENTERED: _enter,
        EventType.ELEMENT_COMPLETED: _leave,
        EventType.ELEMENT_CANCELLED: _leave,
        EventType.TOKEN_MERGED: _leave,
        EventType.EXTERNAL_TASK_CREATED: _create_task,
        EventType.EXTERNAL_TASK_COMPLETED: _end_attempt,
        EventType.EXTERNAL_TASK_FAILED: _end_attempt,
        EventType.ERROR_THROWN: _throw,
        EventType.ESCALATION_THROWN: _throw,
        EventType.MESSAGE_SENT: _send,
        EventType.SIGNAL_SENT: _send,
        EventType.MESSAGE_RECEIVED: _receive,
        EventType.SIGNAL_RECEIVED: _receive,
        EventType.COMPENSATION_RECORDED: _record,
        EventType.COMPENSATION_STARTED: _begin_undoing,
        EventType.COMPENSATION_COMPLETED: _end_undoing,
        EventType.UNDO_STARTED: _begin_handler,
        EventType.UNDO_COMPLETED: _complete_undo,
    }


def _take_number(value: object) -> int:
    return value if isinstance(value, int) else 0


_ENDINGS = {
    EventType.ELEMENT_COMPLETED: "completed",
    EventType.ELEMENT_CANCELLED: "cancelled",
    EventType.TOKEN_MERGED: "merged",
}
