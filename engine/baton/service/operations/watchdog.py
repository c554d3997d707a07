"""The rules of the watchdog, and its last report, which every process can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import structlog

from baton.expression import ExpressionError
from baton.expression.timing import parse_duration
from baton.model.definition import Definition
from baton.model.errors import NotFound
from baton.model.records import InstanceState
from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.service.connecting.sources import Sources
from baton.service.connecting.status import Sinks
from baton.service.core.clock import Clock
from baton.service.core.queries import DefinitionQuery, IncidentQuery
from baton.service.core.settings import Settings
from baton.service.deployments.library import DefinitionLibrary
from baton.service.operations.called_hosts import CalledHosts
from baton.service.operations.invariant import Invariant
from baton.service.operations.overdue import OverdueAction, OverdueHandler
from baton.service.reads.incidents import Incidents
from baton.service.turns.failures import BUG, DAMAGED, STUCK
from baton.service.turns.mailbox import Mailbox
from baton.store import keys
from baton.store.operations import apply_ops
from baton.store.store import Store

log = structlog.get_logger("baton.watchdog")
EXPECTED_DURATION = "baton:expectedDuration"
"""Extension property of a process: an ISO 8601 duration that its instances should not take longer than."""
OVERDUE = "baton:overdue"
"""Extension property of a process: an ``OverdueAction``."""
OBSERVED = "baton:observed"
"""Extension property of a process that Baton does not conduct."""
_LATE_STEPS = {"overdue-step": "overdueStep", "missing-step": "missingStep"}
"""Rules about observed instances -> kinds of incidents."""
RUNNING = "running instances"
FAILS_AGAIN = 3
"""Failures of one handler within a quarter of an hour that are reported."""
_MAX_FINDINGS = 100
"""Findings of one rule that a report holds."""
STUCK_MESSAGE = (
    "Expected a waiting command, a lease, a timer, an open task, a subscription or an incident, but found none"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``rule`` names the problem; ``repaired`` is True when the watchdog has repaired it."""

    rule: str
    subject: str
    """Instance id, or name of a topic or queue."""
    message: str
    repaired: bool = False
    since: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchdogReport:
    """The findings of one check; ``at`` is None before the first check."""

    at: Millis | None = None
    findings: tuple[Finding, ...] = ()


