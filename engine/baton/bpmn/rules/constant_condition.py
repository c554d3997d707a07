"""A condition is true or false; a constant of another kind can never work."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.queries.expressions import Place, find_expressions
from baton.expression import ExpressionError, MappingScope, compile_expression
from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

RULE = "constant-condition"
CONDITIONS = frozenset({"condition", "completion_condition", "activation"})


def check(model: ProcessModel) -> Iterator[Problem]:
    for place in find_expressions(model):
        if place.what in CONDITIONS:
            yield from _check_constant(place)


def _check_constant(place: Place) -> Iterator[Problem]:
    try:
        compiled = compile_expression(place.expression.text, place.expression.dialect)
        if compiled.names:
            return
        value = compiled.evaluate(MappingScope({}))
    except ExpressionError:
        return
    if not isinstance(value, bool):
        yield Problem(
            rule=RULE,
            severity=Severity.ERROR,
            message=f"Expected {place.what} to be true or false, but found always {value!r}",
            element=place.element,
            line=place.expression.line,
        )
