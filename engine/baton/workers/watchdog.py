"""The watchdog: finds instances that nothing will ever wake, and work that nobody does."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import structlog

from baton.service import Engine

log = structlog.get_logger("baton.watchdog")


@dataclass(frozen=True, slots=True)
class Finding:
    """``rule`` is what is wrong; ``repaired`` True when the watchdog could put it right."""

    rule: str
    subject: str
    message: str
    repaired: bool = False


class Watchdog:
    """Looks once in a while; ``look`` is one look."""

    def __init__(self, engine: Engine, rest_ms: int = 30_000) -> None:
        self._engine, self._rest_ms = engine, rest_ms
        self._suspects: frozenset[str] = frozenset()

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(self._rest_ms / 1000):
            try:
                for finding in self.look():
                    log.warning(
                        finding.message, action=f"watchdog.{finding.rule}", subject=finding.subject,
                        repaired=finding.repaired,
                    )  # fmt: skip
            except Exception as error:
                log.error("watchdog interrupted", action="watchdog.interrupted", reason=str(error))

    def look(self) -> list[Finding]:
        """What is wrong now. An instance is stuck when two looks in a row found nothing that would wake it."""
        suspects = frozenset(self._engine.stuck())
        stuck = suspects & self._suspects
        self._suspects = suspects - stuck
        found = [self._wake(instance_id) for instance_id in sorted(stuck)]
        return found + [Finding("unserved-topic", topic, text) for topic, text in self._engine.unserved_topics()]

    def _wake(self, instance_id: str) -> Finding:
        repaired = self._engine.wake(instance_id)
        return Finding(
            "stuck",
            instance_id,
            "Expected a waiting command, a lease, a timer, an open task, a subscription or an incident, but found none",
            repaired,
        )
