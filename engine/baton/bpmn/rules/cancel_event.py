"""A cancel event belongs to a transaction (clauses 10.3.4, 10.5.3, 10.5.4)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.bpmn.queries.nodes import has_event
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.problems import Problem

RULE = "cancel-event"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not has_event(node, EventKind.CANCEL):
            continue
        if node.traits.ends_path and not _is_in_transaction(model, node):
            yield refuse_node(
                RULE, node, f"Expected {name_node(node)} (cancel) inside a transaction, but found it outside"
            )
        if node.traits.is_boundary:
            yield from _check_boundary(model, node)


def _is_in_transaction(model: ProcessModel, node: Node) -> bool:
    return any(
        scope in model.nodes and model.nodes[scope].traits.can_be_cancelled for scope in model.walk_scopes(node.id)
    )


def _check_boundary(model: ProcessModel, node: Node) -> Iterator[Problem]:
    host = model.nodes.get(node.attached_to or "")
    if host is not None and not host.traits.can_be_cancelled:
        yield refuse_node(
            RULE, node, f"Expected {name_node(node)} (cancel) on a transaction, but found {name_node(host)}"
        )
    others = [other for other in model.boundaries.get(node.attached_to or "", ()) if has_event(other, EventKind.CANCEL)]
    if others and others[0] is not node:
        yield refuse_node(RULE, node, f"Expected one cancel boundary event on '{node.attached_to}', but found several")
