"""A loop says how often (clauses 13.3.6, 13.3.7)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.model.definition import MultiInstance, Node, ProcessModel, StandardLoop
from baton.model.problems import Problem

RULE = "loop-definition"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if isinstance(node.loop, MultiInstance):
            yield from _check_multi_instance(node, node.loop)
        elif isinstance(node.loop, StandardLoop) and node.loop.condition is None and node.loop.maximum is None:
            yield refuse_node(
                RULE,
                node,
                f"Expected a loopCondition or loopMaximum in {name_node(node)}, but found neither: it never ends",
            )


def _check_multi_instance(node: Node, loop: MultiInstance) -> Iterator[Problem]:
    if loop.cardinality is None and loop.collection is None:
        yield refuse_node(
            RULE,
            node,
            f"Expected a loopCardinality or a collection in the multi-instance {name_node(node)}, but found neither",
        )
    if loop.cardinality is not None and loop.collection is not None:
        yield warn_node(RULE, node, f"Expected a loopCardinality or a collection in {name_node(node)}, but found both")
    if loop.behavior == "complex" and not loop.complex_behavior:
        yield refuse_node(
            RULE,
            node,
            f"Expected a complexBehaviorDefinition for behavior Complex in {name_node(node)}, but found none",
        )
    if loop.behavior in ("none", "one") and loop.behavior_event is None:
        yield refuse_node(
            RULE,
            node,
            f"Expected {loop.behavior}BehaviorEventRef for behavior {loop.behavior.title()} in {name_node(node)}, but "
            "found none",
        )
