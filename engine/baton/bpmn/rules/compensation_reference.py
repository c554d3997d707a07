"""What a compensation throw may name (clauses 10.5.5, 13.5.5)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.bpmn.queries.compensation import can_be_undone, find_throw_scope
from baton.model.definition import EventDefinition, EventKind, Node, ProcessModel
from baton.model.problems import Problem

RULE = "compensation-reference"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        for event in node.events:
            if event.kind is EventKind.COMPENSATION:
                yield from _check_throw(model, node, event) if node.traits.throws else _check_catch(node, event)


def _check_catch(node: Node, event: EventDefinition) -> Iterator[Problem]:
    if event.activity_ref or not event.wait_for_completion:
        found = "activityRef" if event.activity_ref else "waitForCompletion"
        yield warn_node(RULE, node, f"Expected no {found} on the catching {name_node(node)}: it has no effect there")


def _check_throw(model: ProcessModel, node: Node, event: EventDefinition) -> Iterator[Problem]:
    if event.activity_ref is None:
        return
    scope = find_throw_scope(model, node)
    target = model.nodes.get(event.activity_ref)
    if target is None:
        yield refuse_node(
            RULE,
            node,
            f"Expected activityRef of {name_node(node)} to name an activity of '{scope}', but found "
            f"'{event.activity_ref}'",
        )
    elif target.scope not in (scope, node.scope):
        yield refuse_node(
            RULE,
            node,
            f"Expected activityRef of {name_node(node)} to name an activity of '{scope}', but found "
            f"{name_node(target)} of "
            f"'{target.scope}'",
        )
    elif not target.traits.can_be_compensated:
        yield refuse_node(
            RULE, node, f"Expected activityRef of {name_node(node)} to name an activity, but found {name_node(target)}"
        )
    elif not can_be_undone(model, target):
        yield warn_node(
            RULE,
            node,
            f"Expected activityRef of {name_node(node)} to name an activity that can be undone, but found "
            f"{name_node(target)} "
            "without a handler: the throw undoes nothing",
        )
