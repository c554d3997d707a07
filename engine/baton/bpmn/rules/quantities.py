"""An activity takes and gives at least one token (clause 13.3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "quantities"
MOST = 1_000
"""So many tokens are made in one step: what a file can ask for must fit into the memory of a process."""


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.traits.is_activity:
            continue
        for name, number in (("startQuantity", node.start_quantity), ("completionQuantity", node.completion_quantity)):
            if not 1 <= number <= MOST:
                message = f"Expected {name} of {name_node(node)} to be 1 to {MOST}, but found {number}"
                yield refuse_node(RULE, node, message)
