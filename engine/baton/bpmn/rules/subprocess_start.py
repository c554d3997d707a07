"""How a subprocess starts (clauses 10.3.5, 10.5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "subprocess-start"


def check(model: ProcessModel) -> Iterator[Problem]:
    """An event subprocess has exactly one start event; an ad-hoc subprocess has neither start nor end events."""
    for node in model.nodes.values():
        if node.traits.triggered_by_event and len(model.list_starts(node.id)) != 1:
            found = len(model.list_starts(node.id))
            yield refuse_node(
                RULE, node, f"Expected one start event in {name_node(node)} (event subprocess), but found {found}"
            )
        if node.traits.runs_on_demand:
            members = model.members.get(node.id, ())
            wrong = [m for m in members if m.traits.starts_scope or m.traits.ends_path]
            for member in wrong:
                yield refuse_node(
                    RULE, member, f"Expected no {member.kind} in {name_node(node)}: its activities start on demand"
                )
            if not members:
                yield refuse_node(RULE, node, f"Expected activities in {name_node(node)}, but found none")
