"""When Python collects garbage in a process that serves many requests.

A collection stops all threads while it checks every object that was not left out: 0.8 s in a process that has a few
very large models. Long-lived objects are therefore left out of collections, until many of them are gone.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import thread_time
from typing import TypeVar

from baton.loading import suspend_collecting
from baton.service.core.offload import Offload

T = TypeVar("T")

YOUNG_OBJECTS = 10_000
"""New objects before the youngest are checked: a request makes thousands, nearly none in a cycle."""
LARGE_S = 0.2
"""Seconds of processor time: a result that takes longer to make counts as large (a model of some 3,000 elements)."""


def settle() -> None:
    """Collect, and leave out all present objects from now on: a process calls it when it is ready to serve.

    What was left out before is not looked at, so that the memory which forked processes share stays shared.
    """
    gc.set_threshold(YOUNG_OBJECTS)
    gc.collect()
    gc.freeze()


def sweep() -> None:
    """Collect everything, also what was left out before, and leave out the remaining objects from now on."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def keep_results(offload: Offload) -> Offload:
    """The same, for work whose results live long: large results are left out of collections."""

    def run(work: Callable[..., T], *arguments: object) -> T:
        return offload(_make, work, *arguments)

    return run


def _make(work: Callable[..., T], *arguments: object) -> T:
    began = thread_time()
    with suspend_collecting():
        result = work(*arguments)
        if thread_time() - began > LARGE_S:
            gc.freeze()
    return result
