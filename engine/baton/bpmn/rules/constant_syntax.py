"""Numbers and dates that are written out can be read, and codes that are caught are written out (clause 10.5.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from baton.bpmn.findings import name_node, warn_node
from baton.expression import ExpressionError
from baton.expression.timing import find_first_due
from baton.model.attributes import Expression
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.problems import Problem, Severity

RULE = "constant-syntax"
SOME_DAY = 1_800_000_000_000
CODED = (EventKind.ERROR, EventKind.ESCALATION)


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        yield from _check_codes(node)
        for what, expected, given, can_be_read in _list_constants(node):
            if given is not None and given.dialect == "literal" and not can_be_read(given.text):
                yield _report(model, node, given, f"Expected {expected} as {what}", f"but found {given.text!r}")


def _report(model: ProcessModel, node: Node, given: Expression, expected: str, found: str) -> Problem:
    """Its place: what all nodes inherit from the process is reported once, for the process."""
    if given.line == model.line and node.line != model.line:
        message = f"{expected} of process '{model.id}', {found}"
        return Problem(rule=RULE, severity=Severity.WARNING, message=message, element=model.id, line=model.line)
    return warn_node(RULE, node, f"{expected} of {name_node(node)}, {found}")


def _check_codes(node: Node) -> Iterator[Problem]:
    """What is caught is compared as it is written: no expression is evaluated before something is thrown."""
    for event in node.events if node.traits.catches else ():
        if event.kind in CODED and event.code is not None and event.code.dialect != "literal":
            yield warn_node(
                RULE,
                node,
                f"Expected a fixed {event.kind} code at the catching {name_node(node)}, but found "
                f"{event.code.text!r}: it "
                "is compared as it is written",
            )


def _list_constants(node: Node) -> Iterator[tuple[str, str, Expression | None, Callable[[str], bool]]]:
    number, date = "a whole number", "a date or a duration"
    yield "jobPriority", number, node.job_priority, _is_whole
    yield "taskPriority", number, node.external.priority if node.external is not None else None, _is_whole
    if node.user is not None:
        yield "priority", number, node.user.priority, _is_whole
        yield "dueDate", date, node.user.due, _is_moment
        yield "followUpDate", date, node.user.follow_up, _is_moment


def _is_whole(text: str) -> bool:
    try:
        return float(text) == int(float(text))
    except (ValueError, OverflowError):
        return False


def _is_moment(text: str) -> bool:
    try:
        find_first_due("date", text, SOME_DAY)
    except ExpressionError:
        return False
    return True
