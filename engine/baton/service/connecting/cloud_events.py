"""What a turn has sent, and what happened in it, as CloudEvents 1.0. The id of an event never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from baton.model.events import Event, EventType
from baton.model.records import InstanceHeader
from baton.model.times import Millis, to_datetime
from baton.model.turn_result import Outgoing
from baton.service.connecting.sinks import ALERT, LIFE_CYCLE, SinkSettings
from baton.service.deployments.sensitive import SensitiveNames
from baton.service.messaging.outbox_dispatcher import make_cloud_event
from baton.store.captured import CapturedTurn

MESSAGE_SCHEMA = "urn:baton:message:1"
LIFE_CYCLE_SCHEMA = "urn:baton:life-cycle:1"
ALERT_SCHEMA = "urn:baton:alert:1"
HIDDEN = "***"
_TYPES = {
    EventType.INSTANCE_STARTED: "instance.started",
    EventType.INSTANCE_SUSPENDED: "instance.suspended",
    EventType.INSTANCE_RESUMED: "instance.resumed",
    EventType.ELEMENT_ENTERED: "activity.started",
    EventType.ELEMENT_COMPLETED: "activity.completed",
    EventType.ELEMENT_CANCELLED: "activity.cancelled",
    EventType.EXTERNAL_TASK_FAILED: "activity.failed",
    EventType.INCIDENT_OPENED: "incident.opened",
    EventType.INCIDENT_RESOLVED: "incident.resolved",
    EventType.COMPENSATION_STARTED: "compensation.started",
    EventType.COMPENSATION_COMPLETED: "compensation.completed",
    EventType.UNDO_COMPLETED: "activity.undone",
    EventType.UNDO_FAILED: "activity.undo-failed",
}


_TEXTS = frozenset({"message", "details", "reason"})
"""Of an event: texts that may hold the value of any variable."""


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """``key``: what keeps events in order, the instance. ``moment``: when its turn was committed."""

    event: dict[str, Any]
    key: str
    moment: Millis


def make_events(
    turn: CapturedTurn,
    sink: SinkSettings,
    hidden: SensitiveNames,
    versions: Mapping[str, str],
    traces: Mapping[str, str],
) -> list[OutgoingEvent]:
    """Those of the turn that the sink wants, in their order.

    ``versions``: of events that are declared, by type. ``traces``: the ``traceparent`` of messages, by id.
    """
    found = [*_make_messages(turn, sink, hidden, versions, traces), *_make_life_cycle(turn, sink, bool(hidden))]
    return [OutgoingEvent(event, turn.header.id, turn.at) for event in found]


def _make_messages(
    turn: CapturedTurn,
    sink: SinkSettings,
    hidden: SensitiveNames,
    versions: Mapping[str, str],
    traces: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    for out in turn.outgoing:
        if out.kind == ALERT:
            if sink.matches_alert(out.name):
                yield _make_alert(out, turn.at)
        elif sink.matches(out.name, turn.header.definition_key):
            event = make_cloud_event(out, turn.at, traces.get(out.id))
            data = _make_data(out, hidden) if sink.state else {}
            version = versions.get(out.name)
            schema = MESSAGE_SCHEMA if version is None else f"urn:baton:event:{quote(out.name, safe='')}:{version}"
            yield {**event, "dataschema": schema, "batonprocess": turn.header.definition_key, "data": data}


def _make_alert(out: Outgoing, at: Millis) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": out.id,
        "source": "/baton/watchdog",
        "type": out.name,
        "time": to_datetime(at).isoformat(),
        "datacontenttype": "application/json",
        "dataschema": ALERT_SCHEMA,
        "batonkind": ALERT,
        "subject": out.element,
        "data": dict(out.variables),
    }


def _make_data(out: Outgoing, hidden: SensitiveNames) -> dict[str, Any]:
    return {name: HIDDEN if hidden.contains(name) else value for name, value in out.variables.items()}


def _make_life_cycle(turn: CapturedTurn, sink: SinkSettings, hides: bool) -> Iterator[dict[str, Any]]:
    for event in turn.events:
        type_ = _find_type(event)
        if type_ is not None and sink.matches(type_, turn.header.definition_key):
            details = _make_details(event, hides) if sink.state else None
            yield _make_life_cycle_event(turn.header, event, type_, details)


def _find_type(event: Event) -> str | None:
    if event.type is EventType.INSTANCE_ENDED:
        return f"{LIFE_CYCLE}instance.{event.data.get('state', 'ended')}"
    name = _TYPES.get(event.type)
    return None if name is None else LIFE_CYCLE + name


def _make_details(event: Event, hides: bool) -> dict[str, Any]:
    """``hides``: there are sensitive variables. Nobody knows which values the text of a failure holds."""
    return {name: HIDDEN if hides and name in _TEXTS else value for name, value in event.data.items()}


def _make_life_cycle_event(
    header: InstanceHeader, event: Event, type_: str, details: dict[str, Any] | None
) -> dict[str, Any]:
    ids = {
        "processInstanceId": header.id,
        "processDefinitionId": header.definition_id,
        "activityId": event.shown_element,
        "position": event.position,
    }
    made: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"{header.id}:{event.position}",
        "source": f"/baton/process-instance/{header.id}",
        "type": type_,
        "time": to_datetime(event.at).isoformat(),
        "datacontenttype": "application/json",
        "dataschema": LIFE_CYCLE_SCHEMA,
        "batonkind": "life-cycle",
        "batonelement": event.shown_element or "",
        "batonprocess": header.definition_key,
        "data": ids if details is None else {**ids, "details": details},
    }
    return made if header.business_key is None else {**made, "subject": header.business_key}
