"""Scripts of a model, run for a token on what it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.runtime.variables import Layer, visible

if TYPE_CHECKING:
    from baton.expression.scripts import ScriptResult
    from baton.model.attributes import Script
    from baton.runtime.token import Token


def run(token: Token, script: Script, extra: Layer | None = None) -> ScriptResult:
    """Raises ExpressionError, or BpmnErrorRaised for a modelled error."""
    workflow = token.workflow
    variables = {**visible(token), **(extra or {})}
    return workflow.ports.scripts.run(script, variables, context=workflow.facts(token))
