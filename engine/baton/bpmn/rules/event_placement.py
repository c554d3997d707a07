"""Which event definitions may stand where (clause 10.5, tables 10.84 to 10.93)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.problems import Problem

RULE = "event-placement"
K = EventKind
WAITING = frozenset({K.MESSAGE, K.TIMER, K.SIGNAL, K.CONDITIONAL})
NEVER_ASIDE = frozenset({K.ERROR, K.CANCEL})
"""Events that always interrupt."""
POSITIONS: dict[str, tuple[str, frozenset[EventKind], bool]] = {
    "start": ("the start of a process", WAITING, True),
    "inner start": ("the start of a subprocess", frozenset(), True),
    "event start": (
        "the start of an event subprocess",
        WAITING | {K.ERROR, K.ESCALATION, K.COMPENSATION},
        False,
    ),
    "catch": ("an intermediate catch event", WAITING | {K.LINK}, False),
    "throw": (
        "an intermediate throw event",
        frozenset({K.MESSAGE, K.ESCALATION, K.COMPENSATION, K.LINK, K.SIGNAL}),
        True,
    ),
    "boundary": (
        "a boundary event",
        WAITING | {K.ESCALATION, K.ERROR, K.CANCEL, K.COMPENSATION},
        False,
    ),
    "end": (
        "an end event",
        frozenset({K.MESSAGE, K.ESCALATION, K.ERROR, K.CANCEL, K.COMPENSATION, K.SIGNAL, K.TERMINATE}),
        True,
    ),
}
"""Position -> words, allowed kinds, whether an event without definition may stand there."""


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if node.traits.is_event:
            yield from _check_place(node, get_position(model, node))
            yield from _check_combination(node)
            yield from _check_interrupting(node, get_position(model, node))


def get_position(model: ProcessModel, node: Node) -> str:
    """A key of `POSITIONS`."""
    traits = node.traits
    if traits.is_boundary:
        return "boundary"
    if traits.is_intermediate:
        return "catch" if traits.catches else "throw"
    return "end" if traits.ends_path else _start_position(model, node)


def _start_position(model: ProcessModel, node: Node) -> str:
    around = model.nodes.get(node.scope)
    if around is None:
        return "start"
    return "event start" if around.traits.triggered_by_event else "inner start"


def _check_place(node: Node, where: str) -> Iterator[Problem]:
    words, allowed, none_allowed = POSITIONS[where]
    if not node.events and not none_allowed:
        yield refuse_node(RULE, node, f"Expected an event definition in {name_node(node)} ({words}), but found none")
    for event in node.events:
        if event.kind not in allowed:
            can = ", ".join(sorted(allowed)) or "an event without definition"
            yield refuse_node(
                RULE, node, f"Expected one of {can} as {words}, but found {event.kind} in {name_node(node)}"
            )


def _check_combination(node: Node) -> Iterator[Problem]:
    kinds = {event.kind for event in node.events}
    if len(node.events) > 1 and K.LINK in kinds:
        yield refuse_node(
            RULE, node, f"Expected a link to be the only event definition of {name_node(node)}, but found more"
        )
    if node.parallel_multiple and len(node.events) < 2:
        yield warn_node(
            RULE,
            node,
            f"Expected two or more event definitions in {name_node(node)} (parallelMultiple), but found fewer",
        )


def _check_interrupting(node: Node, where: str) -> Iterator[Problem]:
    if node.interrupting or where not in ("event start", "boundary"):
        return
    for event in node.events:
        if event.kind in NEVER_ASIDE:
            yield refuse_node(
                RULE, node, f"Expected {event.kind} in {name_node(node)} to interrupt, but found that it does not"
            )
        elif event.kind is K.COMPENSATION:
            yield refuse_node(
                RULE,
                node,
                f"Expected no non-interrupting compensation in {name_node(node)}: what it undoes has completed",
            )
