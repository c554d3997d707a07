"""A sequence flow joins two nodes of one scope; it never crosses the border of a subprocess (clause 7.6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import label, node_error
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "flow-across-scopes"


def check(model: ProcessModel) -> Iterator[Problem]:
    for flow in model.flows.values():
        source, target = model.nodes[flow.source], model.nodes[flow.target]
        if source.scope != target.scope:
            yield node_error(
                RULE,
                flow,
                f"Expected both ends of the flow in one scope, but found {label(source)} in '{source.scope}' and "
                f"{label(target)} in '{target.scope}'",
            )
