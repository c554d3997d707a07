"""An event subprocess is started by its event: it has no sequence flows (clause 10.3.5)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "event-subprocess-flows"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if node.traits.triggered_by_event and (node.incoming or node.outgoing):
            flow = (*node.incoming, *node.outgoing)[0]
            yield refuse_node(
                RULE, node, f"Expected no flows at {name_node(node)} (event subprocess), but found '{flow}'"
            )
