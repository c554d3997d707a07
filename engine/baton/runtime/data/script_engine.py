"""The one door from tokens to expressions and scripts: SpiffWorkflow's script engine, with Baton's dialects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from baton.expression import ChangingScope
from baton.expression.scripts.contract import get_dialect
from baton.model.declared import remove_declarations
from baton.runtime.data.trusted_python import TrustedPython
from baton.runtime.data.variables import TokenScope, collect_visible, remove_visible, set_visible

if TYPE_CHECKING:
    from baton.expression import Scope
    from baton.expression.scripts import ScriptResult
    from baton.model.attributes import Script
    from baton.model.values import Value
    from baton.runtime.core.ports import Scripts
    from baton.runtime.core.token import Token

V_co = TypeVar("V_co", covariant=True)
V = TypeVar("V")


class Evaluable(Protocol[V_co]):
    """A compiled expression. ``python`` is its text if it is one in Python."""

    @property
    def python(self) -> str | None: ...

    @property
    def changes_variables(self) -> bool: ...

    def evaluate(self, scope: Scope) -> V_co: ...

    def accept(self, value: Value) -> V_co:
        """A value that was computed elsewhere. Raises ExpressionError if the expression cannot have it."""
        ...


class ScriptTaskCode:
    """The script of a task, and the variable that takes its result."""

    def __init__(self, script: Script | None, result_variable: str | None) -> None:
        self.script = script
        self.result_variable = result_variable


class ScriptEngine(PythonScriptEngine):
    """Evaluates by Baton's interpreters and runs scripts in its sandbox; nothing reaches ``eval`` or ``exec``.

    Unless ``scripts`` are a ``TrustedPython``, which then evaluates expressions in Python too.
    """

    def __init__(self, scripts: Scripts) -> None:
        super().__init__()
        self._scripts = scripts
        self._trusted = scripts if isinstance(scripts, TrustedPython) else None

    def evaluate(self, task: Token, expression: Evaluable[V], external_context: Mapping[str, Value] | None = None) -> V:
        """The value seen from the token, ``external_context`` hiding its variables. Raises ExpressionError."""
        if self._trusted is not None and expression.python is not None:
            seen = remove_declarations({**collect_visible(task), **(external_context or {})})
            return expression.accept(self._trusted.evaluate(expression.python, seen))
        scope = TokenScope(task, external_context)
        return self._change(task, expression, scope) if expression.changes_variables else expression.evaluate(scope)

    def _change(self, task: Token, expression: Evaluable[V], scope: Scope) -> V:
        """What the expression sets is set when it is done: one that fails changes nothing."""
        changing = ChangingScope(scope)
        value = expression.evaluate(changing)
        remove_visible(task, changing.removed)
        set_visible(task, changing.changed)
        return value

    def execute(self, task: Token, script: ScriptTaskCode, external_context: Mapping[str, Value] | None = None) -> bool:
        """Run the script of a task and set its variables. Raises ExpressionError, or BpmnErrorRaised."""
        if script.script is not None:
            done = self.run(task, script.script, external_context)
            set_visible(task, done.variables_set)
            if script.result_variable:
                set_visible(task, {script.result_variable: done.result})
        return True

    def run_mapping(self, task: Token, script: Script, external_context: Mapping[str, Value] | None = None) -> Value:
        """The result of a script in a mapping. What a script in Python assigns is its own; an expression may set
        variables of the instance, by ``execution.setVariable``."""
        done = self.run(task, script, external_context)
        if get_dialect(script) is not None:
            set_visible(task, done.variables_set)
        return done.result

    def run(self, task: Token, script: Script, external_context: Mapping[str, Value] | None = None) -> ScriptResult:
        """Run a script on what the token sees; it has set nothing yet. Raises ExpressionError, or BpmnErrorRaised."""
        variables = remove_declarations({**collect_visible(task), **(external_context or {})})
        return self._scripts.run(script, variables, context=task.workflow.collect_facts(task))
