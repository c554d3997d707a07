"""Event subscriptions of running instances: to messages, signals and conditions."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.records import Subscription
from baton.service.core.queries import SubscriptionQuery
from baton.service.reads.open_records import OpenRecords


class Subscriptions(OpenRecords[Subscription, SubscriptionQuery]):
    kind = Subscription
    letter = "m"
    name = "subscription"

    def _list_ids(self, query: SubscriptionQuery) -> Sequence[str]:
        lists = self._store.lists
        if query.name is not None:
            return [item for kind in query.kinds for item in lists.find_waiting(kind.value, query.name)]
        names = [(kind, name) for kind, name in lists.list_subscription_names() if kind in query.kinds]
        return [item for kind, name in names for item in lists.find_waiting(kind, name)]
