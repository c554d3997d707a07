"""Sends to one sink what comes next for it, in order, and waits longer and longer while it is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import structlog

from baton.connect.out.sink import Sink
from baton.connect.pauses import LONGEST_PAUSE_S, Pauses
from baton.service import MOST_DEAD_LETTERS, Engine, OutgoingEvent, SinkFeed, SinkLost, SinkSettings

log = structlog.get_logger("baton.connect")

_WAIT_MS = 1_000
_RENEWAL_S = 5.0
"""So often a pump renews its lease while it sends, and looks whether it is to stop while it pauses."""
Turn = tuple[tuple[int, str], list[OutgoingEvent]]


class Pump:
    """At least once; ``run`` goes on until it is stopped."""

    def __init__(self, engine: Engine, settings: SinkSettings, sink: Sink, pauses: Pauses | None = None):
        self._engine, self._settings, self._sink = engine, settings, sink
        self._pauses = pauses or Pauses()
        self._feed: SinkFeed = engine.open_feed(settings)
        self._renewed = time.monotonic()

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                pause = self.send_next()
            except SinkLost:
                pause = _RENEWAL_S
            except Exception as error:  # the store does not answer: what is not confirmed is sent again
                log.error("sink interrupted", action="sink.interrupted", sink=self._settings.name, reason=str(error))
                pause = 1.0
            self._pause(stop, pause)
        self._feed.release()
        self._sink.close()

    def _pause(self, stop: threading.Event, seconds: float) -> None:
        while seconds > 0 and not stop.wait(min(seconds, _RENEWAL_S)):
            seconds -= _RENEWAL_S

    def send_next(self, wait_ms: int = _WAIT_MS) -> float:
        """Send what there is; returns how many seconds to wait before the next step. Raises SinkLost."""
        if not self._feed.take():
            return _RENEWAL_S
        if self._engine.dead_letters.count(self._settings.name) >= MOST_DEAD_LETTERS:
            self._feed.keep("there are too many dead letters: send them again or drop them")
            return LONGEST_PAUSE_S
        self._renewed = time.monotonic()
        self._send_letters()
        turns = self._feed.wait(wait_ms)
        return self._send(turns) if turns else 0.0

    def _send(self, turns: Sequence[Turn]) -> float:
        """All of these turns, or up to where the sink fails."""
        dead: list[tuple[dict[str, Any], str]] = []
        events = [event for _, made in turns for event in made]
        done = 0
        while done < len(events):
            sent = self._sink.send(events[done : done + self._sink.at_once])
            done += sent.count
            self._renew()
            if not sent.error:
                self._pauses.clear()
                continue
            if not (sent.refused or self._is_too_old(events[done])):
                self._advance(turns, done, dead)
                return self._note_failure(sent.error)
            log.warning("dead letter", action="sink.dead_letter", sink=self._settings.name, reason=sent.error)
            dead.append((events[done].event, sent.error))
            done += 1
        self._advance(turns, done, dead)
        return 0.0

    def _renew(self) -> None:
        if time.monotonic() - self._renewed > _RENEWAL_S:
            self._feed.keep()
            self._renewed = time.monotonic()

    def _advance(self, turns: Sequence[Turn], done: int, dead: Sequence[tuple[dict[str, Any], str]]) -> None:
        """Turns all of whose events are done with; a turn of which a part is missing comes again as a whole."""
        finished: list[tuple[int, str]] = []
        for cursor, events in turns:
            if len(events) > done:
                break
            done -= len(events)
            finished.append(cursor)
        self._feed.advance(finished, dead)

    def _is_too_old(self, event: OutgoingEvent) -> bool:
        return event.moment + self._settings.give_up_ms < self._engine.clock.now()

    def _note_failure(self, error: str) -> float:
        if self._pauses.failures == 0:
            log.warning("sink away", action="sink.away", sink=self._settings.name, reason=error)
        self._feed.keep(error)
        return self._pauses.add_failure()

    def _send_letters(self) -> None:
        """Dead letters that an operator sends again, each for itself."""
        for letter in self._engine.dead_letters.list_again(self._settings.name):
            sent = self._sink.send([OutgoingEvent(letter.event, str(letter.event["source"]), letter.at)])
            if sent.error:
                self._engine.dead_letters.note_failure(letter.id, sent.error)
            else:
                self._engine.dead_letters.drop(letter.id)
