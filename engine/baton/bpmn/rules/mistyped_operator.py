"""A FEEL name of several words that looks like two names with a mistyped operator between them: it would be null."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.queries.expressions import find_expressions, find_scripts
from baton.bpmn.queries.variables import find_set_names
from baton.expression import ExpressionError, compile_expression
from baton.expression.feel import Mistyped, find_mistyped, may_have_mistyped
from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

RULE = "mistyped-operator"


def check(model: ProcessModel) -> Iterator[Problem]:
    for place in find_expressions(model):
        if place.expression.dialect == "feel":
            yield from _check_text(model, place.expression.text, place.what, place.element, place.expression.line)
    for place in find_scripts(model):
        if place.script.language.strip().lower() == "feel":
            yield from _check_text(model, place.script.source, place.what, place.element, place.script.line)


def _check_text(model: ProcessModel, text: str, what: str, element: str, line: int | None) -> Iterator[Problem]:
    for mistyped in _list_mistyped(text):
        if mistyped.name not in find_set_names(model):
            yield Problem(
                rule=RULE, severity=Severity.WARNING, message=mistyped.explain(what), element=element, line=line
            )


def _list_mistyped(text: str) -> list[Mistyped]:
    if not may_have_mistyped(text):
        return []
    try:
        return list(find_mistyped(text, compile_expression(text, "feel").find_names()))
    except ExpressionError:
        return []
