"""A boundary event is entered by its trigger, not by a flow, and leads somewhere (clause 10.5.4)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.bpmn.queries.nodes import has_event
from baton.model.definition import EventKind, ProcessModel
from baton.model.problems import Problem

RULE = "boundary-flows"


def check(model: ProcessModel) -> Iterator[Problem]:
    """A compensation boundary event has no flows: an association ties it to its handler (clause 10.7)."""
    for node in model.nodes.values():
        if not node.traits.is_boundary:
            continue
        if node.incoming:
            yield refuse_node(
                RULE, node, f"Expected no incoming flow at {name_node(node)}, but found '{node.incoming[0]}'"
            )
        if has_event(node, EventKind.COMPENSATION) and node.outgoing:
            yield refuse_node(
                RULE,
                node,
                f"Expected an association from {name_node(node)} to its handler, but found the flow "
                f"'{node.outgoing[0]}'",
            )
        elif not has_event(node, EventKind.COMPENSATION) and not node.outgoing:
            yield warn_node(
                RULE, node, f"Expected an outgoing flow at {name_node(node)}, but found none: it ends its path"
            )
