"""A link throws to exactly one catch of the same name in the same scope (clause 10.5.5)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.bpmn.queries.nodes import catches_link, get_link_name, throws_link
from baton.model.definition import Node, ProcessModel
from baton.model.problems import Problem

RULE = "link-pairs"


def check(model: ProcessModel) -> Iterator[Problem]:
    catches = [node for node in model.nodes.values() if catches_link(node)]
    throws = [node for node in model.nodes.values() if throws_link(node)]
    for node in throws:
        yield from _check_throw(node, catches)
    for node in catches:
        yield from _check_catch(node, catches, throws)


def _check_throw(node: Node, catches: list[Node]) -> Iterator[Problem]:
    name = get_link_name(node)
    if node.outgoing:
        yield refuse_node(
            RULE, node, f"Expected no outgoing flow at {name_node(node)}: the link goes on at its catch event"
        )
    if not any(_are_same(node, other) for other in catches):
        yield refuse_node(RULE, node, f"Expected a catching link '{name}' in '{node.scope}', but found none")


def _check_catch(node: Node, catches: list[Node], throws: list[Node]) -> Iterator[Problem]:
    name = get_link_name(node)
    if node.incoming:
        yield refuse_node(
            RULE, node, f"Expected no incoming flow at {name_node(node)}: the link comes from its throw event"
        )
    if any(_are_same(node, other) for other in catches if other is not node):
        yield refuse_node(RULE, node, f"Expected one catching link '{name}' in '{node.scope}', but found several")
    if not any(_are_same(node, other) for other in throws):
        yield refuse_node(RULE, node, f"Expected a throwing link '{name}' in '{node.scope}', but found none")


def _are_same(one: Node, other: Node) -> bool:
    return one.scope == other.scope and get_link_name(one) == get_link_name(other)
