"""An intermediate event is reached by a flow and leads on (clause 10.5.4)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import label, node_error
from baton.bpmn.rules.shapes import has
from baton.model.definition import EventKind, NodeKind, ProcessModel
from baton.model.problems import Problem

RULE = "intermediate-flows"
KINDS = (NodeKind.INTERMEDIATE_CATCH_EVENT, NodeKind.INTERMEDIATE_THROW_EVENT)


def check(model: ProcessModel) -> Iterator[Problem]:
    """It cannot start a scope. One that leads nowhere ends its path, as `dead-end` says."""
    for node in model.nodes.values():
        if node.kind not in KINDS or node.incoming:
            continue
        if node.kind is NodeKind.INTERMEDIATE_CATCH_EVENT and has(node, EventKind.LINK):
            continue
        around = model.nodes.get(node.scope)
        if around is None or around.kind is not NodeKind.AD_HOC_SUB_PROCESS:
            yield node_error(RULE, node, f"Expected a flow to {label(node)}, but found none: it cannot start a scope")
