"""Scripts in this very process: for tests and simulations of scripts one wrote oneself. No isolation at all."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from copy import deepcopy
from types import ModuleType
from typing import Any

from baton.expression.core.errors import ExpressionError
from baton.expression.scripts.contract import ScriptLimits, ScriptResult, check_script, dedent
from baton.expression.scripts.errors import raise_bpmn_error, read_error
from baton.expression.scripts.inplace import run_in_place
from baton.expression.scripts.values import collect_inputs, find_changed, find_hidden_functions, to_value
from baton.model.attributes import Script
from baton.model.values import Value, Variables


class LocalScriptRunner:
    """Same interface as the sandbox, without its limits. Never for scripts of others."""

    def run(
        self,
        script: Script,
        variables: Variables,
        limits: ScriptLimits | None = None,  # noqa: ARG002
        context: Mapping[str, Value] | None = None,
    ) -> ScriptResult:
        done = run_in_place(script, variables, context)
        return done or execute(script, variables)

    def close(self) -> None:
        """Nothing to end."""


def execute(script: Script, variables: Variables) -> ScriptResult:
    """Run Python with CPython itself. Raises ExpressionError or BpmnErrorRaised."""
    check_script(script)
    tree = ast.parse(dedent(script.source))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    given = collect_inputs(script.source, variables)
    names: dict[str, Any] = {"BpmnError": raise_bpmn_error, **deepcopy(given)}
    try:
        exec(compile(tree, "script.py", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "script.py", "eval"), names) if last is not None else None  # type: ignore[attr-defined]
    except Exception as error:
        raise _explained(error, find_hidden_functions(script.source, given)) from None
    after = {name: found for name, found in names.items() if name != "__builtins__" and not _is_code(found)}
    return ScriptResult(find_changed(given, after), to_value(value, "the script's result"))


def _explained(error: Exception, hidden: Sequence[str]) -> Exception:
    if isinstance(error, ExpressionError):
        return error
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "script.py":
            line = trace.tb_lineno
        trace = trace.tb_next
    return read_error(f"{type(error).__name__}: {error}", line, hidden)


def _is_code(value: object) -> bool:
    return callable(value) or isinstance(value, ModuleType)
