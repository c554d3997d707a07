"""How a BPMN error gets out of a script: as a marked exception, which the script may catch like any other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from baton.expression.core.errors import ExpressionError
from baton.expression.scripts.contract import BpmnErrorRaised

_MARK = "BpmnError\x1f"


def raise_bpmn_error(code: Any = None, message: Any = None) -> NoReturn:
    """What ``BpmnError("CODE", "message")`` does in a script, with or without ``raise`` before it."""
    if not isinstance(code, str) or not code:
        raise ValueError("BpmnError needs an error code, as in BpmnError('OUT_OF_STOCK', 'none left')")
    raise RuntimeError(_MARK + json.dumps([code, None if message is None else str(message)]))


def read_error(text: str, line: int | None, hidden: Sequence[str] = ()) -> BpmnErrorRaised | ExpressionError:
    """The error for an exception that ended a script, by its message.

    ``hidden``: names of functions that the script calls and that its variables have taken.
    """
    _, mark, payload = text.partition(_MARK)
    if mark:
        try:
            code, message = json.loads(payload)
            return BpmnErrorRaised(str(code), message)
        except (ValueError, TypeError):
            return ExpressionError("Expected a BPMN error with a code, but found an unreadable one")
    place = "" if line is None else f" (line {line})"
    reason = _explain_hidden(hidden) if text.endswith("not callable") else ""
    return ExpressionError(f"Expected the script to run, but found {text}{place}{reason}")


def _explain_hidden(names: Sequence[str]) -> str:
    if not names:
        return ""
    listed = ", ".join(f"'{name}'" for name in names)
    return f"; a variable of the same name hides the function {listed} here: give the variable another name"
