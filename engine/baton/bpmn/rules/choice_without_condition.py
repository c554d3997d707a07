"""A choice whose flows say when they are taken (clauses 10.6.2, 10.6.3)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.model.definition import ProcessModel
from baton.model.elements import Split
from baton.model.problems import Problem

RULE = "choice-without-condition"
CHOICES = (Split.EXCLUSIVE, Split.INCLUSIVE)


def check(model: ProcessModel) -> Iterator[Problem]:
    """With one flow out there is nothing to choose. An inclusive gateway takes a flow without condition always."""
    for node in model.nodes.values():
        if node.traits.split not in CHOICES or len(node.outgoing) < 2:
            continue
        for flow_id in node.outgoing:
            flow = model.flows[flow_id]
            if flow.condition is None and flow_id != node.default:
                find = refuse_node if node.traits.split is Split.EXCLUSIVE else warn_node
                yield find(
                    RULE,
                    flow,
                    f"Expected a condition on '{flow_id}' out of {name_node(node)}, or it to be the default flow",
                )
