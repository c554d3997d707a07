"""What each gunicorn worker serves."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from flask import Flask
from gevent.threadpool import ThreadPool

from baton.launcher.forking import fork_compute
from baton.service import Offload, Settings, assemble
from baton.service.compute.pool import ComputePool
from baton.service.core import garbage
from baton.web import create_app

T = TypeVar("T")
HEAVY_AT_ONCE = 2
"""Further ones wait: each takes its share of the interpreter from all others."""
SWITCH_SECONDS = 0.0005
"""How long such a thread may keep the interpreter after another has asked for it. Every read and write of a socket
gives it away: with Python's 5 ms the twenty or more of a request cost others a tenth of a second."""


def make_app(*, computes: bool = True) -> Flask:
    """Build the engine and the web on it; called in each worker process, after gevent has patched.

    ``computes``: processes for checks and simulations are ready before the first of them; else they start with it.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = Settings.from_environment()
    compute = ComputePool(settings, fork_compute)
    if computes:
        compute.warm()  # before the engine opens anything
    engine = assemble(settings, offload=make_offload(), compute=compute)
    engine.tallies.begin()
    made = create_app(engine)
    garbage.settle()
    return made


def make_offload() -> Offload:
    """Threads of the system's: what computes for seconds in one of them lets the greenlets of all requests go on."""
    threads = ThreadPool(HEAVY_AT_ONCE)

    def run(work: Callable[..., T], *arguments: object) -> T:
        return threads.apply(work, arguments)

    return run
