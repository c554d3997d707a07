"""Signals and messages that an instance sends: at once to itself (signals), and to others after the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.events import EventType
from baton.model.records import Subscription, SubscriptionKind
from baton.model.turn_result import Outgoing
from baton.runtime.core.errors import StepFailed
from baton.runtime.data.expressions import evaluate_text
from baton.runtime.data.mappings import evaluate_mappings
from baton.runtime.data.variables import collect_visible
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from baton.model.values import Value, Variables
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow
    from baton.runtime.events.definitions import EventCode


def broadcast(token: Token, name: str, variables: Variables) -> None:
    """Throw a signal: it reaches every scope of this instance now, all other instances and start events after it."""
    workflow = token.workflow
    outgoing = _make_outgoing(token, "signal", name, variables)
    data: dict[str, Value] = {"id": outgoing.id, "name": name}
    workflow.journal.record(EventType.SIGNAL_SENT, token.task_spec.name, token.id, data)
    workflow.journal.outgoing.append(outgoing)
    receive(workflow, name, variables)


def receive(workflow: TokenWorkflow, name: str, variables: Variables) -> int:
    """Deliver a signal to every subscription that is open for it now; returns how many there were."""
    waiting = [
        sub for sub in workflow.waits.iterate(Subscription) if sub.kind is SubscriptionKind.SIGNAL and sub.name == name
    ]
    for subscription in waiting:
        if workflow.waits.get(Subscription, subscription.id) is not None:
            triggers.fire(workflow, subscription, variables)
    return len(waiting)


def send(token: Token, event: EventCode, variables: Variables, target_process: str | None) -> None:
    """Send a message to one receiver: a waiting instance, or a message start event."""
    name = evaluate_text(event.name, token)
    if not name:
        raise StepFailed("failedJob", f"Expected a message name at '{token.task_spec.name}', but found none")
    outgoing = _make_outgoing(
        token, "message", name, variables, evaluate_text(event.correlation_key, token), target_process
    )
    data: dict[str, Value] = {"id": outgoing.id, "name": name}
    token.workflow.journal.record(EventType.MESSAGE_SENT, token.task_spec.name, token.id, data)
    token.workflow.journal.outgoing.append(outgoing)


def evaluate_payload(token: Token, event: EventCode) -> dict[str, Value]:
    """What goes with a message or signal: the ``camunda:in`` mappings, evaluated in the throwing scope."""
    return evaluate_mappings(token, event.payload, collect_visible(token)) if event.payload else {}


def _make_outgoing(
    token: Token,
    kind: str,
    name: str,
    variables: Variables,
    correlation_key: str | None = None,
    target_process: str | None = None,
) -> Outgoing:
    workflow = token.workflow
    return Outgoing(
        id=workflow.take_id(),
        kind=kind,
        name=name,
        sender=workflow.instance_id,
        element=token.task_spec.name,
        variables=dict(variables),
        business_key=workflow.business_key,
        correlation_key=correlation_key,
        target_process=target_process,
        tenant_id=workflow.tenant_id,
    )
