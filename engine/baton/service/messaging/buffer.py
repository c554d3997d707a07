"""Messages that have come before their receivers: who waits for which of them, and a word when somebody begins to wait.

Each is looked at again every so often, and that finds everything. What begins to wait while a message is kept for it
says so at once: a hint, which brings the look forward.
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
from baton.store.outbox import Claimed
from baton.store.store import Store

log = structlog.get_logger("baton.kept")
_MAX_LISTED = 10_000
"""Of a message with more receivers than this, each that is kept is looked up by itself."""
_VALID_FOR_MS = 1_000
"""How long a process goes by the names that it has read: a message younger than this is looked at as often anyway."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Messages by what is to be done: nothing yet, hand over as aimed, or find out one by one."""

    waiting: list[Claimed] = field(default_factory=list[Claimed])
    deliverable: list[tuple[Claimed, Delivery]] = field(default_factory=list[tuple[Claimed, Delivery]])
    ambiguous: list[Claimed] = field(default_factory=list[Claimed])


class MessageBuffer:
    """Safe for threads and greenlets."""

    def __init__(self, store: Store, library: DefinitionLibrary, aims: Deliveries, clock: Clock) -> None:
        self._store, self._library, self._deliveries, self._clock = store, library, aims, clock
        self._names: frozenset[str] = frozenset()
        self._read_at: Millis | None = None

    # -- somebody begins to wait

    def expedite_for_receivers(self, result: TurnResult) -> None:
        """A turn of this process was committed: what is kept for those who wait since then is due at once."""
        waits = {
            (one.name, one.business_key)
            for one in (change.after for change in result.records if change.before is None)
            if isinstance(one, Subscription) and one.kind is SubscriptionKind.MESSAGE
        }
        if not waits:
            return
        try:
            names = self._get_names()
            self._store.outbox.hurry(wait for wait in waits if wait[0] in names)
        except Overloaded as error:
            log.info("receiver not announced", action="kept.unannounced", reason=error.message)

    def _get_names(self) -> frozenset[str]:
        now = self._clock.now()
        if self._read_at is None or now - self._read_at >= _VALID_FOR_MS:
            self._names, self._read_at = self._store.outbox.kept_names(), now
        return self._names

    def add_name(self, name: str) -> None:
        """This process has just put a message of that name aside."""
        self._names |= {name}

    # -- a look at many

    def match(self, kept: Sequence[Claimed]) -> Matches:
        """There may be thousands, so they are looked at together."""
        found = Matches()
        meetings: list[tuple[Claimed, str]] = []
        taken: set[str] = set()
        waiting = {name: self._find_receivers(name, kept) for name in {one.outgoing.name for one in kept}}
        for one in kept:
            receivers = waiting[one.outgoing.name]
            ids = None if receivers is None else receivers.find(one)
            if ids is not None and not ids:
                found.waiting.append(one)
            elif ids is not None and len(ids) == 1 and not taken.intersection(ids):
                taken.update(ids)
                meetings.append((one, ids[0]))
            else:
                found.ambiguous.append(one)
        return self._set_apart_recorded(found, meetings)

    def _find_receivers(self, name: str, kept: Sequence[Claimed]) -> Receivers | None:
        """Who waits for a name; None: it is not as simple as that."""
        if self._library.find_starts("message", name):
            return None
        by_key = self._store.lists.waiting_by_key("message", name, _MAX_LISTED)
        wanted = {key for one in kept if one.outgoing.name == name for key in one.correlation_keys}
        if not by_key or not wanted:
            return None if by_key is None else Receivers(by_key)
        scopes = ((get_instance_id(id_), 0) for ids in by_key.values() for id_ in ids)
        values = self._store.lists.variables(scopes, sorted(wanted))
        return Receivers(by_key, {instance_id: own for (instance_id, _), own in values.items()})

    def _set_apart_recorded(self, found: Matches, meetings: Sequence[tuple[Claimed, str]]) -> Matches:
        # One that was aimed at a receiver may have arrived before its sender died: it is looked at by itself.
        known = self._deliveries.find_recorded(
            [one.outgoing.id for one in (*found.waiting, *(one for one, _ in meetings))]
        )
        early = [one for one in found.waiting if one.outgoing.id not in known]
        others = [*found.ambiguous, *(one for one in found.waiting if one.outgoing.id in known)]
        receivers = self._read_subscriptions(id_ for _, id_ in meetings)
        aimed: list[tuple[Claimed, Delivery]] = []
        for one, id_ in meetings:
            out, receiver = one.outgoing, receivers.get(id_)
            if receiver is None or out.id in known or out.tenant_id not in (None, receiver.tenant_id):
                others.append(one)
            else:
                aimed.append((one, Delivery(out.id, receiver.instance_id, receiver.id)))
        return Matches(early, aimed, others)

    def _read_subscriptions(self, ids: Iterable[str]) -> dict[str, Subscription]:
        return {one.id: one for one in self._store.lists.records(Subscription, list(ids))}
