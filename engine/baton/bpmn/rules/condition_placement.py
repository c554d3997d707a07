"""Conditions on flows count only where a choice is made (clauses 8.4.13, 10.6)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.model.definition import Flow, Node, ProcessModel
from baton.model.elements import Split
from baton.model.problems import Problem

RULE = "condition-placement"


def check(model: ProcessModel) -> Iterator[Problem]:
    for flow in model.flows.values():
        if flow.condition is not None:
            yield from _check_flow(flow, model.nodes[flow.source])


def _check_flow(flow: Flow, source: Node) -> Iterator[Problem]:
    found = f"Expected no condition on a flow out of {name_node(source)}, but found one on '{flow.id}'"
    if source.traits.split is Split.ALL:
        yield warn_node(RULE, flow, f"{found}: a parallel gateway takes every flow, the condition has no effect")
    elif source.traits.split is Split.FIRST_EVENT:
        yield refuse_node(RULE, flow, f"{found}: the event that comes first decides")
