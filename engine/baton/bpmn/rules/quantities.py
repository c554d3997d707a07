"""An activity takes and gives at least one token (clause 13.3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "quantities"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.traits.is_activity:
            continue
        for name, number in (("startQuantity", node.start_quantity), ("completionQuantity", node.completion_quantity)):
            if number < 1:
                yield refuse_node(
                    RULE, node, f"Expected {name} of {name_node(node)} to be 1 or more, but found {number}"
                )
