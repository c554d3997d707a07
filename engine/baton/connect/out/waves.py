"""Events that may be under way together: none of them may overtake one of the same instance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from baton.connect.out.sink import Sent
from baton.service import OutgoingEvent

Wave = list[tuple[int, OutgoingEvent]]
"""Events with their places in the batch."""


def make_waves(events: Sequence[OutgoingEvent], most: int) -> Iterator[Wave]:
    """The first events of all instances, then the second ones, and so on; at most ``most`` in a wave."""
    waves: list[Wave] = []
    counts: dict[str, int] = {}
    for place, event in enumerate(events):
        number = counts.get(event.key, 0)
        counts[event.key] = number + 1
        if number == len(waves):
            waves.append([])
        waves[number].append((place, event))
    for wave in waves:
        for first in range(0, len(wave), most):
            yield wave[first : first + most]


class Outcomes:
    """What became of the events of a batch, which arrive in waves and thus not one after the other."""

    def __init__(self, count: int) -> None:
        self._missing: dict[int, str | None] = dict.fromkeys(range(count))
        self._refused: set[int] = set()
        self._count, self._why = count, ""

    def confirm(self, place: int) -> None:
        self._missing.pop(place, None)

    def refuse(self, place: int, error: str) -> None:
        """The event is not wanted; others may be."""
        self._missing[place] = error
        self._refused.add(place)

    def fail(self, error: str) -> None:
        """All that are not confirmed have to be sent again. The first reason counts."""
        self._why = self._why or error

    @property
    def has_failed(self) -> bool:
        return bool(self._why)

    def conclude(self) -> Sent:
        """Up to the first that has not arrived."""
        if not self._missing:
            return Sent(self._count)
        place = min(self._missing)
        return Sent(place, self._missing[place] or self._why or "no answer in time", place in self._refused)
