"""What rules ask about nodes."""

from __future__ import annotations

from baton.model.definition import EventKind, Node, NodeKind, ProcessModel


def has(node: Node, *kinds: EventKind) -> bool:
    """Whether the node has an event definition of one of the kinds."""
    return any(event.kind in kinds for event in node.events)


def handlers(model: ProcessModel) -> frozenset[str]:
    """The activities that are compensation handlers, by their marker or by an association."""
    tied = {node.handler for node in model.nodes.values() if node.handler}
    return frozenset(tied | {node.id for node in model.nodes.values() if node.for_compensation})


def enters_by_itself(node: Node, undoing: frozenset[str]) -> bool:
    """Whether the node starts without a flow into it: by an event, a link, or an undoing (``undoing``: `handlers`)."""
    if node.kind in (NodeKind.START_EVENT, NodeKind.BOUNDARY_EVENT, NodeKind.EVENT_SUB_PROCESS):
        return True
    if node.kind is NodeKind.INTERMEDIATE_CATCH_EVENT and has(node, EventKind.LINK):
        return True
    return node.instantiate or node.id in undoing


def may_end(node: Node) -> bool:
    """Whether nothing is missing when no flow leaves the node."""
    if node.kind in (NodeKind.END_EVENT, NodeKind.EVENT_SUB_PROCESS, NodeKind.BOUNDARY_EVENT) or node.for_compensation:
        return True
    return node.kind is NodeKind.INTERMEDIATE_THROW_EVENT and has(node, EventKind.LINK)
