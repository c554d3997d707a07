"""Scripts in full Python, for programs that embed an engine: such a script may do whatever the engine's user may.

Each script runs in a process of its own that is killed when its time is over; only data goes in and out.
"""

from __future__ import annotations

from collections.abc import Mapping

from baton.expression.scripts.contract import ScriptLimits, ScriptResult, check_script
from baton.expression.scripts.inplace import run_in_place
from baton.expression.scripts.sandbox import run_off_the_hub
from baton.expression.scripts.subprocess_runner import run_in_subprocess
from baton.model.attributes import Script
from baton.model.values import Value, Variables


class FullPythonRunner:
    """Same interface as the sandbox. No setting turns it on: a program hands it to the engine that it assembles."""

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
        return run_off_the_hub(lambda: run_in_subprocess(script, variables, limits or self._limits, "full"))

    def close(self) -> None:
        """Nothing to end: every script has its own process."""
