"""``/execution``: a token as something that can be addressed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from baton.model import commands
from baton.model.commands import DeliverMessage
from baton.model.errors import BadRequest, CannotComplete, NotFound
from baton.model.records import Subscription, SubscriptionKind
from baton.service import SubscriptionQuery, match_variables
from baton.web.answers.common import make_execution_id
from baton.web.answers.executions import Execution
from baton.web.answers.work import EventSubscription, Incident, show_incident, show_subscription
from baton.web.context import RequestContext
from baton.web.models.bodies import show_activity_id
from baton.web.models.filtering import Page
from baton.web.models.incident import CreateIncident
from baton.web.models.subscription import ExecutionFilters, TriggerExecution
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.routes.variables import Holder
from baton.web.routes.variables import declare as declare_variables
from baton.web.scopes import Scope, parse_scope

GROUP = Group("Execution", "A token as something that can be addressed", resource="process-instance")
SORTS = {
    "instanceId": "instance_id",
    "definitionKey": "definition_key",
    "definitionId": "definition_id",
    "tenantId": "tenant_id",
}


def _find(context: RequestContext, filters: ExecutionFilters) -> list[dict[str, Any]]:
    return list(_rows(context, filters))


def _rows(context: RequestContext, filters: ExecutionFilters) -> Iterator[dict[str, Any]]:
    chosen, element, compared = _choose(context, filters), filters.activityId, filters.list_variable_filters()
    for header in context.engine.instances.find(filters.to_instance_query()):
        tokens = context.engine.instance_reader.list_readable_tokens(header.id)
        numbers = [] if element is not None else [0]
        numbers += [
            token.number for token in tokens if element in (None, show_activity_id(token.element, body=token.body))
        ]
        scopes = context.engine.instance_reader.list_readable_variables(header.id) if compared else {}
        for number in numbers:
            id = make_execution_id(header.id, number)
            if (chosen is None or id in chosen) and match_variables(scopes.get(number, {}), compared):
                yield {
                    "id": id,
                    "instance_id": header.id,
                    "tenant_id": header.tenant_id,
                    "definition_id": header.definition_id,
                    "definition_key": header.definition_key,
                }


def _choose(context: RequestContext, filters: ExecutionFilters) -> set[str] | None:
    """The executions that wait for what the filters name, or have such an incident; None when they name neither."""
    asked = filters.to_incident_query()
    found: set[str] | None = None
    if asked is not None:
        found = {make_execution_id(item.instance_id, item.token) for item in context.engine.incidents.find(asked)}
    for name, kind in (
        (filters.messageEventSubscriptionName, SubscriptionKind.MESSAGE),
        (filters.signalEventSubscriptionName, SubscriptionKind.SIGNAL),
    ):
        if name is not None:
            waiting = context.engine.subscriptions.find(SubscriptionQuery(kinds=(kind,), name=name))
            these = {make_execution_id(item.instance_id, item.token) for item in waiting}
            found = these if found is None else found & these
    return found


def _fetch(context: RequestContext, filters: ExecutionFilters, page: Page) -> list[Execution]:
    rows = _find(context, filters)
    for name, descending in reversed(page.sort):
        rows.sort(key=lambda row: row[name] or "", reverse=descending)
    return [
        Execution(id=row["id"], processInstanceId=row["instance_id"], ended=False, tenantId=row["tenant_id"])
        for row in rows[page.first : page.first + page.limit]
    ]


declare(
    GROUP,
    Listing(
        path="/execution",
        what="executions",
        filters=ExecutionFilters,
        sorts=SORTS,
        answer=Execution,
        fetch=_fetch,
        count=lambda context, filters: len(_find(context, filters)),
    ),
)


@GROUP.get("/execution/<id>", "One execution")
def get_execution(context: RequestContext, id: str) -> Execution:
    header = context.engine.instances.get(_scope(context, id).instance_id)
    return Execution(id=id, processInstanceId=header.id, ended=header.state.is_ended, tenantId=header.tenant_id)


@GROUP.post("/execution/<id>/signal", "Tell a waiting receive task to go on, or give it its message")
def signal_execution(context: RequestContext, id: str, body: TriggerExecution) -> None:
    _deliver(context, _waiting(context, id, SubscriptionKind.TRIGGER, SubscriptionKind.MESSAGE), body)


@GROUP.get("/execution/<id>/messageSubscriptions/<name>", "The message that an execution waits for")
def get_message_subscription(context: RequestContext, id: str, name: str) -> EventSubscription:
    found = _waiting(context, id, SubscriptionKind.MESSAGE, name=name)
    if found is None:
        raise NotFound(f"Expected execution '{id}' to wait for message '{name}', but it does not")
    return show_subscription(found)


@GROUP.post("/execution/<id>/messageSubscriptions/<name>/trigger", "Deliver a message to an execution")
def trigger(context: RequestContext, id: str, name: str, body: TriggerExecution) -> None:
    _deliver(context, _waiting(context, id, SubscriptionKind.MESSAGE, name=name), body)


@GROUP.post(
    "/execution/<id>/create-incident",
    "Open an incident of one's own; it stops nothing, and is resolved by somebody",
    needs="incident:update",
)
def create_incident(context: RequestContext, id: str, body: CreateIncident) -> Incident:
    try:
        scope = parse_scope(id)
        command = commands.CreateIncident(
            token=scope.token,
            kind=body.incidentType,
            message=body.message or "",
            configuration=body.configuration,
            by=context.by,
        )
        answer = context.engine.mailbox.submit(scope.instance_id, command, command_id=context.command_id)
    except NotFound as error:
        raise BadRequest(error.message) from None
    return show_incident(context.engine, context.engine.incidents.get(str(answer.value["id"])))


def _waiting(
    context: RequestContext, id: str, *kinds: SubscriptionKind, name: str | None = None
) -> Subscription | None:
    instance_id = parse_scope(id).instance_id
    query = SubscriptionQuery(instance_ids=(instance_id,), kinds=kinds, name=name)
    waiting = context.engine.subscriptions.find(query)
    exact = next((item for item in waiting if make_execution_id(instance_id, item.token) == id), None)
    # In Camunda 7 the only receive task of an instance has the instance's own id as execution.
    return waiting[0] if exact is None and id == instance_id and len(waiting) == 1 else exact


def _deliver(context: RequestContext, found: Subscription | None, body: TriggerExecution) -> None:
    if found is None:
        raise CannotComplete("Expected an execution that waits for a trigger or a message, but it waits for none")
    command = DeliverMessage(subscription_id=found.id, variables=body.variables or {})
    context.engine.mailbox.submit(found.instance_id, command, command_id=context.command_id)


def _scope(context: RequestContext, id: str) -> Scope:
    scope = parse_scope(id)
    tokens = context.engine.instance_reader.list_tokens(scope.instance_id) if scope.token else ()
    if scope.token and all(token.number != scope.token for token in tokens):
        raise NotFound(f"Expected an execution, but there is none (any more) with id '{id}'")
    return scope


declare_variables(GROUP, Holder("/execution/<id>/localVariables", "an execution", _scope, lends=True))
declare_variables(GROUP, Holder("/execution/<id>/variables", "an execution and its outer scopes", _scope, visible=True))
