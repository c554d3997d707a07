"""All loops as threads of one process."""

from __future__ import annotations

import threading
from typing import Protocol

from baton.service import Engine
from baton.workers.agenda import Agenda
from baton.workers.loops import Archiving, AuditKeeping, BatchSteps, Indexing, Outbox, Retention
from baton.workers.rest import Rest
from baton.workers.watchdog import Watchdog


class _Runnable(Protocol):
    def run(self, stop: threading.Event) -> None: ...


class WorkerThreads:
    """Threads that have been started; ``stop`` ends each after its current step, and the rests of those that pause."""

    def __init__(self, loops: list[_Runnable], rests: list[Rest]) -> None:
        self._stop, self._rests = threading.Event(), rests
        self._threads = [
            threading.Thread(
                target=loop.run, args=(self._stop,), name=f"baton-{type(loop).__name__.lower()}", daemon=True
            )
            for loop in loops
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        self._stop.set()
        for rest in self._rests:
            rest.end()
        for thread in self._threads:
            thread.join(timeout_s)


def start_workers(engine: Engine) -> WorkerThreads:
    """Start agenda, outbox, batches, retention, archiving, audit, indexing and watchdog."""
    due, outbox, batches = Rest(), Rest(), Rest()
    engine.hint_loops(due=due.end, outbox=outbox.end, batches=batches.end)
    return WorkerThreads(
        [
            Agenda(engine, due),
            Outbox(engine, outbox),
            BatchSteps(engine, batches),
            Retention(engine),
            Archiving(engine),
            AuditKeeping(engine),
            Indexing(engine),
            Watchdog(engine),
        ],
        [due, outbox, batches],
    )
