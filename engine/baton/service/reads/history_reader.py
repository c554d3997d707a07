"""The history of instances as it was written; what was damaged since becomes an incident of that instance alone."""

from __future__ import annotations

import structlog

from baton.model.events import Event
from baton.model.times import Millis
from baton.runtime import Snapshot, fold
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.turns.failures import DAMAGED, EngineBug
from baton.service.turns.mailbox import Mailbox
from baton.store import codec
from baton.store.store import Store

log = structlog.get_logger("baton.past")


class HistoryReader:
    def __init__(self, store: Store, mailbox: Mailbox, instances: InstanceQueries) -> None:
        self._store, self._mailbox, self._instances = store, mailbox, instances

    def list_events(self, instance_id: str, from_: int = 0, to: int | None = None) -> list[Event]:
        """Events with positions from ``from_`` up to and including ``to``. Raises EngineBug when it is damaged."""
        events = self._events(instance_id)
        return [e for e in events if e.position >= from_ and (to is None or e.position <= to)]

    def get_state_at(self, instance_id: str, *, position: int | None = None, at: Millis | None = None) -> Snapshot:
        """Tokens and variables as of an event or a moment."""
        self._instances.get(instance_id)
        return fold(self._events(instance_id), position=position, at=at)

    def list_readable_events(self, instance_id: str) -> list[Event]:
        """For lists of many instances: one whose history is damaged is not in the way of the others."""
        try:
            return self._events(instance_id)
        except EngineBug:
            return []

    def _events(self, instance_id: str) -> list[Event]:
        try:
            return self._store.lists.history(instance_id)
        except codec.Damaged as damage:
            log.error(str(damage), action="history.damaged", instance=instance_id)
            self._mailbox.report(instance_id, DAMAGED, str(damage))
            raise EngineBug(str(damage)) from damage
