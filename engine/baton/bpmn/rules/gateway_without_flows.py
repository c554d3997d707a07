"""A gateway that nothing leads to, that leads nowhere, or that neither splits nor joins (clause 10.6)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.model.definition import ProcessModel
from baton.model.elements import Split
from baton.model.problems import Problem

RULE = "gateway-without-flows"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.traits.is_gateway or node.traits.split is Split.FIRST_EVENT:
            continue
        if not node.outgoing and len(node.incoming) < 2:
            yield refuse_node(
                RULE, node, f"Expected flows into and out of {name_node(node)}, but found none that leaves it"
            )
        elif len(node.incoming) <= 1 and len(node.outgoing) <= 1:
            yield warn_node(
                RULE, node, f"Expected {name_node(node)} to split or join, but found one flow in and one out"
            )
