"""The process of the loops beside the web: ``python -m baton.loading baton.launcher.loops NAME``."""

from __future__ import annotations

import threading

from baton import logs
from baton.launcher.signals import on_stop
from baton.service import assemble
from baton.service.core import garbage
from baton.workers import start_workers


def main(name: str) -> None:
    logs.set_up(name)
    stop = threading.Event()
    on_stop(stop.set)
    engine = assemble()
    running = start_workers(engine)
    engine.tallies.begin()
    garbage.settle()
    stop.wait()
    running.stop()
    engine.close()
