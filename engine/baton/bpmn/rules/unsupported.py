"""What the runtime does not run yet is refused. The tables say what it runs; whoever adds an element opens it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from baton.bpmn.findings import label, node_error
from baton.bpmn.rules.event_placement import POSITIONS, position
from baton.model.definition import (
    ACTIVITIES,
    EVENTS,
    EventKind,
    MultiInstance,
    Node,
    NodeKind,
    ProcessModel,
    StandardLoop,
)
from baton.model.problems import Problem

RULE = "unsupported"
N, E = NodeKind, EventKind

NODES = frozenset(NodeKind)
"""The node kinds that run."""

EVENT_KINDS: dict[str, frozenset[EventKind]] = {
    "start": frozenset({E.MESSAGE, E.TIMER, E.SIGNAL, E.CONDITIONAL}),
    "inner start": frozenset(),
    "event start": frozenset({E.MESSAGE, E.TIMER, E.SIGNAL, E.CONDITIONAL, E.ERROR, E.ESCALATION, E.COMPENSATION}),
    "catch": frozenset({E.MESSAGE, E.TIMER, E.SIGNAL, E.CONDITIONAL, E.LINK}),
    "throw": frozenset({E.MESSAGE, E.SIGNAL, E.ESCALATION, E.LINK, E.COMPENSATION}),
    "boundary": frozenset(
        {E.MESSAGE, E.TIMER, E.SIGNAL, E.CONDITIONAL, E.ERROR, E.ESCALATION, E.CANCEL, E.COMPENSATION}
    ),
    "end": frozenset({E.MESSAGE, E.SIGNAL, E.ERROR, E.ESCALATION, E.TERMINATE, E.CANCEL, E.COMPENSATION}),
}
"""Position (see `event_placement.POSITIONS`) -> the event definitions that run there."""

LISTENED = frozenset({"start", "create", "creating", "end", "complete", "completing"})
"""The listener events that are called."""

FEATURES: dict[str, tuple[str, Callable[[Node], bool]]] = {
    "standard-loop": ("a standard loop", lambda node: isinstance(node.loop, StandardLoop)),
    "multi-instance": ("multi-instance", lambda node: isinstance(node.loop, MultiInstance)),
    "multiple-events": ("several event definitions", lambda node: node.kind in EVENTS and len(node.events) > 1),
    "quantities": (
        "start or completion quantity",
        lambda node: (node.start_quantity, node.completion_quantity) != (1, 1),
    ),
    "instantiate": ("instantiate", lambda node: node.instantiate),
    "data-associations": ("data associations", lambda node: bool(node.input_data or node.output_data)),
    "listeners": (
        "a listener for another event than the start or end of an activity",
        lambda node: any(node.kind not in ACTIVITIES or one.event not in LISTENED for one in node.listeners),
    ),
    "scripts-around": (
        "pre and post scripts",
        lambda node: node.pre_script is not None or node.post_script is not None,
    ),
    "asynchronous": ("asyncBefore and asyncAfter", lambda node: node.async_before or node.async_after),
}
"""Name -> words, and whether a node uses it."""

RUNNING_FEATURES: frozenset[str] = frozenset(FEATURES) - {"listeners"}
"""The features that run."""


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        for what in _missing(model, node):
            yield node_error(
                RULE, node, f"Expected only what this release of Baton runs, but found {what} ({label(node)})"
            )


def _missing(model: ProcessModel, node: Node) -> Iterator[str]:
    if node.kind not in NODES:
        yield f"the element {node.kind}"
    if node.kind in EVENTS:
        where = position(model, node)
        for event in node.events:
            if event.kind in POSITIONS[where][1] and event.kind not in EVENT_KINDS[where]:
                yield f"a {event.kind} event as {POSITIONS[where][0]}"
    if node.kind is N.START_EVENT and node.parallel_multiple and node.scope == model.id:
        yield "a start event that needs several events to begin an instance (parallelMultiple)"
    for name, (words, uses) in FEATURES.items():
        if name not in RUNNING_FEATURES and uses(node):
            yield words
