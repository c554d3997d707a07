"""How many instances started and ended, by minute and hour: counted by the commits, read without reading instances.

The scripts count (``count_start`` and ``count_end`` of ``prelude.lua``) and keep 25 hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from baton.model.times import Millis
from baton.store import keys
from baton.store.ports import Backend, Read, iterate_pairs

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
STARTED, ENDED, TOOK = "s", "e", "t"


@dataclass(frozen=True, slots=True)
class Rate:
    """What happened in the minute or hour from ``at`` on. ``took``: milliseconds that all that ended took together."""

    at: Millis
    started: int
    ended: int
    took: Millis


class Rates:
    def __init__(self, backend: Backend, partitions: Sequence[int]) -> None:
        self._backend = backend
        self._prefixes = [keys.make_tag(p) for p in partitions]

    def read_minutes(self, now: Millis, count: int) -> list[Rate]:
        """The last ``count`` minutes, at most those of the kept hours, the one that runs included; the oldest first."""
        last = now // MINUTE_MS
        minutes = range(last - count + 1, last + 1)
        hours = range(minutes[0] // 60, last // 60 + 1)
        found: dict[int, dict[str, int]] = {}
        reads: list[Read] = [("HGETALL", keys.name_rates(p, hour)) for hour in hours for p in self._prefixes]
        for place, flat in enumerate(self._backend.read(reads)):
            sums = found.setdefault(hours[place // len(self._prefixes)], {})
            for name, value in iterate_pairs(flat):
                sums[name.decode()] = sums.get(name.decode(), 0) + int(value)
        return [
            Rate(
                minute * MINUTE_MS,
                *(found[minute // 60].get(f"{name}{minute % 60}", 0) for name in (STARTED, ENDED, TOOK)),
            )
            for minute in minutes
        ]

    def read_hours(self, now: Millis, count: int) -> list[Rate]:
        """The last ``count`` hours, the one that runs included; the oldest first."""
        hours = range(now // HOUR_MS - count + 1, now // HOUR_MS + 1)
        reads: list[Read] = [
            ("HMGET", keys.name_rates(p, hour), STARTED, ENDED, TOOK) for hour in hours for p in self._prefixes
        ]
        rows = self._backend.read(reads)
        width = len(self._prefixes)
        return [
            Rate(hour * HOUR_MS, *(sum(int(value or 0) for value in column) for column in zip(*some, strict=True)))
            for place, hour in enumerate(hours)
            for some in [rows[place * width : (place + 1) * width]]
        ]
