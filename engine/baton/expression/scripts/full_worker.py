"""The process of one script in full Python: a request on standard input, the answer as the last line of the output."""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.scripts.contract import BpmnErrorRaised
from baton.expression.scripts.full import decode, encode
from baton.expression.scripts.local import execute
from baton.model.definition import Script

_INTERPRETER = 512 * 1024 * 1024
"""Address space that Python itself and its libraries take."""


def main() -> None:
    request = json.loads(sys.stdin.read(), object_hook=decode)
    limit = int(request["memory"]) + _INTERPRETER
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    answer: dict[str, Any]
    try:
        done = execute(Script(request["source"]), request["variables"])
        answer = {"variables": dict(done.variables_set), "result": done.result}
    except BpmnErrorRaised as error:
        answer = {"bpmn_error": [error.code, error.message]}
    except ExpressionError as error:
        answer = {"error": str(error)}
    sys.stdout.write("\n" + json.dumps(answer, default=encode))


if __name__ == "__main__":
    main()
