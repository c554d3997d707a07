"""Histories of instances, each folded to what it adds up to; many are read together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import structlog

from baton.model.events import Event, EventType
from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.service.core.pausing import LongWork
from baton.service.reads.history.projection import HistoryProjection
from baton.service.turns.failures import DAMAGED, EngineBug
from baton.service.turns.mailbox import Mailbox
from baton.store import codec
from baton.store.store import Store

log = structlog.get_logger("baton.history")
HISTORIES_AT_ONCE = 25
"""Histories that are read and folded before others of the process go on."""


class HistoryFolder:
    """Reads the histories of instances that were found already; one that was damaged becomes an incident of its
    instance.
    """

    def __init__(self, store: Store, mailbox: Mailbox) -> None:
        self._store, self._mailbox = store, mailbox

    def iterate_events(self, instance_id: str, first: int, last: int | None) -> Iterator[Event]:
        """Events with positions from ``first`` up to and including ``last``. Raises EngineBug if they are damaged."""
        try:
            yield from self._store.history.iterate(instance_id, first, last)
        except codec.Damaged as damage:
            log.error(str(damage), action="history.damaged", instance=instance_id)
            self._mailbox.open_incident(instance_id, DAMAGED, str(damage))
            raise EngineBug(str(damage)) from damage

    def project(
        self,
        header: InstanceHeader,
        *,
        position: int | None = None,
        at: Millis | None = None,
        only: Collection[EventType] | None = None,
    ) -> HistoryProjection:
        """What the events of an instance add up to, or the events of some types: up to a position, a moment, or the
        position of the header. Raises EngineBug if they are damaged.
        """
        projection = HistoryProjection(header)
        last = header.position if position is None else min(position, header.position)
        for event in self.iterate_events(header.id, 1, last):
            if at is not None and event.at > at:
                break
            if only is None or event.type in only:
                projection.apply(event)
        return projection

    def project_some(
        self, headers: Sequence[InstanceHeader], *, asked: bool = False, only: Collection[EventType] | None = None
    ) -> Iterator[HistoryProjection]:
        """The projections of some instances; without one whose history is damaged, unless it was ``asked`` for."""
        work = LongWork()
        for at in range(0, len(headers), HISTORIES_AT_ONCE):
            part = headers[at : at + HISTORIES_AT_ONCE]
            events = self._store.history.read_each([header.id for header in part])
            for header, found in zip(part, events, strict=True):
                projection = self._project_read(header, found, asked=asked, only=only)
                if projection is not None:
                    yield projection
            work.end_part()

    def _project_read(
        self, header: InstanceHeader, events: list[Event] | None, *, asked: bool, only: Collection[EventType] | None
    ) -> HistoryProjection | None:
        if events is None:
            try:
                return self.project(header, only=only)
            except EngineBug:
                if asked:
                    raise
                return None
        projection = HistoryProjection(header)
        for event in events:
            if event.position <= header.position and (only is None or event.type in only):
                projection.apply(event)
        return projection
