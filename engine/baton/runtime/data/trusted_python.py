"""Python of models that are trusted, run by a ``PythonScriptEngine`` of the caller instead of in the sandbox.

For a shop that writes its own models in Python and wants its own functions in them. Nothing bounds what such a model
does to the process that runs it, so this is off unless an engine is passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.exceptions import SpiffWorkflowException

from baton.expression import ExpressionError
from baton.expression.scripts import BpmnErrorRaised, ScriptResult
from baton.expression.scripts.contract import PYTHON
from baton.expression.scripts.values import find_changed, to_value

if TYPE_CHECKING:
    from baton.model.attributes import Script
    from baton.model.values import Value, Variables
    from baton.runtime.core.ports import Scripts


class TrustedPython:
    """Scripts for ``Ports``: those in Python go to ``engine``, all others to ``others``.

    Expressions without delimiters, which are Python too, go to ``engine`` as well. Models are checked at deployment as
    for the sandbox: your own names may be used in scripts and expressions, your own functions only in scripts.
    """

    def __init__(self, engine: PythonScriptEngine, others: Scripts) -> None:
        self._engine = engine
        self._others = others

    def run(
        self, script: Script, variables: Variables, limits: None = None, context: Mapping[str, Value] | None = None
    ) -> ScriptResult:
        """Raises ExpressionError, or BpmnErrorRaised if the script raises that. There is no result."""
        if script.language.strip().lower() not in PYTHON:
            return self._others.run(script, variables, limits, context)
        task = _task(variables)
        try:
            self._engine.execute(task, script.source)
        except SpiffWorkflowException as error:
            if isinstance(error.__context__, BpmnErrorRaised):
                raise error.__context__ from None
            raise ExpressionError(str(error)) from error
        return ScriptResult(find_changed(variables, task.data))

    def evaluate(self, text: str, variables: Variables) -> Value:
        """The value of an expression in Python. Raises ExpressionError."""
        try:
            return to_value(self._engine.evaluate(_task(variables), text), f"the value of '{text}'")
        except SpiffWorkflowException as error:
            raise ExpressionError(str(error)) from error


def _task(variables: Variables) -> Any:
    """What a script engine uses of a task: its data (here a copy) and names for its messages."""
    workflow = SimpleNamespace(spec=SimpleNamespace(file=None), data_objects={})
    workflow.top_workflow = workflow
    return SimpleNamespace(data=deepcopy(dict(variables)), task_spec=SimpleNamespace(bpmn_name=None), workflow=workflow)
