"""A host, or a topic of calls, that fails again and again is not called for a while; then one call tries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

MOST = 1_000
"""Circuits that are remembered: data may choose names of hosts. The oldest one is forgotten, and begins anew."""


class CircuitState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    TRYING = "trying"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Of one host or topic. ``until``: when it is tried again, by the clock of the breaker, in seconds."""

    state: CircuitState = CircuitState.CLOSED
    failures: int = 0
    until: float = 0.0
    message: str = ""


class Breaker:
    """For hosts, or for topics. Safe for threads. ``report`` is told of each whose circuit changes."""

    def __init__(
        self,
        failures: int,
        pause_s: float,
        report: Callable[[str, Circuit], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures, self._pause, self._report, self._clock = failures, pause_s, report, clock
        self._circuits: dict[str, Circuit] = {}
        self._lock = threading.Lock()

    def ask(self, host: str) -> float:
        """How many seconds the host is not called yet; 0: now. After the pause, the first to ask tries."""
        with self._lock:
            circuit = self._circuits.get(host)
            if circuit is None or circuit.state is CircuitState.CLOSED:
                return 0.0
            left = circuit.until - self._clock()
            if left > 0:
                return left
            # The one that tries may die: after another pause the next one tries.
            trying = replace(circuit, state=CircuitState.TRYING, until=self._clock() + self._pause)
            self._circuits[host] = trying
        self._report(host, trying)
        return 0.0

    def note_success(self, host: str) -> None:
        with self._lock:
            circuit = self._circuits.pop(host, None)
        if circuit is not None:
            self._report(host, Circuit())

    def note_failure(self, host: str, message: str) -> None:
        with self._lock:
            before = self._circuits.get(host, Circuit())
            failures = before.failures + 1
            opens = failures >= self._failures or before.state is CircuitState.TRYING
            state = CircuitState.OPEN if opens else CircuitState.CLOSED
            until = self._clock() + self._pause if opens else 0.0
            circuit = Circuit(state=state, failures=failures, until=until, message=message)
            self._circuits.pop(host, None)
            self._circuits[host] = circuit
            if len(self._circuits) > MOST:
                del self._circuits[next(iter(self._circuits))]
        self._report(host, circuit)
