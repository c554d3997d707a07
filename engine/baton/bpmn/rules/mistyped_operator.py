"""A FEEL name of several words that looks like two names with a mistyped operator between them: it would be null."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.queries.expressions import find_expressions
from baton.bpmn.queries.variables import find_set_names
from baton.expression import ExpressionError, compile_expression
from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

RULE = "mistyped-operator"
OPERATORS = ("and", "or", "in", "between", "then", "else", "instance", "satisfies", "return")


def check(model: ProcessModel) -> Iterator[Problem]:
    for place in find_expressions(model):
        text = place.expression.text
        for name, position in _list_names(text) if place.expression.dialect == "feel" else ():
            found = _find_mistake(name)
            if found is None or name in find_set_names(model):
                continue
            word, operator = found
            yield Problem(
                rule=RULE,
                severity=Severity.WARNING,
                message=f"Expected an operator such as '{operator}' as {place.what}, but found '{word}' (column "
                f"{text.find(word, position) + 1} of {text}): '{name}' is read as one name, which is null unless "
                "there is a variable of that name",
                element=place.element,
                line=place.expression.line,
            )


def _list_names(text: str) -> list[tuple[str, int]]:
    """The names of several words in an expression, and where they begin."""
    try:
        found = compile_expression(text, "feel").find_names()
    except ExpressionError:
        return []
    return [(name, position) for name, position in found if " " in name]


def _find_mistake(name: str) -> tuple[str, str] | None:
    """The word that looks like an operator, and the operator; only a word between two others can be one."""
    for word in name.split()[1:-1]:
        for operator in OPERATORS:
            if _looks_like(word, operator):
                return word, operator
    return None


def _looks_like(word: str, operator: str) -> bool:
    """The operator in capitals, with two letters exchanged, or with one of them typed twice."""
    typed = word.lower()
    if typed == operator:
        return True
    if len(typed) == len(operator):
        wrong = [at for at, (one, other) in enumerate(zip(typed, operator, strict=True)) if one != other]
        first, last = (wrong[0], wrong[-1]) if wrong else (0, 0)
        exchanged = len(wrong) == 2 and last == first + 1
        return exchanged and (typed[first], typed[last]) == (operator[last], operator[first])
    return typed in {operator[:at] + letter + operator[at:] for at, letter in enumerate(operator)}
