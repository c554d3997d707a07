"""A receive task or gateway that starts the process is not reached by a flow (clause 10.3.3)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import ProcessModel
from baton.model.elements import Split
from baton.model.problems import Problem

RULE = "instantiating-node"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.instantiate or node.traits.split is Split.FIRST_EVENT:
            continue
        if node.incoming:
            yield refuse_node(
                RULE, node, f"Expected no flow to {name_node(node)} (instantiate), but found '{node.incoming[0]}'"
            )
        if node.scope != model.id:
            yield refuse_node(
                RULE,
                node,
                f"Expected {name_node(node)} (instantiate) in the process itself, but found it in '{node.scope}'",
            )
