"""A node that nothing leads to, in a scope that has a start event: it never runs (clause 10.5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import label, refuse_node
from baton.bpmn.queries.nodes import enters_by_itself, find_handlers
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "unreachable-node"


def check(model: ProcessModel) -> Iterator[Problem]:
    """Without a start event, every node that nothing leads to is a start (implicit start), so nothing is wrong."""
    undoing = find_handlers(model)
    for scope, members in model.members.items():
        around = model.nodes.get(scope)
        if around is not None and around.traits.runs_on_demand:
            continue
        begins = any(node.traits.starts_scope or node.instantiate for node in members)
        for node in members:
            if begins and not node.incoming and not enters_by_itself(node, undoing):
                yield refuse_node(RULE, node, f"Expected a flow to {label(node)}, but found none: it would never run")
