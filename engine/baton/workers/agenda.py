"""The agenda loop: turns that are due, timers at their moment, instances whose lease holder died."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait

import structlog

from baton.model.errors import Overloaded
from baton.model.times import Millis
from baton.service import Engine
from baton.workers import rest
from baton.workers.rest import Rest

log = structlog.get_logger("baton.agenda")

BATCH = 64
PATIENCE_S = 0.1
"""How long a turn may keep the loop waiting. Then it looks for other due turns, which the other threads take."""
PROGRESS_MS = 1_000
"""How often a process that works off what is due says so, at most."""


class Agenda:
    """Takes due turns, several at once; any number of these may run beside each other."""

    def __init__(self, engine: Engine, pause: Rest | None = None, threads: int = 4) -> None:
        self._engine, self._rest, self._threads = engine, pause or Rest(), threads
        # Of a lease that runs out there is no hint; and whether loops are stalled is told by when they have looked.
        self._longest = max(1, min(engine.settings.stalled_ms // 3, max(engine.settings.lease_ms, 1_000)))
        self._running: dict[str, Future[None]] = {}
        self._progress: Millis = 0

    def run(self, stop: threading.Event) -> None:
        with ThreadPoolExecutor(self._threads, thread_name_prefix="baton-turn") as pool:
            while not stop.is_set():
                try:
                    pause = self._run_once(pool)
                except Exception as error:
                    log.error("agenda interrupted", action="agenda.interrupted", reason=str(error))
                    pause = 500
                if pause and not stop.is_set():
                    self._rest.pause(min(pause, self._longest))

    def _run_once(self, pool: ThreadPoolExecutor) -> Millis:
        """Take what is due; returns how long to pause."""
        now = self._engine.clock.now()
        due, upcoming = self._engine.mailbox.list_due(now, BATCH)
        started, next_start = self._engine.starts.fire_timers(now)
        fresh = {id_: pool.submit(self._take_turn, id_) for id_ in due if id_ not in self._running}
        wait(fresh.values(), PATIENCE_S)
        self._record_progress(now, {**self._running, **fresh})
        if fresh or started:
            return 0
        moments = [moment for moment in (upcoming, next_start) if moment is not None]
        return max(1, min(moments) - self._engine.clock.now()) if moments else rest.LONGEST_MS

    def _record_progress(self, now: Millis, turns: dict[str, Future[None]]) -> None:
        """Not while all threads are blocked: then nothing that is due is executed."""
        self._running = {id_: turn for id_, turn in turns.items() if not turn.done()}
        held_up = len(self._running) == len(turns) >= self._threads
        if not held_up and now - self._progress >= PROGRESS_MS:
            self._engine.record_progress()
            self._progress = now

    def _take_turn(self, instance_id: str) -> None:
        try:
            self._engine.mailbox.take_due(instance_id)
        except Overloaded as error:
            # The store does not answer: the instance stays on the agenda.
            log.warning("turn postponed", action="agenda.postponed", instance=instance_id, reason=error.message)
        except Exception:
            log.exception("turn failed", action="agenda.turn_failed", instance=instance_id)
