"""Conditional events: evaluated when set and when variables have changed; each change from false to true fires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.expression import ExpressionError
from baton.model.definition import EventKind
from baton.model.records import Subscription
from baton.runtime import failures
from baton.runtime.data.variables import TokenScope
from baton.runtime.events import triggers

if TYPE_CHECKING:
    from collections.abc import Set

    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow
    from baton.runtime.events.definitions import EventCode


def evaluate(workflow: TokenWorkflow, changes: Set[tuple[str, str]]) -> bool:
    """Fire every condition that has become true by the changes (variable and kind). Returns whether any did."""
    fresh, workflow.new_conditions = workflow.new_conditions, set()
    fired = False
    for subscription in workflow.waits.list_conditions():
        if workflow.waits.get(Subscription, subscription.id) is None:
            continue
        code = _code(workflow, subscription)
        if subscription.id not in fresh and not _is_concerned(code, changes):
            continue
        if _has_become_true(workflow.tasks[subscription.token], subscription, code):
            triggers.fire(workflow, subscription, {})
            fired = True
    return fired


def _is_concerned(code: EventCode, changes: Set[tuple[str, str]]) -> bool:
    """Whether one of the changes is of a variable and of a kind that the event observes; by default it observes all."""
    names, kinds = code.definition.variable_names, code.definition.variable_events
    return any((not names or name in names) and (not kinds or kind in kinds) for name, kind in changes)


def _code(workflow: TokenWorkflow, subscription: Subscription) -> EventCode:
    element = workflow.tasks[subscription.token].spec.elements[subscription.element]
    return next(code for code in element.events if code.kind is EventKind.CONDITIONAL)


def _has_become_true(owner: Token, subscription: Subscription, code: EventCode) -> bool:
    now = _holds(owner, code)
    met: dict[str, bool] = dict(owner.memory.met or {})
    before = met.get(subscription.id, False)
    if now != before:
        met[subscription.id] = now
        owner.memory.met = {name: True for name, held in met.items() if held} or None
        owner.touch()
    return now and not before


def _holds(owner: Token, code: EventCode) -> bool:
    """A condition on a variable that does not exist yet is not met; any other failure is an incident."""
    if code.value is None or any(name not in TokenScope(owner) for name in code.value.names):
        return False
    try:
        return code.value.holds(owner)
    except ExpressionError as error:
        failures.open_incident(owner, "expression", str(error))
        return False
