"""How much is executed, counted instead of timed: the same on every machine, however busy.

Bytecodes say what a step costs, distinct lines say whose code runs it: the library's or Baton's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

RUNTIME, LIBRARY = "/baton/runtime/", "/SpiffWorkflow/"


class Lines(NamedTuple):
    """Distinct lines that ran, of SpiffWorkflow and of ``baton.runtime``."""

    library: int
    ours: int


def bytecodes(run: Callable[[], None]) -> int:
    """Executed bytecodes of one run, without those of C code. ``run`` should have run once before, to fill caches."""
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    _traced(run, trace)
    return count


def lines(runs: list[Callable[[], None]]) -> Lines:
    """The distinct lines that all the runs together execute."""
    seen: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        name = frame.f_code.co_filename
        if RUNTIME not in name and LIBRARY not in name:
            return None
        if event == "line":
            seen.add((name, frame.f_lineno))
        return trace

    for run in runs:
        _traced(run, trace)
    library = sum(LIBRARY in name for name, _ in seen)
    return Lines(library, len(seen) - library)


def _traced(run: Callable[[], None], trace: Any) -> None:
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
