"""A cancel event belongs to a transaction (clauses 10.3.4, 10.5.3, 10.5.4)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import label, node_error
from baton.bpmn.queries.nodes import has
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.problems import Problem

RULE = "cancel-event"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not has(node, EventKind.CANCEL):
            continue
        if node.traits.ends_path and not _in_transaction(model, node):
            yield node_error(RULE, node, f"Expected {label(node)} (cancel) inside a transaction, but found it outside")
        if node.traits.is_boundary:
            yield from _boundary(model, node)


def _in_transaction(model: ProcessModel, node: Node) -> bool:
    return any(
        scope in model.nodes and model.nodes[scope].traits.can_be_cancelled for scope in model.scopes_of(node.id)
    )


def _boundary(model: ProcessModel, node: Node) -> Iterator[Problem]:
    host = model.nodes.get(node.attached_to or "")
    if host is not None and not host.traits.can_be_cancelled:
        yield node_error(RULE, node, f"Expected {label(node)} (cancel) on a transaction, but found {label(host)}")
    others = [other for other in model.boundaries.get(node.attached_to or "", ()) if has(other, EventKind.CANCEL)]
    if others and others[0] is not node:
        yield node_error(RULE, node, f"Expected one cancel boundary event on '{node.attached_to}', but found several")
