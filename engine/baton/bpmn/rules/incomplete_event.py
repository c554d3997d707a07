"""An event that does not say what it waits for or what it throws (clause 10.5.5)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import EventDefinition, EventKind, Node, ProcessModel
from baton.model.problems import Problem

RULE = "incomplete-event"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if not node.traits.is_event:
            continue
        for event in node.events:
            missing = _find_missing(node, event)
            if missing:
                yield refuse_node(
                    RULE, node, f"Expected {missing} for the {event.kind} event of {name_node(node)}, but found none"
                )


def _find_missing(node: Node, event: EventDefinition) -> str | None:
    external = event.external is not None or node.external is not None
    if event.kind is EventKind.MESSAGE and event.name is None and not external:
        return "a message (messageRef)"
    if event.kind is EventKind.SIGNAL and event.name is None:
        return "a signal (signalRef)"
    if event.kind is EventKind.CONDITIONAL and event.value is None:
        return "a condition"
    if event.kind is EventKind.TIMER and event.value is None:
        return "a timeDate, timeDuration or timeCycle"
    if node.traits.throws and event.kind in (EventKind.ERROR, EventKind.ESCALATION) and event.code is None:
        return f"an {event.kind} with an {event.kind}Code"
    return None
