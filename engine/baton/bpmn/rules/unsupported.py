"""What can be read but does not run is refused. The table names it; the entry goes when the runtime learns it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from baton.bpmn.findings import label, refuse_node
from baton.model.definition import Node, ProcessModel
from baton.model.problems import Problem

RULE = "unsupported"

LISTENER_EVENTS = frozenset({"start", "create", "creating", "end", "complete", "completing"})
"""The listener events that are called."""


def _starts_by_several_events(model: ProcessModel, node: Node) -> bool:
    return node.traits.starts_scope and node.parallel_multiple and node.scope == model.id


def _has_uncalled_listener(_: ProcessModel, node: Node) -> bool:
    return any(not node.traits.is_activity or listener.event not in LISTENER_EVENTS for listener in node.listeners)


UNSUPPORTED: dict[str, Callable[[ProcessModel, Node], bool]] = {
    "a start event that needs several events to begin an instance (parallelMultiple)": _starts_by_several_events,
    "a listener for another event than the start or end of an activity": _has_uncalled_listener,
}
"""What messages call it, and whether a node uses it."""


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        for what, uses in UNSUPPORTED.items():
            if uses(model, node):
                yield refuse_node(
                    RULE, node, f"Expected only what this release of Baton runs, but found {what} ({label(node)})"
                )
