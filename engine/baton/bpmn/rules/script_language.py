"""Scripts are Python (in the sandbox), FEEL or JUEL; other languages cannot run here."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.queries.expressions import find_scripts
from baton.expression.scripts import is_supported_language
from baton.model.definition import ProcessModel
from baton.model.problems import Problem, Severity

RULE = "script-language"


def check(model: ProcessModel) -> Iterator[Problem]:
    for place in find_scripts(model):
        if not is_supported_language(place.script.language):
            yield Problem(
                rule=RULE,
                severity=Severity.ERROR,
                message=f"Expected a script in python, feel or juel, but found '{place.script.language}': "
                'let a worker do it (camunda:type="external")',
                element=place.element,
                line=place.script.line,
            )
