"""A method that no variable can have: in Camunda 7 the expression calls a Java bean, which does not exist here."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.queries.expressions import Place, find_expressions
from baton.bpmn.queries.variables import find_set_names
from baton.expression import ExpressionError, ForeignCall, compile_expression
from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

RULE = "bean-call"
PLACES = {"result": "camunda:expression", "value": "the value"}
"""What the parts of the model are called that have another name than in the file."""


def check(model: ProcessModel) -> Iterator[Problem]:
    """A getter, and a method without arguments of what the process sets, may read an entry of an object."""
    for place in find_expressions(model):
        for call in _list_calls(place):
            if not _may_be_entry(call, model):
                what = f"of '{call.variable}'" if call.variable else "of a value"
                yield Problem(
                    rule=RULE,
                    severity=Severity.WARNING,
                    message=f"Expected methods that values have in {PLACES.get(place.what, place.what)}, but found "
                    f"'{call.method}' {what}: Java beans cannot run here, an instance would stop with an incident; "
                    "let a worker do it",
                    element=place.element,
                    line=place.expression.line,
                )


def _list_calls(place: Place) -> list[ForeignCall]:
    if place.expression.dialect != "juel":
        return []
    try:
        found = compile_expression(place.expression.text, "juel").find_foreign_calls()
    except ExpressionError:
        return []
    return [call for call in found if not (call.variable == "task" and place.what in ("expression", "listeners"))]


def _may_be_entry(call: ForeignCall, model: ProcessModel) -> bool:
    if call.has_arguments:
        return False
    getter = any(call.method.startswith(prefix) and call.method != prefix for prefix in ("get", "is"))
    return getter or call.variable in find_set_names(model)
