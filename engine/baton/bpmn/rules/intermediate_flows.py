"""An intermediate event is reached by a flow and leads on (clause 10.5.4)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.bpmn.queries.nodes import catches_link
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "intermediate-flows"


def check(model: ProcessModel) -> Iterator[Problem]:
    """It cannot start a scope. One that leads nowhere ends its path, as `dead-end` says."""
    for node in model.nodes.values():
        if not node.traits.is_intermediate or node.incoming or catches_link(node):
            continue
        around = model.nodes.get(node.scope)
        if around is None or not around.traits.runs_on_demand:
            yield refuse_node(
                RULE, node, f"Expected a flow to {name_node(node)}, but found none: it cannot start a scope"
            )
