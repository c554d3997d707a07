"""Loops that do one thing at intervals, and survive a store that does not answer for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from baton.service import Engine
from baton.workers.rest import Rest

log = structlog.get_logger("baton.loops")


MESSAGES_MS = 1_000
"""So often messages are looked for that wait for a receiver: not of each that comes there is a hint."""


class Loop:
    """Calls ``step`` again at once while it returns that it did something, else after ``rest_ms``."""

    def __init__(self, name: str, step: Callable[[], int], rest_ms: int) -> None:
        self.name, self._step, self._rest_ms = name, step, rest_ms

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                busy = self._step() > 0
            except Exception as error:
                log.error("loop interrupted", action=f"{self.name}.interrupted", reason=str(error))
                busy = False
                stop.wait(0.5)
            if not busy:
                self._pause(stop)

    def _pause(self, stop: threading.Event) -> None:
        stop.wait(self._rest_ms / 1000)


class Outbox(Loop):
    """Sends what instances have sent; at least once."""

    def __init__(self, engine: Engine, rest: Rest | None = None) -> None:
        super().__init__("outbox", engine.outbox.dispatch, MESSAGES_MS)
        self._rest = rest or Rest()

    def _pause(self, stop: threading.Event) -> None:
        if not stop.is_set():
            self._rest.pause(MESSAGES_MS)


class BatchSteps:
    """Works off batches in short steps, with pauses in which others have the process."""

    def __init__(self, engine: Engine, pause: Rest | None = None) -> None:
        self._engine, self._rest = engine, pause or Rest()

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                _, pause = self._engine.batches.run_step()
            except Exception as error:
                log.error("loop interrupted", action="batches.interrupted", reason=str(error))
                pause = 500
            if pause != 0 and not stop.is_set():
                self._rest.pause(pause)


class AuditKeeping(Loop):
    """Anchors the audit each hour, and removes entries that have been kept for long enough."""

    def __init__(self, engine: Engine, rest_ms: int = 60_000) -> None:
        super().__init__("audit", engine.audit_keeper.keep, rest_ms)


class Retention(Loop):
    """Deletes ended instances and evaluations whose time to live is over, and forgets batches that ended long ago."""

    def __init__(self, engine: Engine, rest_ms: int = 60_000) -> None:
        super().__init__("retention", engine.retention.run, rest_ms)


class Indexing(Loop):
    """Brings into the indexes what an earlier release has written, also one that is still at work."""

    def __init__(self, engine: Engine, rest_ms: int = 60_000) -> None:
        def complete() -> int:
            tasks = engine.store.urgent_tasks.complete(engine.clock.now()) + engine.store.task_changes.remove_strays()
            called, variables = engine.called_indexing.complete(), engine.store.variables.complete(engine.clock.now())
            return engine.store.indexing.complete() + called + variables + tasks

        super().__init__("indexing", complete, rest_ms)


class Archiving(Loop):
    """Moves ended instances from the store into the archive, if that is asked for."""

    def __init__(self, engine: Engine, rest_ms: int = 60_000) -> None:
        super().__init__("archive", engine.archiving.run, rest_ms)
