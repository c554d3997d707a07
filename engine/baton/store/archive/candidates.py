"""Which ended instances are read together to be moved: what one has is chosen by who made it, up to gigabytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import structlog

from baton.model.times import Millis
from baton.store.archive.passing import name_keys
from baton.store.ports import Backend

log = structlog.get_logger("baton.archive")

MOST_BYTES = 32_000_000
"""Of what is read at once, and of a segment, about."""
_REST_MS = 3_600_000
_MOST_RESTING = 100_000
_MEASURED, _TOGETHER = 500, 64
"""Instances that are measured, and that are read, in one round trip."""
_OWN_KEYS = 5


class Candidates:
    def __init__(self, backend: Backend, most_bytes: int = MOST_BYTES) -> None:
        self._backend, self.most_bytes = backend, most_bytes
        self._resting: dict[str, Millis] = {}

    def choose(self, ids: Sequence[str], now: Millis) -> Iterator[list[str]]:
        """The ids in their order, in groups to be read together.

        What could not be moved lately is left out, and what is larger than a segment: a death of memory would stop all.
        """
        wanted = [id_ for id_ in ids if self._resting.get(id_, 0) <= now]
        for first in range(0, len(wanted), _MEASURED):
            some = wanted[first : first + _MEASURED]
            sizes = list(zip(some, self._measure(some), strict=True))
            for id_, size in sizes:
                if size > self.most_bytes:
                    log.warning("not archived", action="archive.too_large", instance=id_, bytes=size)
                    self.postpone(id_, now)
            yield from divide([(id_, size) for id_, size in sizes if size <= self.most_bytes], self.most_bytes)

    def postpone(self, instance_id: str, now: Millis) -> None:
        """It is not looked at again for an hour."""
        if len(self._resting) >= _MOST_RESTING:
            self._resting.clear()
        self._resting[instance_id] = now + _REST_MS

    def _measure(self, ids: Sequence[str]) -> list[int]:
        """The bytes that each takes in the store; nothing of it is read."""
        return self._backend.run_each("measure", [(name_keys(id_)[:_OWN_KEYS], []) for id_ in ids])


def divide(sizes: Sequence[tuple[str, int]], most: int) -> Iterator[list[str]]:
    """Groups of neighbours that together have at most so many bytes, unless one alone has more."""
    group: list[str] = []
    total = 0
    for id_, size in sizes:
        if group and (total + size > most or len(group) == _TOGETHER):
            yield group
            group, total = [], 0
        group.append(id_)
        total += size
    if group:
        yield group
