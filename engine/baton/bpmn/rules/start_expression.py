"""What starts an instance is known at deployment: names and timers of start events are texts or constants.

No variable exists before the instance does. Camunda 7 and 8 evaluate these expressions at deployment too.
"""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node
from baton.expression import ExpressionError, compile_expression, evaluate_constant, evaluate_constant_name
from baton.expression.timing import find_first_due
from baton.model.attributes import Expression
from baton.model.definition import EventDefinition, EventKind, Node, ProcessModel
from baton.model.problems import Problem, Severity
from baton.model.times import Millis

RULE = "start-expression"
SOME_DAY: Millis = 1_800_000_000_000
"""A moment to try ``now()`` with; at deployment it is evaluated again."""
NAMED = (EventKind.MESSAGE, EventKind.SIGNAL)


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.entries:
        for event in node.events:
            yield from _check_event(node, event)


def _check_event(node: Node, event: EventDefinition) -> Iterator[Problem]:
    expression = event.name if event.kind in NAMED else event.value if event.kind is EventKind.TIMER else None
    if expression is None or expression.dialect == "literal" or not _can_be_read(expression):
        return
    what = f"{event.kind} name" if event.kind in NAMED else f"{event.timer} of the timer"
    mistake = _find_mistake(event, expression)
    if mistake:
        yield Problem(
            rule=RULE,
            severity=Severity.ERROR,
            message=f"Expected a constant as the {what} of {name_node(node)}, as there is no variable before the "
            "instance "
            f"is started, but found {expression.text!r}: {mistake}",
            element=node.id,
            line=expression.line or node.line,
        )


def _can_be_read(expression: Expression) -> bool:
    """A mistake of syntax is another rule's finding."""
    try:
        compile_expression(expression.text, expression.dialect)
    except ExpressionError:
        return False
    return True


def _find_mistake(event: EventDefinition, expression: Expression) -> str | None:
    try:
        if event.timer is None:
            evaluate_constant_name(expression, SOME_DAY)
        else:
            find_first_due(event.timer, evaluate_constant(expression, SOME_DAY), SOME_DAY)
    except ExpressionError as error:
        return str(error)
    return None
