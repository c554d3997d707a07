"""What can be read but does not run is refused. The table names it; the entry goes when the runtime learns it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import Listener, Node, ProcessModel
from baton.model.elements import Join, Split, Work
from baton.model.problems import Problem, Severity

RULE = "unsupported"

WORKER_EVENTS = frozenset({"start", "create", "creating", "end", "complete", "completing"})
"""The events of activities that listeners of workers are called for."""
TASK_EVENTS = frozenset({"create", "assignment", "update", "complete", "delete"})
"""The events of user tasks that expressions and scripts are run for."""


def _starts_by_several_events(model: ProcessModel, node: Node) -> bool:
    return node.traits.starts_scope and node.parallel_multiple and node.scope == model.id


def _has_uncalled_listener(_: ProcessModel, node: Node) -> bool:
    return any(not _is_called(node, listener) for listener in node.listeners)


def _is_called(node: Node, listener: Listener) -> bool:
    if not listener.is_inline:
        return node.traits.is_activity and listener.event in WORKER_EVENTS
    if listener.of_task:
        return node.traits.work is Work.USER and listener.event in TASK_EVENTS
    if node.traits.join is Join.ACTIVATION:
        return False
    first_event = node.traits.split is Split.FIRST_EVENT
    return listener.event == "start" or (listener.event == "end" and not first_event)


def _listens_after_event_gateway(model: ProcessModel, node: Node) -> bool:
    return node.traits.split is Split.FIRST_EVENT and any(model.flows[flow].listeners for flow in node.outgoing)


UNSUPPORTED: dict[str, Callable[[ProcessModel, Node], bool]] = {
    "a start event that needs several events to begin an instance (parallelMultiple)": _starts_by_several_events,
    "a listener for an event that is not called here": _has_uncalled_listener,
    "a listener on a flow out of an event-based gateway": _listens_after_event_gateway,
}
"""What messages call it, and whether a node uses it."""


def check(model: ProcessModel) -> Iterator[Problem]:
    for listener in model.listeners:
        if listener.event not in ("start", "end"):
            yield Problem(
                rule=RULE,
                severity=Severity.ERROR,
                message=f"Expected a listener for start or end at process '{model.id}', but found '{listener.event}'",
                element=model.id,
                line=model.line,
            )
    for node in model.nodes.values():
        for what, uses in UNSUPPORTED.items():
            if uses(model, node):
                yield refuse_node(
                    RULE, node, f"Expected only what this release of Baton runs, but found {what} ({name_node(node)})"
                )
