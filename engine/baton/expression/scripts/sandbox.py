"""Python scripts in the Monty interpreter, which runs in processes of its own: a crash there is none here.

The pool replaces a worker that crashed or ran out of time. It is made when the first script runs. It must not be
used in a process forked after that: parent and child would share its event loop, and both crash. Such a child runs
each script in a fresh Python process instead, which is slow but right.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from pydantic_monty import (
    CollectString,
    Monty,
    MontyConversionError,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySession,
    MontySyntaxError,
    OSPolicy,
)

from baton.expression.core.errors import ExpressionError
from baton.expression.scripts.contract import MAX_SCRIPT, ScriptLimits, ScriptResult, dedent
from baton.expression.scripts.errors import raise_bpmn_error, read_error
from baton.expression.scripts.inplace import run_in_place
from baton.expression.scripts.subprocess_runner import run_in_subprocess
from baton.expression.scripts.values import collect_inputs, find_changed, find_hidden_functions, find_names, to_value
from baton.model.attributes import Script
from baton.model.values import Value, Variables

T = TypeVar("T")

_SAVED_NAMES = frozenset(
    ["locals", "list", "isinstance", "bool", "int", "float", "str", "bytes", "dict", "tuple", "set", "type"]
)
_SAVE = """import datetime as __dates
__saved = locals, list, isinstance, (
    bool, int, float, str, bytes, list, dict, tuple, set, type(None), __dates.date, __dates.time, __dates.timedelta
)
"""
"""Runs before a script that may take the names of Python's functions for its variables, as for one named ``list``."""
_COLLECT = """{__k: __v for __k, __v in __saved[1](__saved[0]().items())
    if __k[:1] != '_' and __saved[2](__v, __saved[3])}
"""
_OUTPUT = 64 * 1024
_GRACE = 1.0
_first_user: list[int] = []
"""The process that made the first pool: as global as the event loop, which the library has one of per process."""


class SandboxScriptRunner:
    """Runs Python scripts in ``processes`` workers; at most ``wait`` seconds pass before one must be free."""

    def __init__(self, limits: ScriptLimits | None = None, processes: int = 2, wait: float = 10.0) -> None:
        self._limits = limits or ScriptLimits()
        self._processes = processes
        self._wait = wait
        self._pool: Monty | None = None
        self._lock = threading.Lock()

    def run(
        self,
        script: Script,
        variables: Variables,
        limits: ScriptLimits | None = None,
        context: Mapping[str, Value] | None = None,
    ) -> ScriptResult:
        """See ``ScriptRunner``."""
        done = run_in_place(script, variables, context)
        if done is not None:
            return done
        if len(script.source) > MAX_SCRIPT:
            raise ExpressionError(f"Expected a script of at most {MAX_SCRIPT} characters, but found more", "syntax")
        if _forked():
            return run_off_the_hub(
                lambda: run_in_subprocess(
                    script, variables, limits or self._limits, "sandbox", (context or {}).get("now")
                )
            )
        pool = self._workers()
        return run_off_the_hub(lambda: self._run_python(pool, script, variables, limits or self._limits, context or {}))

    def close(self) -> None:
        """Ends the workers."""
        if _forked():
            return  # they are the parent's; even to let go of its pool here may hang
        with self._lock:
            pool, self._pool = self._pool, None
            if pool is not None:
                pool.__exit__(None, None, None)

    def _run_python(
        self, pool: Monty, script: Script, variables: Variables, limits: ScriptLimits, context: Mapping[str, Value]
    ) -> ScriptResult:
        source = dedent(script.source)
        mentioned = find_names(source)
        given = collect_inputs(source, variables)
        try:
            with pool.checkout(
                script_name="script.py",
                limits={
                    "max_feed_duration_secs": limits.seconds,
                    "max_memory": limits.memory,
                    "max_recursion_depth": limits.depth,
                },
                os_policy=_policy(context.get("now")),
            ) as session:
                saved = bool(mentioned & _SAVED_NAMES)
                if saved:
                    session.feed_run(_SAVE)
                result = self._feed(session, source, given)
                after = cast("dict[str, Any]", session.feed_run(_COLLECT if saved else _SAVE + _COLLECT))
        except MontyError as error:
            raise _explained(error, find_hidden_functions(source, given)) from None
        except TimeoutError:
            raise ExpressionError(f"Expected a free script worker within {self._wait} s, but found none") from None
        return ScriptResult(find_changed(given, after), to_value(result, "the script's result"))

    def _feed(self, session: MontySession, source: str, given: dict[str, Any]) -> Any:
        return session.feed_run(
            source,
            inputs=given,
            external_lookup={"BpmnError": raise_bpmn_error},
            print_callback=CollectString(_OUTPUT),
        )

    def _workers(self) -> Monty:
        with self._lock:
            if self._pool is None:
                pool = Monty(
                    min_processes=1,
                    max_processes=self._processes,
                    checkout_timeout=self._wait,
                    request_timeout=self._limits.seconds + 10 * _GRACE,
                    feed_duration_limit_grace=_GRACE,
                    max_checkouts_per_worker=1000,
                )
                _first_user.append(os.getpid())
                self._pool = pool.__enter__()
            return self._pool


def _forked() -> bool:
    return bool(_first_user) and _first_user[0] != os.getpid()


def _policy(now: Value) -> OSPolicy:
    """Sleeping is not work; the clock stands at the moment of the turn when it is known."""
    if isinstance(now, datetime):
        return {"sleep": "zero", "datetime": now}
    return {"sleep": "zero"}


def _explained(error: MontyError, hidden: Sequence[str]) -> Exception:
    if isinstance(error, MontySyntaxError):
        return ExpressionError(f"Expected Python, but found: {error.display('msg')}{_place(error)}", "syntax")
    if isinstance(error, MontyRuntimeError):
        frames = error.traceback()
        return read_error(error.display("type-msg"), frames[-1].line if frames else None, hidden)
    if isinstance(error, MontyConversionError):
        return ExpressionError(f"Expected variables that a script can read, but found: {error}")
    if isinstance(error, MontyCrashedError):
        reason = "it ran out of time" if error.timed_out else "its process died"
        return ExpressionError(f"Expected the script to end, but {reason}")
    return ExpressionError(f"Expected the script to run, but found: {error}")


def _place(error: MontySyntaxError) -> str:
    frames = error.traceback()
    return f" (line {frames[-1].line}, column {frames[-1].column})" if frames else ""


def run_off_the_hub(work: Callable[[], T]) -> T:
    """Run blocking work; in a process patched by gevent in a real thread, so that the other greenlets go on."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return work()
    import gevent

    outcome: list[T] = []
    failure = gevent.get_hub().threadpool.apply(lambda: _outcome(work, outcome))
    if failure is not None:
        raise failure
    return outcome[0]


def _outcome(work: Callable[[], T], outcome: list[T]) -> Exception | None:
    """The thread pool prints what is raised in it: so nothing is."""
    try:
        outcome.append(work())
    except Exception as error:
        return error
    return None
