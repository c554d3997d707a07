"""What each gunicorn worker serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask
from gevent.threadpool import ThreadPool

from baton.service import Offload, assemble
from baton.service.core import garbage
from baton.web import create_app

T = TypeVar("T")
HEAVY_AT_ONCE = 2
"""Further ones wait: each takes its share of the interpreter from all others."""


def make_app() -> Flask:
    """Build the engine and the web on it; called in each worker process, after gevent has patched."""
    engine = assemble(offload=make_offload(), compute_apart=True)
    engine.compute.warm()
    made = create_app(engine)
    garbage.settle()
    return made


def make_offload() -> Offload:
    """Threads of the system's: what computes for seconds in one of them lets the greenlets of all requests go on."""
    threads = ThreadPool(HEAVY_AT_ONCE)

    def run(work: Callable[..., T], *arguments: object) -> T:
        return threads.apply(work, arguments)

    return run
