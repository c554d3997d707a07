"""Whether the store answers, and how much is in it."""

from __future__ import annotations

from collections.abc import Mapping

from baton.model.records import InstanceState
from baton.service.operations.watchdog import WatchdogStatus
from baton.store.store import Store


class Health:
    def __init__(self, store: Store, watchdog: WatchdogStatus) -> None:
        self._store, self._watchdog = store, watchdog

    def check(self) -> dict[str, object]:
        """Cheap; raises what the store raises when it does not answer."""
        self._store.library.get_generation()
        return {"status": "UP", "partitions": len(self._store.partitions)}

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
