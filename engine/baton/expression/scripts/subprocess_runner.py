"""A script in a fresh Python process: only data goes in and out, and the process is killed when its time is over."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import datetime
from typing import Any, Literal

from baton.expression.core.errors import ExpressionError
from baton.expression.scripts.contract import BpmnErrorRaised, ScriptLimits, ScriptResult
from baton.expression.scripts.values import collect_inputs
from baton.model.attributes import Script
from baton.model.values import Value, Variables

START = 5.0
"""Seconds that starting Python may take."""


def run_in_subprocess(
    script: Script,
    variables: Variables,
    limits: ScriptLimits,
    kind: Literal["full", "sandbox"],
    now: Value = None,
) -> ScriptResult:
    """Run in CPython itself ("full") or in the sandbox. Raises ExpressionError or BpmnErrorRaised."""
    request = {
        "kind": kind,
        "source": script.source,
        "variables": collect_inputs(script.source, variables),
        "now": now,
        "limits": [limits.seconds, limits.memory, limits.depth],
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "baton.expression.scripts.subprocess_worker"],
            input=json.dumps(request, default=encode),
            capture_output=True,
            text=True,
            timeout=limits.seconds + START,
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
