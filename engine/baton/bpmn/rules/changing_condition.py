"""The condition of a conditional event is evaluated whenever variables change, so it must change none."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.expression import ExpressionError, compile_expression
from baton.model.attributes import Expression
from baton.model.definition import EventKind, ProcessModel
from baton.model.problems import Problem

RULE = "changing-condition"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        for event in node.events:
            if event.kind is EventKind.CONDITIONAL and event.value is not None and _changes(event.value):
                yield refuse_node(
                    RULE,
                    node,
                    f"Expected a condition that sets no variables at {name_node(node)}, but found one that does",
                )


def _changes(condition: Expression) -> bool:
    """A mistake of syntax is another rule's finding."""
    try:
        return compile_expression(condition.text, condition.dialect).changes_variables
    except ExpressionError:
        return False
