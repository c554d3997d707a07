"""What each gunicorn worker serves."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TypeVar

from flask import Flask
from gevent.threadpool import ThreadPool

from baton.service import Offload, assemble
from baton.web import create_app

T = TypeVar("T")
HEAVY_AT_ONCE = 2
"""Further ones wait: each takes its share of the interpreter from all others."""

YOUNG_OBJECTS = 10_000
"""New objects before the youngest are looked through for cycles: a request makes thousands, nearly none in a cycle."""


def make_app() -> Flask:
    """Build the engine and the web on it; called in each worker process, after gevent has patched."""
    engine = assemble(offload=make_offload(), compute_apart=True)
    engine.compute.warm()
    made = create_app(engine)
    # What is there now stays: looking through all of it took every full collection 40 ms, in the middle of requests.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    return made


def make_offload() -> Offload:
    """Threads of the system's: what computes for seconds in one of them lets the greenlets of all requests go on."""
    threads = ThreadPool(HEAVY_AT_ONCE)

    def run(work: Callable[..., T], *arguments: object) -> T:
        return threads.apply(work, arguments)

    return run
