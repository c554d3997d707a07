from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine as PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import (
    BasePythonScriptEngineEnvironment as BasePythonScriptEngineEnvironment,
)
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment as TaskDataEnvironment
