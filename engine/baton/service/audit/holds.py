"""Placing an instance under legal hold, and releasing it."""

from __future__ import annotations

from baton.model.errors import Conflict
from baton.service.core.clock import Clock
from baton.service.reads.instance_queries import InstanceQueries
from baton.store.holds import Hold
from baton.store.store import Store


class LegalHolds:
    """An instance under hold is removed neither by retention nor by deletion nor by ``forget``."""

    def __init__(self, store: Store, instances: InstanceQueries, clock: Clock) -> None:
        self._holds, self._instances, self._clock = store.holds, instances, clock

    def list(self) -> list[Hold]:
        """The newest first."""
        return sorted(self._holds.list(), key=lambda hold: (-hold.at, hold.instance_id))

    def is_held(self, instance_id: str) -> bool:
        return bool(self._holds.list_held([instance_id]))

    def place(self, instance_id: str, reason: str, by: str | None) -> None:
        """Raises NotFound without such an instance."""
        header = self._instances.get(instance_id)
        self._holds.put(Hold(instance_id=header.id, at=self._clock.now(), by=by, reason=reason))

    def release(self, instance_id: str) -> None:
        """Raises Conflict for an instance that is not under hold."""
        if not self.is_held(instance_id):
            raise Conflict(f"Expected an instance under legal hold, but '{instance_id}' is under none")
        self._holds.remove(instance_id)
