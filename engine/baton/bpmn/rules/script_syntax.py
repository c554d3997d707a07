"""Scripts can be read by the sandbox that will run them."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.queries.expressions import find_scripts
from baton.expression import ExpressionError
from baton.expression.scripts import check_script, is_supported_language
from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

RULE = "script-syntax"


def check(model: ProcessModel) -> Iterator[Problem]:
    for place in find_scripts(model):
        if not place.script.source.strip() or not is_supported_language(place.script.language):
            continue
        try:
            check_script(place.script)
        except ExpressionError as exc:
            yield Problem(
                rule=RULE,
                severity=Severity.ERROR,
                message=f"Expected a script that can be read as {place.what}, but found a mistake: {exc}",
                element=place.element,
                line=place.script.line,
            )
