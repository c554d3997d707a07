"""Event subscriptions of running instances: to messages, signals and conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from baton.model.records import Subscription
from baton.service.core.queries import SubscriptionQuery
from baton.service.reads.open_records import OpenRecords
from baton.service.reads.start_events import StartEvents, StartEventSubscription
from baton.store.store import Store


class Subscriptions(OpenRecords[Subscription, SubscriptionQuery]):
    kind = Subscription
    letter = "m"
    name = "subscription"

    def __init__(self, store: Store, starts: StartEvents) -> None:
        super().__init__(store)
        self._starts = starts

    def find_with_starts(self, query: SubscriptionQuery) -> list[Subscription | StartEventSubscription]:
        """As ``find``, with the subscriptions of start events among them."""
        return self._find_with(self._starts.list_subscriptions, query)

    def count_with_starts(self, query: SubscriptionQuery) -> int:
        return len(self.find_with_starts(replace(query, first=0, limit=None, sort=())))

    def _list_ids(self, query: SubscriptionQuery) -> Sequence[str]:
        lists = self._store.lists
        if query.name is not None:
            return [item for kind in query.kinds for item in lists.find_waiting(kind.value, query.name)]
        names = [(kind, name) for kind, name in lists.list_subscription_names() if kind in query.kinds]
        return [item for kind, name in names for item in lists.find_waiting(kind, name)]
