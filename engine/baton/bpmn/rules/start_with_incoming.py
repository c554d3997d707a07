"""A start event begins: no sequence flow leads to it (clause 10.5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "start-with-incoming"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if node.traits.starts_scope and node.incoming:
            yield refuse_node(
                RULE, node, f"Expected no incoming flow at {name_node(node)}, but found '{node.incoming[0]}'"
            )
