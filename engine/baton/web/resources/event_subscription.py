"""``/event-subscription``: what instances and start events wait for."""

from __future__ import annotations

from baton.web.answers.work import EventSubscription, show_subscription
from baton.web.models.subscription import EventSubscriptionFilters
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare

GROUP = Group("Event Subscription", "What instances and start events wait for", resource="event")


declare(
    GROUP,
    Listing(
        path="/event-subscription",
        what="event subscriptions",
        filters=EventSubscriptionFilters,
        sorts={"created": "created_at", "tenantId": "tenant_id"},
        answer=EventSubscription,
        fetch=lambda context, filters, page: [
            show_subscription(start) for start in context.engine.subscriptions.find_with_starts(filters.to_query(page))
        ],
        count=lambda context, filters: context.engine.subscriptions.count_with_starts(filters.to_query()),
        post=False,
    ),
)
