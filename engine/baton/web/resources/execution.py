"""``/execution``: a token as something that can be addressed."""

from __future__ import annotations

from typing import Any

from baton.model.commands import DeliverMessage
from baton.model.errors import CannotComplete, NotFound
from baton.model.records import InstanceState, Subscription, SubscriptionKind
from baton.service import InstanceQuery, SubscriptionQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, lists, strings
from baton.web.lists import Listing, Page, declare, flag
from baton.web.routing import Group
from baton.web.scopes import Scope, scope_of
from baton.web.shapes.common import execution_id
from baton.web.shapes.work import SUBSCRIPTION, subscription_json
from baton.web.variable_filters import variable_filters
from baton.web.variable_routes import Holder
from baton.web.variable_routes import declare as declare_variables

GROUP = Group("Execution", "A token as something that can be addressed")

EXECUTION = Shape("Execution", (*strings("id", "processInstanceId"), *booleans("ended"), *strings("tenantId")))
FILTERS = (
    *strings("businessKey", "processDefinitionId", "processDefinitionKey", "processInstanceId", "activityId"),
    *strings("signalEventSubscriptionName", "messageEventSubscriptionName"),
    *booleans("active", "suspended"),
    *lists("tenantIdIn"),
    Field("processVariables", "any", "name_operator_value, comma separated; a list of objects in a body"),
)
TRIGGER = Shape("TriggerExecution", (Field("variables", "variables"),))


def _found(call: Call, filters: Any) -> list[dict[str, Any]]:
    states = {InstanceState.ACTIVE, InstanceState.SUSPENDED}
    states -= {InstanceState.SUSPENDED} if flag(filters, "active") else set()
    states -= {InstanceState.ACTIVE} if flag(filters, "suspended") else set()
    headers = call.engine.instances.find(
        InstanceQuery(
            ids=(filters["processInstanceId"],) if "processInstanceId" in filters else None,
            definition_ids=(filters["processDefinitionId"],) if "processDefinitionId" in filters else None,
            definition_keys=(filters["processDefinitionKey"],) if "processDefinitionKey" in filters else None,
            business_key=filters.get("businessKey"),
            states=frozenset(states),
            tenant_ids=filters.get("tenantIdIn"),
            variables=variable_filters(filters, "processVariables"),
        )
    )
    waits = _subscribed(call, filters)
    rows: list[dict[str, Any]] = []
    for header in headers:
        numbers = [0] + [
            one.number for one in call.engine.instance_reader.list_tokens(header.id) if _is_at(filters, one.element)
        ]
        if "activityId" in filters:
            numbers = numbers[1:]
        for number in numbers:
            id = execution_id(header.id, number)
            if waits is None or id in waits:
                row = {"id": id, "processInstanceId": header.id, "ended": False, "tenantId": header.tenant_id}
                rows.append({**row, "definition_id": header.definition_id, "definition_key": header.definition_key})
    return rows


def _is_at(filters: Any, element: str) -> bool:
    return "activityId" not in filters or filters["activityId"] == element


def _subscribed(call: Call, filters: Any) -> set[str] | None:
    found: set[str] | None = None
    for name, kind in (
        ("messageEventSubscriptionName", SubscriptionKind.MESSAGE),
        ("signalEventSubscriptionName", SubscriptionKind.SIGNAL),
    ):
        if name in filters:
            open_ones = call.engine.subscriptions.find(SubscriptionQuery(kind=kind, name=filters[name]))
            these = {execution_id(one.instance_id, one.token) for one in open_ones}
            found = these if found is None else found & these
    return found


def _fetch(call: Call, filters: Any, page: Page) -> list[Any]:
    rows = _found(call, filters)
    for name, descending in reversed(page.sort):
        rows.sort(key=lambda row: row[name] or "", reverse=descending)
    shown = rows[page.first : page.first + page.limit]
    return [{name: row[name] for name in ("id", "processInstanceId", "ended", "tenantId")} for row in shown]


declare(
    GROUP,
    Listing(
        path="/execution",
        what="executions",
        filters=FILTERS,
        sorts={
            "instanceId": "processInstanceId",
            "definitionKey": "definition_key",
            "definitionId": "definition_id",
            "tenantId": "tenantId",
        },
        item=EXECUTION,
        fetch=_fetch,
        count=lambda call, filters: len(_found(call, filters)),
    ),
)


@GROUP.get("/execution/<id>", "One execution", answer=EXECUTION)
def get_execution(call: Call, id: str) -> dict[str, Any]:
    scope = _scope(call, id)
    header = call.engine.instances.get(scope.instance_id)
    return {"id": id, "processInstanceId": header.id, "ended": header.state.is_ended, "tenantId": header.tenant_id}


@GROUP.post("/execution/<id>/signal", "Trigger a waiting execution with its message", body=TRIGGER)
def signal_execution(call: Call, id: str) -> None:
    _deliver(call, _waiting(call, id, None), call.body.get("variables", {}))


@GROUP.get(
    "/execution/<id>/messageSubscriptions/<name>", "The message that an execution waits for", answer=SUBSCRIPTION
)
def get_message_subscription(call: Call, id: str, name: str) -> dict[str, Any]:
    found = _waiting(call, id, name)
    if found is None:
        raise NotFound(f"Expected execution '{id}' to wait for message '{name}', but it does not")
    return subscription_json(found)


@GROUP.post("/execution/<id>/messageSubscriptions/<name>/trigger", "Deliver a message to an execution", body=TRIGGER)
def trigger(call: Call, id: str, name: str) -> None:
    _deliver(call, _waiting(call, id, name), call.body.get("variables", {}))


def _waiting(call: Call, id: str, name: str | None) -> Subscription | None:
    instance_id = scope_of(id).instance_id
    query = SubscriptionQuery(instance_ids=(instance_id,), kind=SubscriptionKind.MESSAGE, name=name)
    found = [one for one in call.engine.subscriptions.find(query) if execution_id(instance_id, one.token) == id]
    return found[0] if found else None


def _deliver(call: Call, found: Subscription | None, variables: dict[str, Any]) -> None:
    if found is None:
        raise CannotComplete("Expected an execution that waits for this message, but it waits for none")
    command = DeliverMessage(subscription_id=found.id, variables=variables)
    call.engine.mailbox.submit(found.instance_id, command, command_id=call.command_id)


def _scope(call: Call, id: str) -> Scope:
    scope = scope_of(id)
    if scope.token and all(
        one.number != scope.token for one in call.engine.instance_reader.list_tokens(scope.instance_id)
    ):
        raise NotFound(f"Expected an execution, but there is none (any more) with id '{id}'")
    return scope


declare_variables(GROUP, Holder("/execution/<id>/localVariables", "an execution", _scope))
declare_variables(GROUP, Holder("/execution/<id>/variables", "an execution and its outer scopes", _scope, visible=True))