class WatchdogStatus:
    def __init__(
        self,
        store: Store,
        library: DefinitionLibrary,
        mailbox: Mailbox,
        invariant: Invariant,
        overdue: OverdueHandler,
        hosts: CalledHosts,
        sinks: Sinks,
        incidents: Incidents,
        sources: Sources,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._store, self._library, self._mailbox = store, library, mailbox
        self._invariant, self._overdue, self._hosts, self._clock = invariant, overdue, hosts, clock
        self._sinks, self._sources, self._incidents = sinks, sources, incidents
        self._expectations: dict[str, tuple[str | None, OverdueAction]] = {}
        self._observed: set[str] = set()

    # -- rules

    def repair_stuck(self, instance_id: str) -> Finding:
        """Wake an instance that nothing will wake; if that does not help, open an incident."""
        if self._invariant.wake(instance_id):
            return Finding(rule="stuck", subject=instance_id, message=STUCK_MESSAGE, repaired=True)
        self._mailbox.open_incident(instance_id, STUCK, STUCK_MESSAGE)
        return Finding(rule="stuck", subject=instance_id, message=STUCK_MESSAGE)

    def find_overdue(self) -> list[Finding]:
        """Instances that run for longer than their process expects, the oldest first; handled as it says."""
        return [
            item for definition in self._library.find(DefinitionQuery()) for item in self._find_overdue_of(definition)
        ]

    def _find_overdue_of(self, definition: Definition) -> Iterator[Finding]:
        expected, action = self._get_expectation(definition)
        if expected is None:
            return
        now = self._clock.now()
        for started, instance_id in self._store.lists.list_unfinished(definition.id)[:_MAX_FINDINGS]:
            limit = parse_duration(expected).add_to(started)
            if limit < now:
                done = self._overdue.handle(action, instance_id, (now - started) // max(1, limit - started))
                message = f"Expected an instance of '{definition.key}' to take at most {expected}, but it still runs"
                yield Finding(
                    rule="overdue", subject=instance_id, message=f"{message}: {done}" if done else message, since=limit
                )

    def _get_expectation(self, definition: Definition) -> tuple[str | None, OverdueAction]:
        """The expected duration in the model, if it is one, and what to do beyond it; definitions never change."""
        if definition.id not in self._expectations:
            try:
                properties = self._library.get_model(definition.id).properties
            except NotFound as error:
                # Deleted meanwhile, or its file is gone: the other definitions are checked nevertheless.
                log.warning(error.message, action="watchdog.no_model", definition=definition.id)
                return None, OverdueAction.REPORT
            if properties.get(OBSERVED) == "true":
                self._observed.add(definition.id)
            text = properties.get(EXPECTED_DURATION)
            action = _read_action(definition.id, properties.get(OVERDUE, OverdueAction.REPORT.value))
            self._expectations[definition.id] = (text if text and _is_duration(text) else None, action)
        return self._expectations[definition.id]

    def find_late_steps(self) -> Iterator[Finding]:
        """Steps of observed instances that are overdue, or missing between others."""
        observed = [found.id for found in self._library.find(DefinitionQuery()) if self._is_observed(found)]
        if not observed:
            return
        for rule, kind in _LATE_STEPS.items():
            query = IncidentQuery(kind=kind, definition_ids=tuple(observed), limit=_MAX_FINDINGS)
            for found in self._incidents.find(query):
                yield Finding(rule=rule, subject=found.instance_id, message=found.message, since=found.created_at)

    def _is_observed(self, definition: Definition) -> bool:
        self._get_expectation(definition)
        return definition.id in self._observed

    def find_unserved(self) -> list[Finding]:
        return [
            Finding(rule="unserved-topic", subject=topic, message=text)
            for topic, text in self._invariant.find_unserved_topics()
        ]

    def find_hosts_away(self) -> list[Finding]:
        """Hosts and topics that are not called for a while, because calls failed again and again."""
        return [
            Finding(
                rule="host-away",
                subject=host.host,
                message=f"Expected an answer, but {host.failures} calls in a row failed: {host.message}",
                since=host.at,
            )
            for host in self._hosts.list_failing()
            if host.state != "closed"
        ]

    def find_sinks_away(self) -> Iterator[Finding]:
        """Sinks that take nothing, events that could not be sent, and events that nothing expected."""
        for sink in self._sinks.list():
            if sink.error:
                message = f"Expected the sink to take events, but: {sink.error}"
                yield Finding(rule="sink-away", subject=sink.name, message=message, since=sink.failing_since)
            if sink.dead_letters:
                message = (
                    f"Expected all events to be sent, but {sink.dead_letters} could not be: look at the dead letters"
                )
                yield Finding(rule="dead-letters", subject=sink.name, message=message)
        unfit = self._sinks.count_unfit()
        if unfit:
            message = f"Expected all events that came in to fit something, but {unfit} do not: look at the dead letters"
            yield Finding(rule="dead-letters", subject="events in", message=message)

    def find_sources_away(self) -> Iterator[Finding]:
        """Sources from which nothing can be taken."""
        for source in self._sources.list():
            if source.report.error:
                message = f"Expected the source to give events, but: {source.report.error}"
                since = source.report.failing_since
                yield Finding(rule="source-away", subject=source.name, message=message, since=since)

    def find_inconsistent(self) -> Iterator[Finding]:
        """Instances whose stored state cannot be read, or on which Baton itself has failed."""
        for kind in (DAMAGED, BUG):
            for found in self._incidents.find(IncidentQuery(kind=kind, limit=_MAX_FINDINGS)):
                yield Finding(
                    rule="inconsistent", subject=found.instance_id, message=found.message, since=found.created_at
                )

    def find_over_capacity(self, lengths: Mapping[str, int]) -> Iterator[Finding]:
        """``lengths``: as of ``measure_queues``."""
        for name, length in lengths.items():
            most = self._settings.most_instances if name == RUNNING else self._settings.most_waiting
            if 0 < most < length and name != "outbox":
                message = f"Expected at most {most} of '{name}', but there are {length}"
                yield Finding(rule="over-capacity", subject=name, message=message)

    def find_failing_undoing(self, counts: Mapping[tuple[str, ...], int]) -> Iterator[Finding]:
        """``counts``: tallies of what has happened since a while ago."""
        for (metric, *labels), count in counts.items():
            if metric == "undone_activities" and labels[2] == "failed" and count >= FAILS_AGAIN:
                process, handler, _ = labels
                message = f"Expected '{handler}' to undo, but it failed {count} times within a quarter of an hour"
                yield Finding(rule="undoing-fails", subject=f"{process} {handler}", message=message)

    def measure_queues(self) -> dict[str, int]:
        """Lengths by name: tasks of each topic that could be locked now, the outbox, and instances that run."""
        now, found = self._clock.now(), dict[str, int]()
        queues = self._store.tasks.list_queues(self._store.partitions)
        counts = self._store.backend.read([("ZCOUNT", key, "-inf", now) for key in queues])
        for key, count in zip(queues, counts, strict=True):
            name = f"topic {key.split(':', 3)[3]}"
            found[name] = found.get(name, 0) + count
        running = sum(self._store.lists.count_in_state(state) for state in InstanceState if not state.is_ended)
        return {**found, "outbox": self._store.outbox.count_waiting(), RUNNING: running}

    # -- the report

    def publish(self, findings: list[Finding]) -> None:
        """Store the findings of this process for all to read."""
        rows = [to_row(finding) for finding in findings[: 10 * _MAX_FINDINGS]]
        blob = self._store.blobs.encode([self._clock.now(), rows])
        apply_ops(self._store.backend, keys.WATCHDOG, [["SET", keys.WATCHDOG, blob]])

    def read_report(self) -> WatchdogReport:
        blob = self._store.backend.read([("GET", keys.WATCHDOG)])[0]
        if blob is None:
            return WatchdogReport()
        at, rows = self._store.blobs.decode(blob)
        return WatchdogReport(at=at, findings=tuple(from_row(Finding, row) for row in rows))

    def collect_metrics(self) -> Mapping[str, float]:
        """Number of findings of the last check, by rule."""
        found: dict[str, float] = {"stuck": 0, "overdue": 0, "unserved_topic": 0, "growing_queue": 0, "host_away": 0}
        found |= {"sink_away": 0, "source_away": 0, "dead_letters": 0, "overdue_step": 0, "missing_step": 0}
        found |= {"inconsistent": 0, "over_capacity": 0, "undoing_fails": 0}
        for finding in self.read_report().findings:
            name = finding.rule.replace("-", "_")
            found[name] = found.get(name, 0.0) + 1
        return {f"watchdog_{name}": count for name, count in found.items()}


def _read_action(definition_id: str, text: str) -> OverdueAction:
    try:
        return OverdueAction(text)
    except ValueError:
        wanted = ", ".join(OverdueAction)
        log.warning(
            f"Expected {OVERDUE} of '{definition_id}' to be one of {wanted}, but found '{text}': it is only reported",
            action="watchdog.unknown_action",
        )
        return OverdueAction.REPORT


def _is_duration(text: str) -> bool:
    try:
        parse_duration(text)
    except ExpressionError:
        return False
    return True
