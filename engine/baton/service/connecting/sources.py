"""The state of all sources, as the processes that take events from them report it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from baton.model.rows import from_row, to_row
from baton.model.times import Millis
from baton.service.connecting.dead_letters import DeadLetters
from baton.service.connecting.sinks import SourceSettings
from baton.service.core.clock import Clock
from baton.store import keys
from baton.store.operations import apply_ops
from baton.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """``at``: of the report; None before the first. ``waiting``: events not taken yet, None if the bus cannot tell."""

    at: Millis | None = None
    waiting: int | None = None
    error: str = ""
    failing_since: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    name: str
    kind: str
    report: SourceReport
    dead_letters: int


class Sources:
    def __init__(self, store: Store, settings: Sequence[SourceSettings], letters: DeadLetters, clock: Clock) -> None:
        self.settings = tuple(settings)
        self._store, self._letters, self._clock = store, letters, clock

    def record(self, name: str, *, waiting: int | None = None, error: str = "") -> None:
        """Of several processes the last one counts. Raises StoreUnavailable."""
        now = self._clock.now()
        before = self._read(name)
        report = SourceReport(at=now, waiting=waiting, error=error[:500])
        if error:
            report = replace(report, waiting=before.waiting, failing_since=before.failing_since or now)
        blob = self._store.blobs.encode(to_row(report))
        apply_ops(self._store.backend, keys.SOURCES, [["HSET", keys.SOURCES, name, blob]])

    def list(self) -> list[SourceStatus]:
        """In the order of the file. Raises StoreUnavailable."""
        return [
            SourceStatus(
                name=source.name,
                kind=source.kind,
                report=self._read(source.name),
                dead_letters=self._letters.count(source.name),
            )
            for source in self.settings
        ]

    def _read(self, name: str) -> SourceReport:
        blob = self._store.backend.read([("HGET", keys.SOURCES, name)])[0]
        return SourceReport() if blob is None else from_row(SourceReport, self._store.blobs.decode(blob))
