from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

class PythonScriptEngine:
    environment: BasePythonScriptEngineEnvironment
    def __init__(self, environment: BasePythonScriptEngineEnvironment | None = ...) -> None: ...
    def evaluate(self, task: Any, expression: Any, external_context: Mapping[str, Any] | None = ...) -> Any: ...
    def execute(self, task: Any, script: Any, external_context: Mapping[str, Any] | None = ...) -> Any: ...
