"""The history of instances as it was written; what was damaged since becomes an incident of that instance alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from baton.model.events import Event
from baton.model.records import InstanceHeader
from baton.service.core.queries import InstanceQuery
from baton.service.core.search import Search
from baton.service.reads.history.counts import CountCache, TokenCounts
from baton.service.reads.history.folding import HISTORIES_AT_ONCE, HistoryFolder
from baton.service.reads.history.projection import HistoryProjection
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.turns.mailbox import Mailbox
from baton.store.store import Store


class HistoryReader(HistoryFolder):
    """Reads no more of a history than it is asked for. Raises EngineBug where what it reads is damaged."""

    def __init__(
        self, store: Store, mailbox: Mailbox, instances: InstanceQueries, counts: CountCache | None = None
    ) -> None:
        super().__init__(store, mailbox)
        self._instances = instances
        self.counts = counts or CountCache()
        """Of instances that the caller has found: readers for different callers share it."""

    def list_events(self, instance_id: str, first: int = 1, last: int | None = None) -> list[Event]:
        """Events with positions from ``first`` up to and including ``last``."""
        return list(self.iterate_events(instance_id, first, last))

    def count_tokens(self, header: InstanceHeader) -> TokenCounts:
        """How often tokens were where, as of the position of the header; of a long history only what is new is read."""
        return self.counts.count(
            header.id, header.position, lambda first, last: self.iterate_events(header.id, first, last)
        )

    def project_each(self, query: InstanceQuery, search: Search | None = None) -> Iterator[HistoryProjection]:
        """The projections of many instances in the order of the query, as far as a search goes; its page does not
        count. Without one whose history is damaged, unless it was asked for by id.
        """
        if search is not None:
            search.reads_histories = True
            search.cost = 2 if any(query.iterate_variable_filters()) else 1
        for headers in self._instances.iterate(query, search):
            for at in range(0, len(headers), HISTORIES_AT_ONCE):
                wanted = headers[at : at + HISTORIES_AT_ONCE]
                part = wanted if search is None else list(_take_histories(search, wanted))
                yield from self.project_some(part, asked=query.ids is not None)
                if len(part) < len(wanted):
                    return


def _take_histories(search: Search, headers: Iterable[InstanceHeader]) -> Iterator[InstanceHeader]:
    """Those that the search allows to read."""
    return takewhile(lambda header: search.take_history(header.id, header.position), headers)
