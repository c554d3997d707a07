"""Every expression can be compiled; a mistake is shown with its position."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.queries.expressions import Place, find_expressions
from baton.expression import ExpressionError, compile_expression
from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

RULE = "expression-syntax"


def check(model: ProcessModel) -> Iterator[Problem]:
    for place in find_expressions(model):
        message = _find_mistake(place)
        if message:
            yield Problem(
                rule=RULE,
                severity=Severity.ERROR,
                message=f"Expected an expression as {place.what}, but found {place.expression.text!r}: {message}",
                element=place.element,
                line=place.expression.line,
            )


def _find_mistake(place: Place) -> str | None:
    if place.expression.dialect == "literal":
        return None
    try:
        compile_expression(place.expression.text, place.expression.dialect)
    except ExpressionError as exc:
        return str(exc)
    return None
