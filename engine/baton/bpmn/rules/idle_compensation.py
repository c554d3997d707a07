"""A compensation throw that can never find anything to undo."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import label, warn_node
from baton.bpmn.queries.compensation import can_scope_be_undone, find_throw_scope
from baton.model.definition import EventKind, ProcessModel
from baton.model.problems import Problem

RULE = "idle-compensation"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.traits.throws:
            continue
        implicit = any(event.kind is EventKind.COMPENSATION and not event.activity_ref for event in node.events)
        if implicit and not can_scope_be_undone(model, find_throw_scope(model, node)):
            yield warn_node(
                RULE,
                node,
                f"Expected something to undo in '{find_throw_scope(model, node)}' at {label(node)}, but found nothing",
            )
