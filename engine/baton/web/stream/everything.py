"""The live stream of all instances: for lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from baton.model.errors import Overloaded
from baton.model.events import EventType
from baton.model.records import InstanceState
from baton.service import IncidentQuery, InstanceQuery
from baton.web.answers.events import show_event_fields
from baton.web.answers.instances import show_header
from baton.web.stream.batches import iterate_batches, open_subscription
from baton.web.stream.sse import HEARTBEAT, RETRY, make_frame
from baton.web.streamed import Outlet
from baton.web.times import format_iso

if TYPE_CHECKING:
    from baton.model.events import Event
    from baton.model.records import InstanceHeader
    from baton.service import Engine, LiveBatch, LiveItem
    from baton.web.open_requests import Open
    from baton.web.settings import WebSettings

MAX_EVENTS = 200


def stream_frames(
    engine: Engine,
    settings: WebSettings,
    open_requests: Open,
    key: str | None,
    definition_id: str | None,
    resumes: bool,
    outlet: Outlet | None = None,
) -> Iterator[bytes]:
    """The stream, narrowed to a definition where asked. A client that resumes is told to load its list again."""
    outlet = outlet or Outlet()
    make = partial(_deltas, key, definition_id)

    def shape(batch: LiveBatch) -> bytes:
        return batch.shape((key, definition_id), make)

    def take(batch: LiveBatch) -> bool:
        return not (frame := shape(batch)) or outlet.send(frame)

    with open_subscription(engine, None) as subscription, suppress(Overloaded):
        yield RETRY
        if resumes:
            yield make_frame("resync", {"reason": "reconnected"})
        yield _snapshot(engine, key, definition_id)
        for batch in iterate_batches(subscription, settings, open_requests, outlet, take):
            if subscription.overflowed:
                subscription.overflowed = False
                yield make_frame("resync", {"reason": "slow"})
                yield _snapshot(engine, key, definition_id)
                continue
            if batch is None:
                yield HEARTBEAT
            elif frame := shape(batch):
                yield frame


def _fits(header: InstanceHeader, key: str | None, definition_id: str | None) -> bool:
    return key in (None, header.definition_key) and definition_id in (None, header.definition_id)


def _snapshot(engine: Engine, key: str | None, definition_id: str | None) -> bytes:
    keys = (key,) if key else None
    ids = (definition_id,) if definition_id else None

    def count(state: InstanceState) -> int:
        query = InstanceQuery(states=frozenset({state}), definition_keys=keys, definition_ids=ids)
        return engine.instances.count(query)

    counts = {
        "active": count(InstanceState.ACTIVE),
        "suspended": count(InstanceState.SUSPENDED),
        "incidents": engine.incidents.count(IncidentQuery(definition_keys=keys, definition_ids=ids)),
    }
    now = engine.clock.now()
    return make_frame("snapshot", {"at": format_iso(now), "counts": counts}, now)


_OF_TASKS = frozenset(
    {
        EventType.USER_TASK_CREATED,
        EventType.USER_TASK_CHANGED,
        EventType.USER_TASK_COMPLETED,
        EventType.ELEMENT_CANCELLED,
    }
)


def _is_shown(header: InstanceHeader, event: Event) -> bool:
    """Of a task without a process its own events alone: lists of tasks follow them."""
    if header.is_standalone:
        return event.type in _OF_TASKS
    return event.type is not EventType.VARIABLES_CHANGED


def _deltas(key: str | None, definition_id: str | None, items: Sequence[LiveItem]) -> bytes:
    """Nothing where no item fits."""
    items = [item for item in items if _fits(item.header, key, definition_id)]
    if not items:
        return b""
    latest: dict[str, InstanceHeader] = {}
    events: list[dict[str, Any]] = []
    for item in items:
        known = latest.get(item.instance_id)
        if not item.header.is_standalone and (known is None or known.position <= item.header.position):
            latest[item.instance_id] = item.header
        shown = (event for event in item.events if _is_shown(item.header, event))
        events.extend({"instanceId": item.instance_id, **show_event_fields(event)} for event in shown)
    headers = [show_header(header) for header in latest.values()]
    return make_frame("events", {"instances": headers, "events": events[-MAX_EVENTS:]}, items[-1].id)
