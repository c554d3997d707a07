"""How many requests a caller may send in a minute, over all processes.

A process takes a share of the minute from the store at once and counts it down in memory: one round trip for many
requests. What it does not use up is lost for the others, so that a caller may get a little less than the limit, and
never more.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from baton.model.errors import TooManyRequests
from baton.service.core.clock import Clock
from baton.store.store import Store

WINDOW_MS = 60_000
SHARES = 50
"""So many round trips a process needs to use up a whole limit."""
MOST = 10_000
"""Callers that a process remembers, about 200 bytes each; of one that it has forgotten it asks the store again."""


class RateLimiter:
    """Safe for threads."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store.identities, clock
        self._left: OrderedDict[str, tuple[int, int]] = OrderedDict()
        """Name of a count -> number of the minute, requests that this process may still let in."""
        self._lock = threading.Lock()

    def count(self, who: str, what: str, per_minute: int) -> None:
        """One more ``what`` (``requests``, ``starts``) of a caller. Raises TooManyRequests."""
        now = self._clock.now()
        minute, name = now // WINDOW_MS, f"{what}:{who}"
        if self._take(name, minute):
            return
        share = max(1, per_minute // SHARES)
        total = self._store.count_use(f"{name}:{minute}", share, 2 * WINDOW_MS)
        granted = min(share, share - (total - per_minute))
        if granted <= 0:
            seconds = -(-((minute + 1) * WINDOW_MS - now) // 1000)
            raise TooManyRequests(
                f"Expected at most {per_minute} {what} a minute from {who}, but there were more: "
                f"try again in {seconds} s",
                seconds,
            )
        self._keep(name, minute, granted - 1)

    def _take(self, name: str, minute: int) -> bool:
        with self._lock:
            kept, left = self._left.get(name, (minute, 0))
            if kept != minute or left <= 0:
                return False
            self._left[name] = (minute, left - 1)
            return True

    def _keep(self, name: str, minute: int, more: int) -> None:
        with self._lock:
            kept, left = self._left.pop(name, (minute, 0))
            self._left[name] = (minute, more + (left if kept == minute else 0))
            while len(self._left) > MOST:
                self._left.popitem(last=False)
