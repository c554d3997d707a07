"""Scripts of models: Python in a sandbox of its own processes, FEEL and JUEL in place."""

from baton.expression.scripts.contract import (
    PYTHON,
    BpmnErrorRaised,
    ScriptLimits,
    ScriptResult,
    ScriptRunner,
    check_script,
    get_dialect,
    is_supported_language,
)
from baton.expression.scripts.full import FullPythonRunner
from baton.expression.scripts.local import LocalScriptRunner
from baton.expression.scripts.sandbox import SandboxScriptRunner

__all__ = [
    "PYTHON",
    "BpmnErrorRaised",
    "FullPythonRunner",
    "LocalScriptRunner",
    "SandboxScriptRunner",
    "ScriptLimits",
    "ScriptResult",
    "ScriptRunner",
    "check_script",
    "get_dialect",
    "is_supported_language",
]
