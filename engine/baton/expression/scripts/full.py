"""Scripts in full Python: only when the operator says so, because such a script may do whatever the engine's user may.

Each script runs in a process of its own that is killed when its time is over; only data goes in and out.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.scripts.contract import BpmnErrorRaised, ScriptLimits, ScriptResult, check_script
from baton.expression.scripts.inplace import run_in_place
from baton.expression.scripts.sandbox import off_the_hub
from baton.expression.scripts.values import inputs
from baton.model.definition import Script
from baton.model.values import Value, Variables

_START = 5.0
"""Seconds that starting Python may take."""


class FullPythonRunner:
    """Same interface as the sandbox. Handed to the engine by the operator's explicit switch, never by default."""

    def __init__(self, limits: ScriptLimits | None = None) -> None:
        self._limits = limits or ScriptLimits()

    def run(
        self,
        script: Script,
        variables: Variables,
        limits: ScriptLimits | None = None,
        context: Mapping[str, Value] | None = None,
    ) -> ScriptResult:
        done = run_in_place(script, variables, context)
        if done is not None:
            return done
        check_script(script)
        return off_the_hub(lambda: _run(script, variables, limits or self._limits))

    def close(self) -> None:
        """Nothing to end: every script has its own process."""


def _run(script: Script, variables: Variables, limits: ScriptLimits) -> ScriptResult:
    request = {"source": script.source, "variables": inputs(script.source, variables), "memory": limits.memory}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "baton.expression.scripts.full_worker"],
            input=json.dumps(request, default=encode),
            capture_output=True,
            text=True,
            timeout=limits.seconds + _START,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ExpressionError(f"Expected the script to end within {limits.seconds} s, but it did not") from None
    if done.returncode != 0:
        raise ExpressionError(f"Expected the script to end, but its process died: {done.stderr.strip()[-500:]}")
    answer = json.loads(done.stdout.rpartition("\n")[2], object_hook=decode)
    if "bpmn_error" in answer:
        raise BpmnErrorRaised(*answer["bpmn_error"])
    if "error" in answer:
        raise ExpressionError(answer["error"])
    return ScriptResult(answer["variables"], answer["result"])


def encode(value: Any) -> Any:
    """What JSON cannot say, as an object with one marked key."""
    if isinstance(value, datetime):
        return {"$date": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    raise TypeError(f"Expected plain data, but found a {type(value).__name__}")


def decode(value: dict[str, Any]) -> Any:
    if set(value) == {"$date"}:
        return datetime.fromisoformat(value["$date"])
    return base64.b64decode(value["$bytes"]) if set(value) == {"$bytes"} else value
