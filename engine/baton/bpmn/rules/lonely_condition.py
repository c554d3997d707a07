"""An activity whose only way out has a condition (clause 8.4.13): if it is false there is no way out."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "lonely-condition"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if node.traits.is_gateway or len(node.outgoing) != 1:
            continue
        flow = model.flows[node.outgoing[0]]
        if flow.condition is not None and flow.id != node.default:
            yield refuse_node(
                RULE,
                flow,
                f"Expected another flow out of {name_node(node)} beside the conditional '{flow.id}', but found none",
            )
