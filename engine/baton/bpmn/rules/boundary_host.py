"""Where a boundary event may sit (clauses 10.5.4, 10.7.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "boundary-host"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.traits.is_boundary:
            continue
        host = model.nodes.get(node.attached_to or "")
        if host is None:
            continue
        if not host.traits.can_have_boundary:
            yield refuse_node(
                RULE,
                node,
                f"Expected {name_node(node)} on a task, subprocess or call activity, but found {name_node(host)}",
            )
        elif host.scope != node.scope:
            yield refuse_node(
                RULE,
                node,
                f"Expected {name_node(node)} in the scope of its activity ('{host.scope}'), but found '{node.scope}'",
            )
