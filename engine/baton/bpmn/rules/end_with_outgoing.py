"""An end event ends: no sequence flow leaves it (clause 10.5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "end-with-outgoing"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if node.traits.ends_path and node.outgoing:
            yield refuse_node(
                RULE, node, f"Expected no outgoing flow at {name_node(node)}, but found '{node.outgoing[0]}'"
            )
