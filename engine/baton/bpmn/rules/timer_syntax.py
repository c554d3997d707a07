"""Dates, durations and cycles that are written out can be read (clause 10.5.5; ISO 8601, cron)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.expression import ExpressionError
from baton.expression.timing import parse_cycle, parse_date, parse_duration
from baton.model.definition import EventDefinition, ProcessModel
from baton.model.problems import Problem

RULE = "timer-syntax"
PARSERS = {"date": parse_date, "duration": parse_duration, "cycle": parse_cycle}


def check(model: ProcessModel) -> Iterator[Problem]:
    """Texts with expressions are known only when the timer starts."""
    for node in model.nodes.values():
        for event in node.events:
            mistake = _find_mistake(event)
            if mistake:
                yield refuse_node(
                    RULE, node, f"Expected a {event.timer} for the timer of {name_node(node)}, but found: {mistake}"
                )


def _find_mistake(event: EventDefinition) -> str | None:
    if event.timer is None or event.value is None or event.value.dialect != "literal":
        return None
    try:
        PARSERS[event.timer](event.value.text)
    except ExpressionError as exc:
        return str(exc)
    return None
