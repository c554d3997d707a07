"""Mappings stand where there is a scope to map into, or something to map out of."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import Node, ProcessModel
from baton.model.problems import Problem

RULE = "mapping-place"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        for words in _find_without_effect(node):
            yield refuse_node(RULE, node, f"Expected no {words} mapping at {name_node(node)}, where it has no effect")


def _find_without_effect(node: Node) -> Iterator[str]:
    if node.inputs and not node.traits.maps_inputs:
        yield "input"
    if node.outputs and not node.traits.maps_outputs:
        yield "output"
