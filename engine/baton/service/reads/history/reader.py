"""The history of instances as it was written; what was damaged since becomes an incident of that instance alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

import structlog

from baton.model.events import Event
from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.service.core.pausing import give_way
from baton.service.core.queries import InstanceQuery
from baton.service.core.search import Search
from baton.service.reads.history.counts import CountCache, TokenCounts
from baton.service.reads.history.projection import HistoryProjection
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.turns.failures import DAMAGED, EngineBug
from baton.service.turns.mailbox import Mailbox
from baton.store import codec
from baton.store.store import Store

log = structlog.get_logger("baton.history")
_AT_ONCE = 25
"""Histories that are read and folded before others of the process go on."""


class HistoryReader:
    """Reads no more of a history than it is asked for. Raises EngineBug where what it reads is damaged."""

    def __init__(
        self, store: Store, mailbox: Mailbox, instances: InstanceQueries, counts: CountCache | None = None
    ) -> None:
        self._store, self._mailbox, self._instances = store, mailbox, instances
        self.counts = counts or CountCache()
        """Of instances that the caller has found: readers for different callers share it."""

    def list_events(self, instance_id: str, first: int = 1, last: int | None = None) -> list[Event]:
        """Events with positions from ``first`` up to and including ``last``."""
        return list(self._iterate(instance_id, first, last))

    def project(
        self, header: InstanceHeader, *, position: int | None = None, at: Millis | None = None
    ) -> HistoryProjection:
        """What the events of an instance add up to: up to a position, a moment, or the position of the header."""
        projection = HistoryProjection(header)
        last = header.position if position is None else min(position, header.position)
        for event in self._iterate(header.id, 1, last):
            if at is not None and event.at > at:
                break
            projection.apply(event)
        return projection

    def count_tokens(self, header: InstanceHeader) -> TokenCounts:
        """How often tokens were where, as of the position of the header; of a long history only what is new is read."""
        return self.counts.count(header.id, header.position, lambda first, last: self._iterate(header.id, first, last))

    def project_each(self, query: InstanceQuery, search: Search | None = None) -> Iterator[HistoryProjection]:
        """The projections of many instances in the order of the query, as far as a search goes; its page does not
        count. Without one whose history is damaged, unless it was asked for by id.
        """
        if search is not None:
            search.reads_histories = True
        for headers in self._instances.iterate(query, search):
            for at in range(0, len(headers), _AT_ONCE):
                wanted = headers[at : at + _AT_ONCE]
                part = wanted if search is None else list(_take_histories(search, wanted))
                yield from self.project_some(part, asked=query.ids is not None)
                if len(part) < len(wanted):
                    return

    def project_some(self, headers: Sequence[InstanceHeader], *, asked: bool = False) -> Iterator[HistoryProjection]:
        """The projections of some instances; without one whose history is damaged, unless it was ``asked`` for."""
        for at in range(0, len(headers), _AT_ONCE):
            part = headers[at : at + _AT_ONCE]
            events = self._store.history.read_each([header.id for header in part])
            for header, found in zip(part, events, strict=True):
                projection = self._project(header, found, asked=asked)
                if projection is not None:
                    yield projection
            give_way()

    def _project(self, header: InstanceHeader, events: list[Event] | None, *, asked: bool) -> HistoryProjection | None:
        if events is None:
            try:
                return self.project(header)
            except EngineBug:
                if asked:
                    raise
                return None
        projection = HistoryProjection(header)
        for event in events:
            if event.position <= header.position:
                projection.apply(event)
        return projection

    def _iterate(self, instance_id: str, first: int, last: int | None) -> Iterator[Event]:
        try:
            yield from self._store.history.iterate(instance_id, first, last)
        except codec.Damaged as damage:
            log.error(str(damage), action="history.damaged", instance=instance_id)
            self._mailbox.open_incident(instance_id, DAMAGED, str(damage))
            raise EngineBug(str(damage)) from damage


def _take_histories(search: Search, headers: Iterable[InstanceHeader]) -> Iterator[InstanceHeader]:
    """Those that the search allows to read."""
    return takewhile(lambda header: search.take_history(header.id, header.position), headers)
