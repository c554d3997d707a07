"""How many instances started and ended, by minute and hour: counted by the commits, read without reading instances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.model.turn_result import TurnResult
from baton.store import keys
from baton.store.operations import Op
from baton.store.ports import Backend, Read, iterate_pairs

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
KEPT_HOURS = 25
"""The last 24 hours, the first of which has begun before."""
STARTED, ENDED, TOOK = "s", "e", "t"


@dataclass(frozen=True, slots=True)
class Rate:
    """What happened in the minute or hour from ``at`` on. ``took``: milliseconds that all that ended took together."""

    at: Millis
    started: int
    ended: int
    took: Millis


def make_rate_ops(prefix: str, turn_result: TurnResult) -> list[Op]:
    """Count the start or the end of an instance; a turn may do both."""
    before, after = turn_result.header_before, turn_result.header
    ops: list[Op] = []
    if before is None:
        ops += _count(prefix, after.started_at, {STARTED: 1})
    if _ends(before, after):
        ended = after.ended_at or after.started_at
        ops += _count(prefix, ended, {ENDED: 1, TOOK: max(0, ended - after.started_at)})
    return ops


def _ends(before: InstanceHeader | None, after: InstanceHeader) -> bool:
    return after.state.is_ended and (before is None or not before.state.is_ended)


def _count(prefix: str, at: Millis, what: dict[str, int]) -> list[Op]:
    hour, minute = at // HOUR_MS, at % HOUR_MS // MINUTE_MS
    key = keys.name_rates(prefix, hour)
    ops: list[Op] = []
    for name, count in what.items():
        ops.append(["HINCRBY", key, name, str(count)])
        ops.append(["HINCRBY", key, f"{name}{minute}", str(count)])
    ops.append(["EXPIRE", key, str(KEPT_HOURS * HOUR_MS // 1_000)])
    return ops


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
