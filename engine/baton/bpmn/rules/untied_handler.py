"""A compensation handler that no boundary event is tied to: nothing will ever start it (clause 10.7.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, warn_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "untied-handler"


def check(model: ProcessModel) -> Iterator[Problem]:
    """Inside a compensation event subprocess activities run by flows; the marker has no place there either."""
    tied = {node.handler for node in model.nodes.values() if node.handler}
    for node in model.nodes.values():
        if node.for_compensation and node.id not in tied and not node.traits.triggered_by_event:
            yield warn_node(
                RULE,
                node,
                f"Expected an association from a compensation boundary event to {name_node(node)}, but found none",
            )
