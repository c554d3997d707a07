"""A compensation throw that can never find anything to undo."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import label, node_warning
from baton.bpmn.queries.compensation import scope_can_be_undone, throw_scope
from baton.model.definition import EventKind, ProcessModel
from baton.model.problems import Problem

RULE = "idle-compensation"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.traits.throws:
            continue
        implicit = any(event.kind is EventKind.COMPENSATION and not event.activity_ref for event in node.events)
        if implicit and not scope_can_be_undone(model, throw_scope(model, node)):
            yield node_warning(
                RULE,
                node,
                f"Expected something to undo in '{throw_scope(model, node)}' at {label(node)}, but found nothing",
            )
