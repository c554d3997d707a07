"""Takes events from a source; what is done with is acknowledged, what is not comes again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, cast

import orjson
import structlog

from baton.connect.into.source import Received, Source, read_event
from baton.connect.pauses import Pauses
from baton.model.errors import BadRequest, Overloaded
from baton.service import Engine

log = structlog.get_logger("baton.connect")

_WAIT_MS = 1_000
_REPORT_S = 5.0
"""So often a source reports how much waits in it."""


class Intake:
    """At least once; repeats have no second effect. ``run`` goes on until it is stopped."""

    def __init__(self, engine: Engine, name: str, open_source: Callable[[], Source]) -> None:
        self._engine, self._name, self._open_source = engine, name, open_source
        self._source = open_source()
        self._pauses = Pauses()
        self._reported = 0.0

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.take_next()
                self._report()
            except Exception as error:  # of its library, or Overloaded: what is not acknowledged comes again
                stop.wait(self._note_failure(error))
        self.close()

    def take_next(self, wait_ms: int = _WAIT_MS) -> int:
        """Take what there is; returns how many events. Raises any error of the source, and Overloaded."""
        received = self._source.receive(wait_ms)
        done = 0
        try:
            for item in received:
                self._take(item)
                done += 1
        finally:
            if done:
                self._source.confirm(received[:done])
        return done

    def _take(self, received: Received) -> None:
        """What is no event becomes a dead letter too. Raises Overloaded."""
        try:
            event = read_event(received)
            self._engine.events_in.take(cast("dict[str, Any]", event) if isinstance(event, dict) else {}, self._name)
        except (orjson.JSONDecodeError, BadRequest) as error:
            text = received.body[:200].decode(errors="replace")
            broken = {"source": self._name, "id": text, "type": "unreadable"}
            self._engine.dead_letters.add("in", self._name, broken, str(error))

    def _report(self) -> None:
        """Raises any error of the source, and Overloaded."""
        self._pauses.clear()
        now = time.monotonic()
        if now - self._reported > _REPORT_S:
            self._reported = now
            self._engine.sources.record(self._name, waiting=self._source.count_waiting())

    def _note_failure(self, error: Exception) -> float:
        """Begin again with a new connection; returns seconds to wait before that."""
        text = f"{type(error).__name__}: {error}"
        if self._pauses.failures == 0:
            log.warning("source away", action="source.away", source=self._name, reason=text)
        self._reported = 0.0
        self.close()
        self._source = self._open_source()
        if not isinstance(error, Overloaded):
            self._try_to_record(text)
        return self._pauses.add_failure()

    def _try_to_record(self, error: str) -> None:
        try:
            self._engine.sources.record(self._name, error=error)
        except Overloaded as unavailable:  # the next failure is reported again
            log.warning(unavailable.message, action="source.not_reported", source=self._name)

    def close(self) -> None:
        try:
            self._source.close()
        except Exception as error:  # it is away: there is nobody to say goodbye to
            log.info("source closed", action="source.closed", source=self._name, reason=str(error))
