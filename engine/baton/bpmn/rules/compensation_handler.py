"""A compensation boundary event and the activity that undoes (clauses 10.5.6, 10.7)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.bpmn.queries.nodes import has_event
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.problems import Problem

RULE = "compensation-handler"


def check(model: ProcessModel) -> Iterator[Problem]:
    tied: dict[str, list[Node]] = {}
    for node in model.nodes.values():
        if node.traits.is_boundary and has_event(node, EventKind.COMPENSATION):
            yield from _check_boundary(model, node)
            tied.setdefault(node.handler or "", []).append(node)
    for node in model.nodes.values():
        if node.id in tied or (node.for_compensation and not node.traits.triggered_by_event):
            yield from _check_handler(model, node, tied.get(node.id, []))


def _check_boundary(model: ProcessModel, node: Node) -> Iterator[Problem]:
    if node.handler is None or node.handler not in model.nodes:
        yield refuse_node(RULE, node, f"Expected an association from {name_node(node)} to a handler, but found none")
    others = [
        other for other in model.boundaries.get(node.attached_to or "", ()) if has_event(other, EventKind.COMPENSATION)
    ]
    if others and others[0] is not node:
        yield refuse_node(
            RULE, node, f"Expected one compensation boundary event on '{node.attached_to}', but found several"
        )


def _check_handler(model: ProcessModel, node: Node, boundaries: list[Node]) -> Iterator[Problem]:
    if not node.traits.can_be_handler:
        yield refuse_node(RULE, node, f"Expected an activity as compensation handler, but found {name_node(node)}")
        return
    if not node.for_compensation:
        yield refuse_node(
            RULE, node, f'Expected isForCompensation="true" on the handler {name_node(node)}, but found it unset'
        )
    if node.incoming or node.outgoing:
        flow = (*node.incoming, *node.outgoing)[0]
        yield refuse_node(RULE, node, f"Expected no flows at the handler {name_node(node)}, but found '{flow}'")
    if model.boundaries.get(node.id):
        yield refuse_node(RULE, node, f"Expected no boundary events on the handler {name_node(node)}, but found one")
    if len(boundaries) > 1:
        yield refuse_node(
            RULE,
            node,
            f"Expected {name_node(node)} to be the handler of one boundary event, but found {len(boundaries)}",
        )
    for boundary in boundaries:
        if boundary.scope != node.scope:
            yield refuse_node(
                RULE, node, f"Expected the handler {name_node(node)} in the scope '{boundary.scope}' of what it undoes"
            )
