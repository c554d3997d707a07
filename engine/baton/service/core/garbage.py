"""When Python looks for garbage in a process that serves many.

It stops all threads while it looks through every object it has not been told to pass over: 0.8 s in a process that
keeps a few very large models. What is kept for long is therefore passed over, until much of it has gone.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import thread_time
from typing import TypeVar

from baton.service.core.offload import Offload

T = TypeVar("T")

YOUNG_OBJECTS = 10_000
"""New objects before the youngest are looked through: a request makes thousands, nearly none in a cycle."""
LARGE_S = 0.2
"""What takes so much of the processor's time to make is large: some 3,000 elements."""


def settle() -> None:
    """Collect, and pass over what is there now: a process calls it when it is ready to serve."""
    gc.set_threshold(YOUNG_OBJECTS)
    sweep()


def sweep() -> None:
    """Look through everything, also what was passed over, and pass over what is left."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def keep_results(offload: Offload) -> Offload:
    """The same, for work whose results are kept: they are passed over when they are large."""

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


@contextmanager
def suspend_collecting() -> Generator[None]:
    """Nothing is looked through meanwhile, in any thread: nearly everything that is made inside is kept.

    Of several that overlap the first goes on with collecting, when it ends.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
