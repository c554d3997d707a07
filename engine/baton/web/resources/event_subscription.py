"""``/event-subscription``: what instances wait for."""

from __future__ import annotations

from typing import Any

from baton.model.records import SubscriptionKind
from baton.service import SubscriptionQuery
from baton.web.fields import Field, booleans, lists, strings
from baton.web.lists import Listing, Page, declare, paged
from baton.web.routing import Group
from baton.web.scopes import scope_of
from baton.web.shapes.work import SUBSCRIPTION, subscription_json

GROUP = Group("Event Subscription", "What instances wait for")

FILTERS = (
    *strings("eventSubscriptionId", "eventName", "executionId", "processInstanceId", "activityId"),
    Field("eventType", choices=tuple(kind.value for kind in SubscriptionKind)),
    *lists("tenantIdIn"),
    *booleans("withoutTenantId"),
)


def query_of(filters: Any, page: Page | None = None) -> SubscriptionQuery:
    execution = filters.get("executionId")
    instance = filters.get("processInstanceId") or (scope_of(execution).instance_id if execution else None)
    return SubscriptionQuery(
        ids=(filters["eventSubscriptionId"],) if "eventSubscriptionId" in filters else None,
        instance_ids=(instance,) if instance else None,
        execution_id=execution,
        elements=(filters["activityId"],) if "activityId" in filters else None,
        kind=SubscriptionKind(filters["eventType"]) if "eventType" in filters else None,
        name=filters.get("eventName"),
        tenant_ids=filters.get("tenantIdIn"),
        without_tenant=filters.get("withoutTenantId", False),
        **paged(page),
    )


declare(
    GROUP,
    Listing(
        path="/event-subscription",
        what="event subscriptions",
        filters=FILTERS,
        sorts={"created": "created_at", "tenantId": "tenant_id"},
        item=SUBSCRIPTION,
        fetch=lambda call, filters, page: [
            subscription_json(one) for one in call.engine.subscriptions.find(query_of(filters, page))
        ],
        count=lambda call, filters: call.engine.subscriptions.count(query_of(filters)),
        post=False,
    ),
)
