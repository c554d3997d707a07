"""A retry cycle that is written out can be read: R3/PT10S, a list of durations, or a number."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.expression import ExpressionError
from baton.expression.timing import parse_retry_cycle
from baton.model.attributes import Expression
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "retry-syntax"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        given = node.job_retries or (node.external.retries if node.external else None)
        mistake = _find_mistake(given) if given else None
        if mistake:
            yield refuse_node(RULE, node, f"Expected a retry cycle at {name_node(node)}, but found: {mistake}")


def _find_mistake(given: Expression) -> str | None:
    if given.dialect != "literal":
        return None
    try:
        parse_retry_cycle(given.text)
    except ExpressionError as exc:
        return str(exc)
    return None
