"""What the runtime does not run yet is refused. The tables say what it runs; whoever adds an element opens it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from baton.bpmn.findings import label, node_error
from baton.bpmn.rules.event_placement import POSITIONS, position
from baton.model.definition import EVENTS, EventKind, MultiInstance, Node, NodeKind, ProcessModel, StandardLoop
from baton.model.problems import Problem

RULE = "unsupported"
N, E = NodeKind, EventKind

NODES = frozenset(
    {
        N.TASK,
        N.MANUAL_TASK,
        N.USER_TASK,
        N.SERVICE_TASK,
        N.SEND_TASK,
        N.RECEIVE_TASK,
        N.SCRIPT_TASK,
        N.SUB_PROCESS,
        N.EVENT_SUB_PROCESS,
        N.EXCLUSIVE_GATEWAY,
        N.PARALLEL_GATEWAY,
        N.EVENT_BASED_GATEWAY,
        *EVENTS,
    }
)
"""The node kinds that run."""

EVENT_KINDS: dict[str, frozenset[EventKind]] = {
    "start": frozenset({E.MESSAGE, E.TIMER}),
    "inner start": frozenset(),
    "event start": frozenset({E.ERROR}),
    "catch": frozenset({E.MESSAGE, E.TIMER}),
    "throw": frozenset({E.MESSAGE, E.COMPENSATION}),
    "boundary": frozenset({E.MESSAGE, E.TIMER, E.ERROR, E.COMPENSATION}),
    "end": frozenset({E.MESSAGE, E.ERROR, E.TERMINATE, E.COMPENSATION}),
}
"""Position (see `event_placement.POSITIONS`) -> the event definitions that run there."""

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
    "listeners": ("listeners", lambda node: bool(node.listeners)),
    "scripts-around": (
        "pre and post scripts",
        lambda node: node.pre_script is not None or node.post_script is not None,
    ),
    "asynchronous": ("asyncBefore and asyncAfter", lambda node: node.async_before or node.async_after),
}
"""Name -> words, and whether a node uses it."""

RUNNING_FEATURES: frozenset[str] = frozenset()
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
    for name, (words, uses) in FEATURES.items():
        if name not in RUNNING_FEATURES and uses(node):
            yield words
