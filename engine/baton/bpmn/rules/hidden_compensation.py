"""A handler at the boundary of a subprocess replaces all undoing inside it (clause 10.7.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, warn_node
from baton.bpmn.queries.compensation import find_compensation_boundary, find_compensation_subprocess
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "hidden-compensation"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.traits.is_scope:
            continue
        boundary, inside = find_compensation_boundary(model, node), find_compensation_subprocess(model, node.id)
        if boundary is not None and inside is not None:
            yield warn_node(
                RULE,
                inside,
                f"Expected no compensation {name_node(inside)} inside {name_node(node)}, whose boundary event "
                f"'{boundary.id}' "
                "has a handler, but found one: the handler replaces it, it never runs",
            )
