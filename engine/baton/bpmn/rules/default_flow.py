"""A default flow leaves its node; a condition on it has no effect (clause 8.4.13)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "default-flow"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if node.default is None:
            continue
        if node.default not in node.outgoing:
            yield refuse_node(
                RULE, node, f"Expected the default flow '{node.default}' to leave {name_node(node)}, but it does not"
            )
        elif model.flows[node.default].condition is not None:
            yield warn_node(
                RULE,
                model.flows[node.default],
                f"Expected no condition on '{node.default}', the default flow of {name_node(node)}, but found one: "
                "it is "
                "not evaluated, the flow is taken when no other is",
            )
