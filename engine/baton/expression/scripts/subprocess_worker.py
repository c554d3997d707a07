"""The process of one script: a request on standard input, the answer as the last line of the output."""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.scripts.contract import BpmnErrorRaised, ScriptLimits, ScriptResult
from baton.expression.scripts.local import execute
from baton.expression.scripts.sandbox import SandboxScriptRunner
from baton.expression.scripts.subprocess_runner import decode, encode
from baton.model.attributes import Script

_INTERPRETER = 512 * 1024 * 1024
"""Address space that Python itself and its libraries take."""


def main() -> None:
    request = json.loads(sys.stdin.read(), object_hook=decode)
    answer: dict[str, Any]
    try:
        done = _run(request)
        answer = {"variables": dict(done.variables_set), "result": done.result}
    except BpmnErrorRaised as error:
        answer = {"bpmn_error": [error.code, error.message]}
    except ExpressionError as error:
        answer = {"error": str(error)}
    sys.stdout.write("\n" + json.dumps(answer, default=encode))


def _run(request: dict[str, Any]) -> ScriptResult:
    script, limits = Script(request["source"]), ScriptLimits(*request["limits"])
    if request["kind"] == "full":
        space = limits.memory + _INTERPRETER
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
        return execute(script, request["variables"])
    runner = SandboxScriptRunner(limits, processes=1)
    try:
        return runner.run(script, request["variables"], context={"now": request["now"]})
    finally:
        runner.close()


if __name__ == "__main__":
    main()
