"""Scripts that are expressions: FEEL and JUEL, evaluated where they are."""

from __future__ import annotations

from collections.abc import Mapping

from baton.expression.compiled import compile_expression
from baton.expression.core.errors import ExpressionError
from baton.expression.core.scope import ChangingScope, MappingScope
from baton.expression.scripts.contract import ScriptResult, get_dialect
from baton.model.attributes import Script
from baton.model.values import Value, Variables


def run_in_place(script: Script, variables: Variables, context: Mapping[str, Value] | None) -> ScriptResult | None:
    """The result of a FEEL or JUEL script; None when the script is Python."""
    dialect = get_dialect(script)
    if dialect is None:
        return None
    scope = ChangingScope(MappingScope(variables, context))
    result = compile_expression(script.source.strip(), dialect).evaluate(scope)
    if scope.removed:
        raise ExpressionError(f"Expected a script that removes no variables, but it removes '{min(scope.removed)}'")
    return ScriptResult(variables_set=scope.changed, result=result)
