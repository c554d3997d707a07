"""The spans of the turns that a sink gets next. What is open in an instance is remembered, or read from its history."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import structlog

from baton.model.definition import ProcessModel
from baton.model.errors import NotFound
from baton.model.times import to_datetime
from baton.service.connecting.cloud_events import OutgoingEvent
from baton.service.connecting.sinks import SinkSettings
from baton.service.connecting.span_shapes import Span
from baton.service.connecting.spans import InstanceSpans
from baton.store import codec
from baton.store.captured import CapturedTurn
from baton.store.store import Store

log = structlog.get_logger("baton.connect")
MOST_REMEMBERED = 200_000
"""Elements and tasks that are open, of all instances together; of an instance that is forgotten its history is read."""
SPAN = "io.baton.span"
"""What stands as the type of a span among dead letters."""


class SpanFeed:
    """Turns may come again, as far as they were not noted as sent: they have the same spans then."""

    def __init__(
        self,
        store: Store,
        sink: SinkSettings,
        get_model: Callable[[str], ProcessModel],
        most: int = MOST_REMEMBERED,
    ) -> None:
        self._store, self._sink, self._get_model, self._most = store, sink, get_model, most
        self._instances: OrderedDict[str, InstanceSpans] = OrderedDict()
        self._size = 0
        self._made: dict[tuple[int, str], list[OutgoingEvent]] = {}

    def make(self, turns: Sequence[CapturedTurn], *, hides: bool) -> list[list[OutgoingEvent]]:
        """Those of each turn. ``hides``: texts of failures may hold sensitive values. Raises StoreUnavailable."""
        made: dict[tuple[int, str], list[OutgoingEvent]] = {}
        for turn in turns:
            key = (turn.partition, turn.id)
            made[key] = self._made[key] if key in self._made else self._fold(turn, hides=hides)
        self._made = made
        return list(made.values())

    def _fold(self, turn: CapturedTurn, *, hides: bool) -> list[OutgoingEvent]:
        if not turn.events or not any(fnmatchcase(turn.header.definition_key, it) for it in self._sink.processes):
            return []
        spans = self._find(turn)
        before = spans.size
        found = [span for event in turn.events for span in spans.apply(event, hides=hides)]
        self._size += spans.size - before
        if turn.header.state.is_ended:
            self._forget(turn.header.id)
        while self._size > self._most and len(self._instances) > 1:
            self._forget(next(iter(self._instances)))
        return [_make_event(turn, span) for span in found] if spans.is_sampled else []

    def _find(self, turn: CapturedTurn) -> InstanceSpans:
        """What is open in the instance before the turn."""
        id_, before = turn.header.id, turn.events[0].position - 1
        found = self._instances.get(id_)
        if found is not None and found.position == before:
            self._instances.move_to_end(id_)
            return found
        self._forget(id_)
        found = InstanceSpans(id_, turn.header.definition_id, self._name)
        try:
            for event in self._store.history.iterate(id_, 1, before):
                found.apply(event)
        except codec.Damaged as damage:
            log.error(str(damage), action="span.history_damaged", instance_id=id_)
        self._instances[id_] = found
        self._size += found.size
        return found

    def _forget(self, instance_id: str) -> None:
        found = self._instances.pop(instance_id, None)
        self._size -= 0 if found is None else found.size

    def _name(self, definition_id: str, element: str) -> tuple[str, str]:
        """The name and the kind of an element; its id if the model is not there any more, or does not name it."""
        try:
            model = self._get_model(definition_id)
        except NotFound:
            return element, ""
        if element == model.id:
            return element, "process"
        node = model.nodes.get(element)
        return (element, "") if node is None else (node.name or element, node.kind.value)


def _make_event(turn: CapturedTurn, span: Span) -> OutgoingEvent:
    """A span in the form of events, which dead letters show too."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": span.span_id,
        "source": f"/baton/process-instance/{turn.header.id}",
        "type": SPAN,
        "time": to_datetime(span.end).isoformat(),
        "batonprocess": turn.header.definition_key,
        "batonelement": span.attributes.get("baton.element.id", ""),
        "data": _to_plain(span),
    }
    return OutgoingEvent(event, turn.header.id, turn.at)


def _to_plain(span: Span) -> Mapping[str, Any]:
    """As JSON has it: moments are milliseconds since 1970."""
    return {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "parentSpanId": span.parent_id,
        "name": span.name,
        "kind": span.kind,
        "begin": span.begin,
        "end": span.end,
        "attributes": dict(span.attributes),
        "notes": [{"at": note.at, "name": note.name, "attributes": dict(note.attributes)} for note in span.notes],
        "droppedNotes": span.dropped_notes,
        "links": [{"traceId": trace_id, "spanId": span_id} for trace_id, span_id in span.links],
        "error": span.error,
    }
