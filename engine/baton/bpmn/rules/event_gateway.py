"""What may follow an event-based gateway (clause 10.6.6)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.elements import Split
from baton.model.problems import Problem

RULE = "event-gateway"
EVENTS = frozenset({EventKind.MESSAGE, EventKind.TIMER, EventKind.SIGNAL, EventKind.CONDITIONAL})


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if node.traits.split is Split.FIRST_EVENT:
            yield from _check_gateway(model, node)


def _check_gateway(model: ProcessModel, gateway: Node) -> Iterator[Problem]:
    if len(gateway.outgoing) < 2:
        found = len(gateway.outgoing)
        report = warn_node if found else refuse_node
        yield report(RULE, gateway, f"Expected two or more flows out of {name_node(gateway)}, but found {found}")
    if gateway.instantiate and gateway.incoming:
        yield refuse_node(
            RULE, gateway, f"Expected no flow into {name_node(gateway)}, which starts the process, but found one"
        )
    targets = [model.nodes[model.flows[flow].target] for flow in gateway.outgoing]
    for target in targets:
        yield from _check_target(model, gateway, target)
    receives = any(_is_task(target) for target in targets)
    if receives and any(
        event.kind is EventKind.MESSAGE for target in targets if _is_event(target) for event in target.events
    ):
        yield refuse_node(
            RULE,
            gateway,
            f"Expected receive tasks or message events after {name_node(gateway)}, but found both (clause 10.6.6)",
        )


def _check_target(model: ProcessModel, gateway: Node, target: Node) -> Iterator[Problem]:
    if not _is_allowed(target):
        yield refuse_node(
            RULE,
            target,
            "Expected a receive task with a message or a catching message, timer, signal or conditional event after "
            f"{name_node(gateway)}, "
            f"but found {name_node(target)}",
        )
    elif len(target.incoming) > 1:
        yield refuse_node(
            RULE, target, f"Expected no other flow into {name_node(target)} than that of {name_node(gateway)}"
        )
    if _is_task(target) and model.boundaries.get(target.id):
        yield refuse_node(
            RULE, target, f"Expected no boundary event on {name_node(target)}, which follows {name_node(gateway)}"
        )


def _is_allowed(target: Node) -> bool:
    if _is_task(target):
        return bool(target.events)
    return _is_event(target) and bool(target.events) and all(event.kind in EVENTS for event in target.events)


def _is_task(target: Node) -> bool:
    return target.traits.follows_event_gateway and target.traits.is_task


def _is_event(target: Node) -> bool:
    return target.traits.follows_event_gateway and target.traits.is_event
