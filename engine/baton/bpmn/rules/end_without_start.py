"""A scope that ends with end events also says where it starts (clause 10.5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "end-without-start"


def check(model: ProcessModel) -> Iterator[Problem]:
    """A scope with neither runs from every node that nothing leads to, to every node that leads nowhere."""
    for scope, members in model.members.items():
        around = model.nodes.get(scope)
        if around is not None and around.traits.runs_on_demand:
            continue
        ends = [node for node in members if node.traits.ends_path]
        starts = [node for node in members if node.traits.starts_scope or node.instantiate]
        if ends and not starts:
            yield refuse_node(
                RULE,
                ends[0],
                f"Expected a start event in '{scope}', which ends with {name_node(ends[0])}, but found none",
            )
        if starts and not ends:
            yield warn_node(
                RULE,
                starts[0],
                f"Expected an end event in '{scope}', which starts with {name_node(starts[0])}, but found none",
            )
