"""A compensation throw that can never find anything to undo."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, warn_node
from baton.bpmn.queries.compensation import can_scope_be_undone, find_throw_scopes
from baton.model.definition import EventKind, ProcessModel
from baton.model.problems import Problem

RULE = "idle-compensation"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.traits.throws:
            continue
        implicit = any(event.kind is EventKind.COMPENSATION and not event.activity_ref for event in node.events)
        scopes = find_throw_scopes(model, node)
        if implicit and not any(can_scope_be_undone(model, scope) for scope in scopes):
            named = " and ".join(f"'{scope}'" for scope in scopes)
            yield warn_node(
                RULE, node, f"Expected something to undo in {named} at {name_node(node)}, but found nothing"
            )
