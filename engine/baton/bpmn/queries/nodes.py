"""What rules ask about nodes."""

from __future__ import annotations

from baton.model.definition import EventKind, Node, ProcessModel


def has_event(node: Node, *kinds: EventKind) -> bool:
    """Whether the node has an event definition of one of the kinds."""
    return any(event.kind in kinds for event in node.events)


def catches_link(node: Node) -> bool:
    return node.traits.is_intermediate and node.traits.catches and has_event(node, EventKind.LINK)


def throws_link(node: Node) -> bool:
    return node.traits.is_intermediate and node.traits.throws and has_event(node, EventKind.LINK)


def get_link_name(node: Node) -> str:
    """The name that a throwing link and its catching link share; empty without one."""
    return next((event.name.text for event in node.events if event.kind is EventKind.LINK and event.name), "")


def find_handlers(model: ProcessModel) -> frozenset[str]:
    """The activities that are compensation handlers, by their marker or by an association."""
    tied = {node.handler for node in model.nodes.values() if node.handler}
    return frozenset(tied | {node.id for node in model.nodes.values() if node.for_compensation})


def enters_by_itself(node: Node, undoing: frozenset[str]) -> bool:
    """Whether the node starts without a flow into it: by an event, a link, or an undoing (``undoing``: `handlers`)."""
    if not node.traits.has_incoming:
        return True
    return node.instantiate or node.id in undoing or catches_link(node)


def may_end(node: Node) -> bool:
    """Whether nothing is missing when no flow leaves the node."""
    traits = node.traits
    return traits.may_end_path or not traits.has_outgoing or node.for_compensation or throws_link(node)
