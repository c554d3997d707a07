"""What starts instances of a definition by itself: subscriptions to events, and timers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from baton.expression import ExpressionError, evaluate_constant, evaluate_constant_name
from baton.expression.timing import find_first_due, parse_cycle
from baton.model.definition import Definition, EventDefinition, EventKind, Node, ProcessModel
from baton.model.errors import DeploymentRefused
from baton.model.problems import Problem, Severity
from baton.model.times import Millis
from baton.store.library import StartSubscription, StartTimer

SUBSCRIBED = (EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL)


def collect_starts(
    deployed: Iterable[tuple[Definition, ProcessModel]], now: Millis
) -> tuple[list[StartSubscription], list[StartTimer]]:
    """The subscriptions and timers that start instances of these definitions. Raises DeploymentRefused."""
    starts: list[StartSubscription] = []
    timers: list[StartTimer] = []
    for definition, model in deployed:
        for node, event in [(entry, event) for entry in model.entries for event in entry.events]:
            try:
                if event.kind in SUBSCRIBED:
                    starts.append(_make_subscription(definition, node, event, now))
                elif event.kind is EventKind.TIMER and (timer := make_timer(definition.id, node.id, event, now)):
                    timers.append(timer)
            except ExpressionError as error:
                # The rules have tried the expression at another moment: it depends on the time of deployment.
                raise DeploymentRefused([_make_problem(definition, node, error)]) from None
    return starts, timers


def _make_problem(definition: Definition, node: Node, error: ExpressionError) -> Problem:
    return Problem(
        rule="start-expression",
        severity=Severity.ERROR,
        message=f"Expected a name or time of {node.kind.value} '{node.id}' that is known now, but found: {error}",
        element=node.id,
        line=node.line,
        resource=definition.resource_name,
    )


def _make_subscription(definition: Definition, node: Node, event: EventDefinition, now: Millis) -> StartSubscription:
    name = "" if event.name is None else evaluate_constant_name(event.name, now)
    return StartSubscription(
        kind=event.kind.value,
        name=name,
        key=definition.key,
        definition_id=definition.id,
        element=node.id,
        at=now,
        tenant_id=definition.tenant_id,
    )


def make_timer(definition_id: str, element: str, event: EventDefinition, now: Millis) -> StartTimer | None:
    """The first occurrence of a timer start event."""
    if event.timer is None or event.value is None:
        return None
    due, cycle = find_first_due(event.timer, evaluate_constant(event.value, now), now)
    rest = None if cycle is None else f"1 {now} {cycle}"
    return None if due is None else StartTimer(definition_id=definition_id, element=element, due=due, rest=rest)


def make_next_timer(timer: StartTimer) -> StartTimer | None:
    """The occurrence after this one, without drift; None when there is none."""
    if timer.rest is None:
        return None
    fired, anchor, text = timer.rest.split(" ", 2)
    due = parse_cycle(text).find_next(timer.due, int(fired), int(anchor))
    return None if due is None else replace(timer, due=due, rest=f"{int(fired) + 1} {anchor} {text}")
