"""Whether the store answers and turns and timers go on, and how much is in the store."""

from __future__ import annotations

from collections.abc import Mapping

from baton.model.errors import Overloaded
from baton.model.records import InstanceState
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.service.core.queries import DefinitionQuery
from baton.service.core.settings import Settings
from baton.service.deployments.library import DefinitionLibrary
from baton.service.operations.probe import Probe
from baton.service.operations.watchdog import WatchdogStatus
from baton.store.store import Store

MOST_COUNTED = 500
"""Versions of processes whose running instances are counted for the metrics: each is a question to all partitions."""
PATIENCE_S = 1.5
"""How long the store has to answer. A client such as a load balancer gives up after about two seconds."""


class Health:
    def __init__(
        self, store: Store, library: DefinitionLibrary, watchdog: WatchdogStatus, settings: Settings, clock: Clock
    ) -> None:
        self._library = library
        self._store, self._watchdog, self._settings, self._clock = store, watchdog, settings, clock
        self._progress = Probe(store.turns.read_progress)

    def check(self) -> dict[str, object]:
        """Whether Baton can serve, within two seconds.

        Raises Overloaded when the store does not answer or nothing works off what is due, and what the store raises.
        """
        self._require_progress(self._progress.ask(PATIENCE_S))
        return {"status": "UP", "partitions": len(self._store.partitions)}

    def _require_progress(self, last: Millis | None) -> None:
        ago = 0 if last is None else self._clock.now() - last
        if ago > self._settings.stalled_ms:
            raise Overloaded(
                f"Expected a process that works off due turns and timers, but none has for {ago} ms: does a process "
                "of the loops run, and is one turn in its way? (setting BATON_STALLED_MS)"
            )

    def read_progress(self) -> Millis | None:
        """When a process last worked off what was due; None before the first time."""
        return self._store.turns.read_progress()

    def count_running(self) -> Mapping[str, int]:
        """How many instances have not ended, by process; of the ``MOST_COUNTED`` versions that were deployed last."""
        deployed = sorted(self._library.find(DefinitionQuery()), key=lambda it: it.deployed_at)[-MOST_COUNTED:]
        counts = self._store.lists.count_each([definition.id for definition in deployed]) if deployed else {}
        found: dict[str, int] = {}
        for definition in deployed:
            found[definition.key] = found.get(definition.key, 0) + counts[definition.id]
        return found

    def collect_metrics(self) -> Mapping[str, float]:
        """Gauges by name: instances by state, what they hold open, what waits to be sent, memory."""
        lists = self._store.lists
        used, limit = self._store.backend.measure_memory()
        found = {f"instances_{state.value}": float(lists.count_in_state(state)) for state in InstanceState}
        return {
            **found,
            **self._watchdog.collect_metrics(),
            "incidents": float(lists.count_incidents()),
            "user_tasks": float(lists.count_user_tasks()),
            "jobs": float(lists.count_jobs()),
            "outbox": float(self._store.outbox.count_waiting()),
            "store_memory_bytes": float(used),
            "store_memory_limit_bytes": float(limit),
        }
