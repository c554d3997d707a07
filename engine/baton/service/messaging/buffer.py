"""Messages that arrived before their receivers wait in the outbox until an instance waits for them.

Each is tried again at intervals, and that alone is enough. When an instance begins to wait for a buffered message, the
process that commits the turn makes the message due at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import structlog

from baton.model.errors import Overloaded
from baton.model.ids import get_instance_id
from baton.model.records import Subscription, SubscriptionKind
from baton.model.times import Millis
from baton.model.turn_result import TurnResult
from baton.service.core.clock import Clock
from baton.service.deployments.library import DefinitionLibrary
from baton.service.messaging.deliveries import Deliveries, Delivery
from baton.service.messaging.receivers import Receivers
from baton.store.outbox import OutboxEntry
from baton.store.store import Store

log = structlog.get_logger("baton.message_buffer")
_MAX_LISTED = 10_000
"""When more subscriptions than this wait for a name, buffered messages are matched one by one."""
_VALID_FOR_MS = 1_000
"""How long a process trusts the names that it has read; a younger message is tried as often anyway."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Messages that still wait, that have one receiver, and that must be correlated one by one."""

    waiting: list[OutboxEntry] = field(default_factory=list[OutboxEntry])
    deliverable: list[tuple[OutboxEntry, Delivery]] = field(default_factory=list[tuple[OutboxEntry, Delivery]])
    ambiguous: list[OutboxEntry] = field(default_factory=list[OutboxEntry])


class MessageBuffer:
    """Safe for threads and greenlets."""

    def __init__(self, store: Store, library: DefinitionLibrary, deliveries: Deliveries, clock: Clock) -> None:
        self._store, self._library, self._deliveries, self._clock = store, library, deliveries, clock
        self._names: frozenset[str] = frozenset()
        self._read_at: Millis | None = None

    # -- an instance begins to wait

    def expedite_for_receivers(self, result: TurnResult) -> None:
        """After a commit: messages that wait for its new subscriptions become due at once."""
        waits = {
            (record.name, record.business_key)
            for record in (change.after for change in result.records if change.before is None)
            if isinstance(record, Subscription) and record.kind is SubscriptionKind.MESSAGE
        }
        if not waits:
            return
        try:
            names = self._get_names()
            self._store.outbox.expedite(wait for wait in waits if wait[0] in names)
        except Overloaded as error:
            log.info("buffered messages not expedited", action="message_buffer.not_expedited", reason=error.message)

    def _get_names(self) -> frozenset[str]:
        now = self._clock.now()
        if self._read_at is None or now - self._read_at >= _VALID_FOR_MS:
            self._names, self._read_at = self._store.outbox.list_buffered_names(), now
        return self._names

    def add_name(self, name: str) -> None:
        """Remember that this process has buffered a message of that name."""
        self._names |= {name}

    # -- many messages together

    def match(self, buffered: Sequence[OutboxEntry]) -> Matches:
        """Find receivers for all messages together, as there may be thousands."""
        found = Matches()
        pairs: list[tuple[OutboxEntry, str]] = []
        taken: set[str] = set()
        waiting = {name: self._find_receivers(name, buffered) for name in {item.outgoing.name for item in buffered}}
        for item in buffered:
            receivers = waiting[item.outgoing.name]
            ids = None if receivers is None else receivers.find(item)
            if ids is not None and not ids:
                found.waiting.append(item)
            elif ids is not None and len(ids) == 1 and not taken.intersection(ids):
                taken.update(ids)
                pairs.append((item, ids[0]))
            else:
                found.ambiguous.append(item)
        return self._set_apart_recorded(found, pairs)

    def _find_receivers(self, name: str, buffered: Sequence[OutboxEntry]) -> Receivers | None:
        """The subscriptions to a name; None when messages of that name must be correlated one by one."""
        if self._library.find_starts("message", name):
            return None
        by_key = self._store.lists.group_waiting_by_key("message", name, _MAX_LISTED)
        wanted = {key for item in buffered if item.outgoing.name == name for key in item.correlation_keys}
        if not by_key or not wanted:
            return None if by_key is None else Receivers(by_key)
        scopes = ((get_instance_id(id_), 0) for ids in by_key.values() for id_ in ids)
        values = self._store.lists.read_variables(scopes, sorted(wanted))
        return Receivers(by_key, {instance_id: own for (instance_id, _), own in values.items()})

    def _set_apart_recorded(self, found: Matches, pairs: Sequence[tuple[OutboxEntry, str]]) -> Matches:
        # A message with a recorded delivery may have arrived before its sender died: it is correlated by itself.
        known = self._deliveries.find_recorded(
            [item.outgoing.id for item in (*found.waiting, *(entry for entry, _ in pairs))]
        )
        waiting = [item for item in found.waiting if item.outgoing.id not in known]
        others = [*found.ambiguous, *(item for item in found.waiting if item.outgoing.id in known)]
        receivers = self._read_subscriptions(id_ for _, id_ in pairs)
        deliverable: list[tuple[OutboxEntry, Delivery]] = []
        for entry, id_ in pairs:
            out, receiver = entry.outgoing, receivers.get(id_)
            if receiver is None or out.id in known or out.tenant_id not in (None, receiver.tenant_id):
                others.append(entry)
            else:
                deliverable.append((entry, Delivery(out.id, receiver.instance_id, receiver.id)))
        return Matches(waiting, deliverable, others)

    def _read_subscriptions(self, ids: Iterable[str]) -> dict[str, Subscription]:
        return {record.id: record for record in self._store.lists.get_records(Subscription, list(ids))}
