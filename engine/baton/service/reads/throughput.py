"""How many instances start and end, and how long they take."""

from __future__ import annotations

from baton.service.core.clock import Clock
from baton.store.rates import Rate
from baton.store.store import Store

MINUTES, HOURS = 60, 24


class Throughput:
    """Bounded: what is read does not grow with the number of instances."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def read_last_hour(self) -> list[Rate]:
        """By minute, the oldest first; the last one still runs."""
        return self._store.rates.read_minutes(self._clock.now(), MINUTES)

    def read_last_day(self) -> list[Rate]:
        """By hour, the oldest first; the last one still runs."""
        return self._store.rates.read_hours(self._clock.now(), HOURS)
