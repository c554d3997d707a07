"""An observed process conducts nothing: it has nothing that calls, sends, or listens by itself."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.bpmn.queries.nodes import has_event
from baton.expression import ExpressionError
from baton.expression.timing import parse_duration
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.elements import Split
from baton.model.problems import Problem, Severity

RULE = "not-observable"
DURATIONS = ("baton:expectedDuration", "baton:grace")


def check(model: ProcessModel) -> Iterator[Problem]:
    if not model.observed:
        return
    for node in model.nodes.values():
        reason = _find_reason(node, node.scope == model.id)
        if reason:
            yield refuse_node(
                RULE,
                node,
                f"Expected only what events can move in the observed process, but {name_node(node)} {reason}",
            )
    yield from _check_durations(model)


def _find_reason(node: Node, is_outermost: bool) -> str | None:
    if has_event(node, EventKind.MESSAGE, EventKind.SIGNAL):
        way = "sends a message or signal" if node.traits.throws else "waits for a message or signal"
        return f"{way} by itself: draw a task, and map the event to it"
    if is_outermost and node.traits.starts_scope and has_event(node, EventKind.TIMER, EventKind.CONDITIONAL):
        return "starts by itself: use a none start event, and map an event to the process"
    if node.traits.calls_process:
        return "starts another process: draw a task"
    if node.loop is not None:
        return "repeats, and an event cannot say which repetition it is about: draw the loop with flows"
    if node.traits.runs_on_demand:
        return "has no order, so that events have no place in it: draw the ways that it can go"
    if node.traits.split is Split.FIRST_EVENT:
        return "waits for events by itself: use an exclusive gateway with conditions on what events carry"
    if any(not listener.is_inline for listener in node.listeners):
        return "has a listener that a worker runs: leave it out"
    return None


def _check_durations(model: ProcessModel) -> Iterator[Problem]:
    places = [(model.properties, None, model.line), *((node.properties, node.id, node.line) for node in _tasks(model))]
    for properties, element, line in places:
        for name in DURATIONS:
            text = properties.get(name)
            if text is not None and not _is_duration(text):
                message = f"Expected a duration such as PT10M as {name}, but found '{text}'"
                yield Problem(rule=RULE, severity=Severity.ERROR, message=message, element=element, line=line)


def _tasks(model: ProcessModel) -> list[Node]:
    return [node for node in model.nodes.values() if node.observed]


def _is_duration(text: str) -> bool:
    try:
        return parse_duration(text).is_positive
    except ExpressionError:
        return False
