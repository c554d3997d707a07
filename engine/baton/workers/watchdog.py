"""The watchdog finds instances that nothing will wake or that take too long, and topics without workers."""

from __future__ import annotations

import threading

import structlog

from baton.service import RUNNING, Alert, Engine, Finding

log = structlog.get_logger("baton.watchdog")

GROWING_CHECKS = 5
"""A queue that was longer at each of so many checks in a row grows."""
GROWING_LENGTH, GROWING_INSTANCES = 100, 1_000
"""Shorter queues, and fewer running instances, are not reported."""
LATELY_MS = 900_000


class Watchdog:
    """Checks at intervals; ``check`` is one check."""

    def __init__(self, engine: Engine, rest_ms: int = 30_000) -> None:
        self._engine, self._rest_ms = engine, rest_ms
        self._suspects: frozenset[str] = frozenset()
        self._lengths: dict[str, list[int]] = {}
        self._seen: list[tuple[int, dict[tuple[str, ...], int]]] = []
        self._logged: set[tuple[str, str]] = set()

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(self._rest_ms / 1000):
            try:
                self._log_new(self.check())
            except Exception as error:
                log.error("watchdog interrupted", action="watchdog.interrupted", reason=str(error))

    def check(self) -> list[Finding]:
        """What is wrong now. An instance is stuck when two checks in a row found nothing that would wake it."""
        status = self._engine.watchdog_status
        suspects = frozenset(self._engine.invariant.find_stuck())
        stuck = suspects & self._suspects
        self._suspects = suspects - stuck
        lengths = status.measure_queues()
        found = [status.repair_stuck(instance_id) for instance_id in sorted(stuck)]
        found += [
            *status.find_overdue(),
            *status.find_late_steps(),
            *status.find_unserved(),
            *status.find_hosts_away(),
            *status.find_sinks_away(),
            *status.find_sources_away(),
            *status.find_inconsistent(),
            *status.find_over_capacity(lengths),
            *status.find_failing_undoing(self._count_lately()),
            *self._find_growing(lengths),
        ]
        status.publish(found)
        self._engine.alerts.announce(
            [Alert(rule=item.rule, subject=item.subject, message=item.message) for item in found if not item.repaired]
        )
        return found

    def _count_lately(self) -> dict[tuple[str, ...], int]:
        """What turns have done within the last quarter of an hour, as far as this watchdog has looked."""
        now, counts = self._engine.clock.now(), self._engine.tallies.read()
        self._seen = [(at, seen) for at, seen in self._seen if now - at <= LATELY_MS]
        before = self._seen[0][1] if self._seen else counts
        self._seen.append((now, {name: n for name, n in counts.items() if name[0] == "undone_activities"}))
        return {name: count - before.get(name, 0) for name, count in self._seen[-1][1].items()}

    def _find_growing(self, lengths: dict[str, int]) -> list[Finding]:
        self._lengths = {name: [*self._lengths.get(name, ()), n][-GROWING_CHECKS:] for name, n in lengths.items()}
        return [
            Finding(
                rule="growing-queue",
                subject=name,
                message=f"Expected the queue '{name}' to become shorter, but it grew from {seen[0]} to {seen[-1]}",
            )
            for name, seen in self._lengths.items()
            if len(seen) == GROWING_CHECKS and seen[-1] >= _get_least(name) and sorted(set(seen)) == seen
        ]

    def _log_new(self, findings: list[Finding]) -> None:
        """Log each finding that the last check did not have."""
        for finding in findings:
            if (finding.rule, finding.subject) not in self._logged:
                log.warning(
                    finding.message,
                    action=f"watchdog.{finding.rule}",
                    subject=finding.subject,
                    repaired=finding.repaired,
                )
        self._logged = {(finding.rule, finding.subject) for finding in findings}


def _get_least(name: str) -> int:
    return GROWING_INSTANCES if name == RUNNING else GROWING_LENGTH
