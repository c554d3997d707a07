"""A node that leads nowhere, in a scope that ends with an end event elsewhere (clause 10.5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, warn_node
from baton.bpmn.queries.nodes import may_end
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "dead-end"


def check(model: ProcessModel) -> Iterator[Problem]:
    """A warning: the standard forbids it, every engine ends the path there (implicit end), and so does Baton."""
    for members in model.members.values():
        if not any(node.traits.ends_path for node in members):
            continue
        for node in members:
            if not node.outgoing and not may_end(node):
                yield warn_node(
                    RULE, node, f"Expected a flow out of {name_node(node)}, but found none: its path ends here"
                )
