"""What a token waits for from outside or from the clock: opening subscriptions and timers, and firing them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from baton.model.definition import EventKind
from baton.model.events import EventType
from baton.model.records import Job, JobKind, Record, Subscription, SubscriptionKind
from baton.runtime.core.errors import STEP_FAILURES, StepFailed
from baton.runtime.core.token_state import TokenState
from baton.runtime.data import variables
from baton.runtime.data.expressions import evaluate_text
from baton.runtime.events import timers
from baton.runtime.events.definitions import EventCode
from baton.runtime.failures import make_identity, open_incident

if TYPE_CHECKING:
    from collections.abc import Iterable

    from baton.model.times import Millis
    from baton.model.values import Value, Variables
    from baton.runtime.core.element import Element
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow

SUBSCRIBED = {
    EventKind.MESSAGE: SubscriptionKind.MESSAGE,
    EventKind.SIGNAL: SubscriptionKind.SIGNAL,
    EventKind.CONDITIONAL: SubscriptionKind.CONDITIONAL,
}
RECEIVED = {
    SubscriptionKind.MESSAGE: EventType.MESSAGE_RECEIVED,
    SubscriptionKind.SIGNAL: EventType.SIGNAL_RECEIVED,
    SubscriptionKind.CONDITIONAL: EventType.CONDITION_MET,
    SubscriptionKind.TRIGGER: EventType.TRIGGERED,
}


def arm(owner: Token, element: Element) -> None:
    """Open what ``element`` waits for, on behalf of ``owner``: its own token, its host, its gateway or its scope."""
    for event in element.events:
        if event.kind is EventKind.TIMER:
            _set_timer(owner, element, event)
        elif event.kind in SUBSCRIBED:
            _subscribe(owner, element, event)


def arm_boundaries(host: Token, boundaries: Iterable[str]) -> None:
    for boundary in boundaries:
        arm(host, host.spec.elements[boundary])


def arm_event_subprocesses(scope: Token, scope_id: str) -> None:
    for node in scope.spec.model.event_subprocesses.get(scope_id, ()):
        for start in scope.spec.model.list_starts(node.id):
            arm(scope, scope.spec.elements[start.id])


def restart_event_subprocesses(scope: Token) -> None:
    """Wait again for the events that an interrupting event subprocess had closed; it has been gone back over."""
    try:
        arm_event_subprocesses(scope, scope.task_spec.name)
    except STEP_FAILURES as error:
        open_incident(scope, "expression", str(error))


def fire(workflow: TokenWorkflow, record: Job | Subscription, received: Variables) -> None:
    """A subscription or timer of a token has been met. A parallel multiple event needs all of its definitions."""
    owner = workflow.tasks[record.token]
    element = owner.spec.elements[record.element]
    kind = EventType.TIMER_FIRED if isinstance(record, Job) else RECEIVED[record.kind]
    data: dict[str, Value] = {"id": record.id}
    if isinstance(record, Subscription):
        data["name"] = record.name
    workflow.journal.record(kind, record.element, owner.id, data)
    node = element.spec.model.nodes[element.name]
    stays = not node.interrupting or node.traits.is_intermediate  # such as a catch event with a timer cycle
    _consume(workflow, record, keep=stays and not node.parallel_multiple)
    if node.parallel_multiple:
        variables.set_visible(owner, received)
        if any(other.element == record.element for other in _events(workflow, owner)):
            return
        if not node.interrupting:
            arm(owner, element)
    owner.task_spec.on_triggered(owner, record, received)


def fire_boundary(host: Token, boundary: Element, received: Variables) -> Token:
    """A token leaves by the boundary event; an interrupting one cancels the activity (§13.4.3)."""
    scope = host.scope
    if boundary.spec.model.nodes[boundary.name].interrupting:
        host.workflow.cancel_token(host)
    variables.set_visible(scope, received)
    return scope.spawn(boundary)


def start_event_subprocess(scope: Token, start: Element, received: Variables, local: Variables | None = None) -> Token:
    """Run the event subprocess of ``start``; an interrupting start cancels all else in the scope (§13.4.4)."""
    workflow = scope.workflow
    node = start.spec.model.nodes[start.name]
    if node.interrupting:
        workflow.cancel_children(scope)
        for record in _events(workflow, scope):
            if scope.spec.model.nodes[record.element].traits.starts_scope:
                workflow.waits.close(record)
    variables.set_visible(scope, received)
    token = scope.spawn(start.spec.elements[node.scope], TokenState(start=start.name))
    variables.set_local(token, local or {})
    return token


def _events(workflow: TokenWorkflow, owner: Token) -> list[Record]:
    return [
        record
        for record in workflow.waits.list_of_token(owner.id)
        if isinstance(record, Subscription) or (isinstance(record, Job) and record.kind is JobKind.TIMER)
    ]


def _consume(workflow: TokenWorkflow, record: Job | Subscription, *, keep: bool) -> None:
    """Close what was met, unless it stays: a cycle gets its next moment, a subscription remains open."""
    if isinstance(record, Job):
        following = timers.find_next_moment(record) if record.repeat is not None else None
        if keep and following is not None:
            workflow.waits.put(replace(record, due=following[0], repeat=following[1]))
            return
    elif keep and workflow.tasks[record.token].task_spec.name != record.element:
        return
    workflow.waits.remove(record)


def _set_timer(owner: Token, element: Element, event: EventCode) -> None:
    if event.value is None or event.definition.timer is None:
        raise StepFailed(
            "failedJob", f"Expected a date, duration or cycle for the timer of '{element.name}', but found none"
        )
    now = owner.workflow.journal.now
    due, repeat = timers.find_first_moment(event.definition.timer, event.value.evaluate_at(owner), now)
    if due is None:
        return
    job = Job(**make_identity(owner, element.name), kind=JobKind.TIMER, due=due, created_at=now, repeat=repeat)
    owner.workflow.waits.put(job)
    owner.workflow.journal.record(EventType.TIMER_SET, element.name, owner.id, {"id": job.id, "due": due})


def find_moment(workflow: TokenWorkflow, job: Job, base: Millis) -> timers.Due:
    """The first moment of a timer that is set at ``base``, as the model and the variables are now.

    Raises StepFailed or ExpressionError.
    """
    owner = workflow.tasks[job.token]
    for event in owner.spec.elements[job.element].events:
        if event.kind is EventKind.TIMER and event.value is not None and event.definition.timer is not None:
            return timers.find_first_moment(event.definition.timer, event.value.evaluate_at(owner), base)
    return None, None


def _subscribe(owner: Token, element: Element, event: EventCode) -> None:
    name = evaluate_text(event.name, owner) if event.kind is not EventKind.CONDITIONAL else element.name
    if not name:
        raise StepFailed("failedJob", f"Expected a name for the {event.kind.value} of '{element.name}', but found none")
    key = evaluate_text(event.correlation_key, owner)
    subscription = _open_subscription(owner, element.name, SUBSCRIBED[event.kind], name, key)
    if event.kind is EventKind.CONDITIONAL:
        owner.workflow.new_conditions.add(subscription.id)


def wait_for_trigger(token: Token) -> None:
    """Wait until somebody tells this token to go on."""
    name = token.task_spec.name
    _open_subscription(token, name, SubscriptionKind.TRIGGER, name)


def _open_subscription(
    owner: Token, element: str, kind: SubscriptionKind, name: str, correlation_key: str | None = None
) -> Subscription:
    workflow = owner.workflow
    subscription = Subscription(
        **make_identity(owner, element),
        kind=kind,
        name=name,
        created_at=workflow.journal.now,
        correlation_key=correlation_key,
        business_key=workflow.business_key,
    )
    workflow.waits.put(subscription)
    data: dict[str, Value] = {"id": subscription.id, "kind": kind.value, "name": name}
    workflow.journal.record(EventType.SUBSCRIPTION_OPENED, element, owner.id, data)
    return subscription
