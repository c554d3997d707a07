"""How long to wait for another system that is away: longer and longer, and not all together."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_chance = Random()
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 60.0


class Pauses:
    """``failures``: how many in a row."""

    def __init__(self, jitter: Callable[[], float] = _chance.random) -> None:
        self._jitter = jitter
        self.failures = 0

    def clear(self) -> None:
        self.failures = 0

    def add_failure(self) -> float:
        """Seconds: half to all of a pause that doubles, so that those that failed together do not return together."""
        whole = min(FIRST_PAUSE_S * 2 ** min(self.failures, 20), LONGEST_PAUSE_S)
        self.failures += 1
        return whole * (0.5 + self._jitter() / 2)
