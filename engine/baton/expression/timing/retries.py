"""How often and when something that failed is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from baton.expression.core.errors import ExpressionError
from baton.expression.timing.durations import Duration, parse_duration
from baton.model.times import Millis

MAX_ATTEMPTS = 1_000_000


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """``attempts`` in all, and the ``delays`` between them; the last delay serves for the rest."""

    attempts: int
    delays: tuple[Duration, ...] = ()

    def find_due(self, now: Millis, failures: int) -> Millis:
        """When to try again after the ``failures``-th failure (from 1), which happened now."""
        if not self.delays:
            return now
        return self.delays[min(max(failures, 1), len(self.delays)) - 1].add_to(now)


@lru_cache(maxsize=1024)
def parse_retry_cycle(text: str) -> RetryPlan:
    """``R5/PT10S`` (five attempts), ``PT10S,PT1M`` (one more than delays), or a number. Raises ExpressionError."""
    stripped = text.strip()
    if stripped.isascii() and stripped.isdigit() and len(stripped) < 8:
        return RetryPlan(_bounded(int(stripped), text))
    if stripped.startswith("R"):
        count, _, delay = stripped[1:].partition("/")
        if not (count.isascii() and count.isdigit() and len(count) < 8):
            raise _unreadable(text)
        return RetryPlan(_bounded(int(count), text), (_delay(delay, text),))
    delays = tuple(_delay(part, text) for part in stripped.split(","))
    return RetryPlan(_bounded(len(delays) + 1, text), delays)


def _bounded(attempts: int, text: str) -> int:
    if attempts > MAX_ATTEMPTS:
        raise ExpressionError(f"Expected at most {MAX_ATTEMPTS} attempts, but found '{text[:80]}'", "syntax", 0)
    return attempts


def _delay(part: str, text: str) -> Duration:
    try:
        found = parse_duration(part)
    except ExpressionError:
        raise _unreadable(text) from None
    if found.months < 0 or found.micros < 0:
        raise _unreadable(text)
    return found


def _unreadable(text: str) -> ExpressionError:
    return ExpressionError(
        f"Expected retries such as 'R5/PT10S', 'PT10S,PT1M' or '3', but found '{text[:80]}'", "syntax", 0
    )
