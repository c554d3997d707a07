"""The agenda loop: turns that are due, timers at their moment, instances whose lease holder died."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import structlog

from baton.model.errors import Overloaded
from baton.model.times import Millis
from baton.service import Engine

log = structlog.get_logger("baton.agenda")

POLL_MS = 50
"""Another process may set an earlier timer than any known here, so no pause is longer than this."""
BATCH = 64


class Agenda:
    """Takes due turns, several at once; any number of these may run beside each other."""

    def __init__(self, engine: Engine, threads: int = 4) -> None:
        self._engine, self._threads = engine, threads

    def run(self, stop: threading.Event) -> None:
        with ThreadPoolExecutor(self._threads, thread_name_prefix="baton-turn") as pool:
            while not stop.is_set():
                try:
                    pause = self._run_once(pool)
                except Exception as error:
                    log.error("agenda interrupted", action="agenda.interrupted", reason=str(error))
                    pause = 500
                if pause:
                    stop.wait(pause / 1000)

    def _run_once(self, pool: ThreadPoolExecutor) -> Millis:
        """Take what is due; returns how long to pause."""
        now = self._engine.clock.now()
        due, upcoming = self._engine.mailbox.list_due(now, BATCH)
        started = self._engine.starts.fire_timers(now)
        list(pool.map(self._take_turn, due))
        if due or started:
            return 0
        return POLL_MS if upcoming is None else max(1, min(POLL_MS, upcoming - self._engine.clock.now()))

    def _take_turn(self, instance_id: str) -> None:
        try:
            self._engine.mailbox.take_due(instance_id)
        except Overloaded as error:
            # The store does not answer: the instance stays on the agenda.
            log.warning("turn postponed", action="agenda.postponed", instance=instance_id, reason=error.message)
        except Exception:
            log.exception("turn failed", action="agenda.turn_failed", instance=instance_id)
