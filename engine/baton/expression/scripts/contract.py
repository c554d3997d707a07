"""What every script runner promises."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from baton.expression.compiled import compile_expression
from baton.expression.core.errors import ExpressionError, suggest
from baton.model.attributes import Dialect, Script
from baton.model.values import Value, Variables

PYTHON = frozenset({"", "python", "python3", "text/python", "text/x-python", "application/x-python"})
_IN_PLACE: Mapping[str, Dialect] = {"feel": "feel", "juel": "juel"}
MAX_SCRIPT = 100_000
"""Characters of a script."""


@dataclass(frozen=True, slots=True)
class ScriptLimits:
    """``memory`` in bytes, ``seconds`` of running time, ``depth`` of calls."""

    seconds: float = 5.0
    memory: int = 128 * 1024 * 1024
    depth: int = 200


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """``variables_set``: variables that are new or changed; ``result``: the value of the last expression."""

    variables_set: Mapping[str, Value] = field(default_factory=dict[str, Value])
    result: Value = None


class BpmnErrorRaised(Exception):
    """The script raised a BPMN error: a modelled outcome."""

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(code if message is None else f"{code}: {message}")
        self.code = code
        self.message = message


class ScriptRunner(Protocol):
    def run(
        self,
        script: Script,
        variables: Variables,
        limits: ScriptLimits | None = None,
        context: Mapping[str, Value] | None = None,
    ) -> ScriptResult:
        """Run on a copy of the variables. Raises ExpressionError, or BpmnErrorRaised for a modelled error.

        ``context``: the engine's facts as in ``Scope.context``; with ``now`` the script's clock stands at that moment.
        """
        ...

    def close(self) -> None: ...


def is_supported_language(name: str) -> bool:
    """Can a script in this language run? ``""`` is Python."""
    return name.strip().lower() in PYTHON or name.strip().lower() in _IN_PLACE


def get_dialect(script: Script) -> Dialect | None:
    """The dialect of a script that is an expression; None for Python. Raises ExpressionError for other languages."""
    language = script.language.strip().lower()
    if language in PYTHON:
        return None
    found = _IN_PLACE.get(language)
    if found is None:
        hint = suggest(language, ("python", "feel", "juel"))
        raise ExpressionError(
            f"Expected a script in python, feel or juel, but found '{script.language}'{hint or '; let a worker do it'}",
            "syntax",
        )
    return found


def check_script(script: Script) -> None:
    """Raises ExpressionError of kind "syntax" when the language is not supported or the source cannot be read."""
    dialect = get_dialect(script)
    if dialect is not None:
        compile_expression(script.source, dialect)
        return
    if len(script.source) > MAX_SCRIPT:
        raise ExpressionError(
            f"Expected a script of at most {MAX_SCRIPT} characters, but found {len(script.source)}", "syntax"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(dedent(script.source))
    except SyntaxError as error:
        raise ExpressionError(
            f"Expected Python, but found: {error.msg} (line {error.lineno or 1}, column {error.offset or 1})", "syntax"
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"Expected Python, but found: {error}", "syntax") from None


def dedent(source: str) -> str:
    """The source without the indentation that all its lines share in the XML."""
    lines = source.expandtabs(4).split("\n")
    depth = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    if not depth:
        return source.strip("\r\n")
    return "\n".join(line[depth:] for line in lines).strip("\r\n")
