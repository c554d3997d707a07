"""Two events that catch the same error, escalation, message or signal at one place: which of them does is chance."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, warn_node
from baton.model.definition import EventDefinition, EventKind, Node, ProcessModel
from baton.model.problems import Problem

RULE = "duplicate-catcher"
CODED = (EventKind.ERROR, EventKind.ESCALATION)
NAMED = (EventKind.MESSAGE, EventKind.SIGNAL)


def check(model: ProcessModel) -> Iterator[Problem]:
    """At one activity, among the event subprocesses of one scope, and among the starts of the process."""
    yield from _check_place(f"process '{model.id}'", model.entries)
    for host, boundaries in model.boundaries.items():
        yield from _check_place(f"'{host}'", boundaries)
    for scope, subprocesses in model.event_subprocesses.items():
        starts = [start for inner in subprocesses for start in model.list_starts(inner.id)]
        yield from _check_place(f"the event subprocesses of '{scope}'", starts)


def _check_place(place: str, nodes: tuple[Node, ...] | list[Node]) -> Iterator[Problem]:
    first: dict[tuple[str, str | None], Node] = {}
    for node in nodes:
        for event in node.events:
            key = _get_key(event)
            if key is None:
                continue
            other = first.setdefault(key, node)
            if other is not node:
                what = f"{event.kind} '{key[1]}'" if key[1] is not None else f"event that catches every {event.kind}"
                yield warn_node(
                    RULE,
                    node,
                    f"Expected one catcher of the {what} at {place}, but found {name_node(node)} beside "
                    f"{name_node(other)}",
                )


def _get_key(event: EventDefinition) -> tuple[str, str | None] | None:
    """What the event catches; None for events of other kinds."""
    if event.kind in CODED:
        return event.kind.value, event.code.text if event.code is not None else None
    if event.kind in NAMED and event.name is not None and event.correlation_key is None:
        return event.kind.value, event.name.text
    return None
