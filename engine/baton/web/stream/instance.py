"""The live stream of one instance: first a snapshot, then what happens, without gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from baton.model.errors import NotFound, Overloaded
from baton.model.events import Event
from baton.web.answers.events import show_event
from baton.web.answers.instances import (
    InstanceHeader,
    show_awaited,
    show_header,
    show_headers,
    show_ledger_entry,
    show_token,
)
from baton.web.answers.live import ElementCounts, RecentHistory, Snapshot
from baton.web.answers.work import show_incident
from baton.web.stream.batches import iterate_batches, open_subscription
from baton.web.stream.sse import HEARTBEAT, RETRY, make_frame
from baton.web.streamed import Outlet
from baton.web.times import format_iso
from baton.web.variables import to_rest_variables

if TYPE_CHECKING:
    from baton.service import Engine, LiveBatch, LiveItem
    from baton.web.open_requests import Open
    from baton.web.settings import WebSettings

RECENT = 200
"""Events of the history that a snapshot carries."""
RESUMABLE = 5_000
"""Events that a client may have missed and still resume; more is a new snapshot."""


def take_snapshot(engine: Engine, instance_id: str) -> Snapshot:
    """Everything that a client needs to draw the instance, as of one position."""
    state = engine.instance_reader.get_snapshot(instance_id)
    header = state.header
    counted = engine.history.count_tokens(header)
    recent = engine.history.list_events(instance_id, header.position - RECENT + 1, header.position)
    first = recent[0].position if recent else 1
    return Snapshot(
        position=header.position,
        at=format_iso(engine.clock.now()),
        header=show_headers(engine, [header])[0],
        tokens=[show_token(token, header) for token in state.tokens],
        variables={str(scope): to_rest_variables(values) for scope, values in state.variables.items()},
        ledger=[show_ledger_entry(entry) for entry in state.ledger],
        incidents=[show_incident(engine, incident) for incident in state.incidents],
        awaited=[show_awaited(wait) for wait in state.waits],
        elements={element: ElementCounts(**counts) for element, counts in counted.elements.items()},
        flows=counted.flows,
        history=RecentHistory(begin=first, complete=first <= 1, events=[show_event(event) for event in recent]),
    )


def stream_frames(
    engine: Engine,
    settings: WebSettings,
    open_requests: Open,
    instance_id: str,
    after: int | None,
    outlet: Outlet | None = None,
) -> Iterator[bytes]:
    """The stream of an instance that exists, resumed behind position ``after`` where that is possible."""
    return _Stream(engine, settings, open_requests, instance_id, outlet or Outlet()).run(after)


class _Stream:
    def __init__(
        self, engine: Engine, settings: WebSettings, open_requests: Open, instance_id: str, outlet: Outlet
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.open_requests = open_requests
        self.instance_id = instance_id
        self.outlet = outlet
        self.position = 0

    def run(self, after: int | None) -> Iterator[bytes]:
        # Subscribed before the snapshot is read: what happens in between comes twice and is dropped by position.
        with open_subscription(self.engine, self.instance_id) as subscription, suppress(NotFound, Overloaded):
            # An instance that is deleted, or a store that is away, ends the stream; the client connects again.
            yield RETRY
            yield from self._begin(after)
            for batch in iterate_batches(
                subscription, self.settings, self.open_requests, self.outlet, self._send_at_once
            ):
                if subscription.overflowed:
                    subscription.overflowed = False
                    yield from self._resync("slow")
                elif batch is not None:
                    yield from self._deltas(batch)
                else:
                    yield HEARTBEAT

    def _begin(self, after: int | None) -> Iterator[bytes]:
        if after is None:
            yield self._snapshot()
            return
        header = self.engine.instances.get(self.instance_id)
        missed = header.position - after
        if not 0 <= missed <= RESUMABLE:
            yield from self._resync("trimmed")
            return
        self.position = after
        events = self.engine.history.list_events(self.instance_id, after + 1, header.position) if missed else []
        if missed and (not events or events[0].position != after + 1):
            yield from self._resync("trimmed")
        elif events:
            yield self._events(events, show_header(header))

    def _snapshot(self) -> bytes:
        shown = take_snapshot(self.engine, self.instance_id)
        self.position = shown.position
        return make_frame("snapshot", shown, self.position)

    def _resync(self, reason: str) -> Iterator[bytes]:
        yield make_frame("resync", {"reason": reason})
        yield self._snapshot()

    def _send_at_once(self, batch: LiveBatch) -> bool:
        fresh = _list_fresh(batch.items, self.position)
        if not fresh:
            return True
        if fresh[0].position != self.position + 1 or not self.outlet.send(_shape(batch, fresh)):
            return False
        self.position = fresh[-1].position
        return True

    def _deltas(self, batch: LiveBatch) -> Iterator[bytes]:
        fresh = _list_fresh(batch.items, self.position)
        if not fresh:
            return
        if fresh[0].position == self.position + 1:
            self.position = fresh[-1].position
            yield _shape(batch, fresh)
            return
        fresh = list(self.engine.history.list_events(self.instance_id, self.position + 1, fresh[-1].position))
        if not fresh or fresh[0].position != self.position + 1:
            yield from self._resync("trimmed")
            return
        yield self._events(fresh, _find_latest_header(batch.items))

    def _events(self, events: Sequence[Event], header: InstanceHeader) -> bytes:
        self.position = events[-1].position
        return _make_events(events, header)


def _list_fresh(items: Sequence[LiveItem], position: int) -> list[Event]:
    fresh = [event for item in items for event in item.events if event.position > position]
    fresh.sort(key=lambda event: event.position)
    return fresh


def _shape(batch: LiveBatch, fresh: Sequence[Event]) -> bytes:
    """The frame of these events of a batch, made once for all viewers who lack the same."""
    return batch.shape(fresh[0].position, lambda items: _make_events(fresh, _find_latest_header(items)))


def _find_latest_header(items: Sequence[LiveItem]) -> InstanceHeader:
    return show_header(max(items, key=lambda item: item.header.position).header)


def _make_events(events: Sequence[Event], header: InstanceHeader) -> bytes:
    position = events[-1].position
    shown = {"position": position, "events": [show_event(event) for event in events], "header": header}
    return make_frame("events", shown, position)
