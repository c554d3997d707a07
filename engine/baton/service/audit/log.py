"""Writes the audit and reads it."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from baton.model.audit import AuditEntry, AuditEvent, AuditOutcome, AuditValues
from baton.model.ids import get_instance_id, get_partition, is_instance_id
from baton.model.immutable import immutable
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.store.audit import StoredEntry
from baton.store.store import Store

_SALT_BYTES = 16


@immutable
class Actor:
    """``kind``: person, key, anybody, or process for one of Baton's own."""

    kind: str
    name: str
    address: str = ""


@immutable
class AuditQuery:
    """None: does not matter. ``before``, ``after``: moments; the first is left out, the second is not."""

    before: Millis | None = None
    after: Millis | None = None
    actor: str | None = None
    action: str | None = None
    target: str | None = None
    instance_id: str | None = None
    outcome: str | None = None

    def matches(self, event: AuditEvent) -> bool:
        return (
            self.actor in (None, event.actor)
            and (self.action is None or self.action in event.action)
            and self.outcome in (None, event.outcome)
            and self.instance_id in (None, event.instance_id)
            and (self.target is None or self.target in event.target)
        )


class AuditLog:
    """An entry is in the store when ``record`` returns: what it tells of is done only then."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store.audit, clock

    def record(
        self,
        actor: Actor,
        action: str,
        target: str = "",
        *,
        instance_id: str | None = None,
        before: str | None = None,
        after: str | None = None,
    ) -> AuditEntry:
        """What somebody is about to do. ``before``, ``after``: JSON. Raises StoreUnavailable."""
        event = AuditEvent(
            at=self._clock.now(),
            actor_kind=actor.kind,
            actor=actor.name,
            action=action,
            target=target,
            address=actor.address,
            instance_id=instance_id,
        )
        return self._append(event, before=before, after=after)

    def record_refusal(self, actor: Actor, action: str, target: str, reason: str, instance_id: str | None) -> None:
        """What somebody was not allowed to do."""
        event = AuditEvent(
            at=self._clock.now(),
            actor_kind=actor.kind,
            actor=actor.name,
            action=action,
            target=target,
            address=actor.address,
            instance_id=instance_id,
            outcome=AuditOutcome.REFUSED,
        )
        self._append(event, reason=reason)

    def record_outcome(self, entry: AuditEntry, outcome: AuditOutcome, reason: str) -> None:
        """What was recorded came to nothing."""
        event = replace(entry.event, at=self._clock.now(), outcome=outcome, follows=entry.id)
        self._append(event, reason=reason)

    def record_in(self, partition: int, actor: Actor, action: str, target: str) -> None:
        """What a process of Baton does to a chain."""
        event = AuditEvent(at=self._clock.now(), actor_kind=actor.kind, actor=actor.name, action=action, target=target)
        self._store.append(partition, event, AuditValues(salt=secrets.token_bytes(_SALT_BYTES)))

    def _append(
        self, event: AuditEvent, *, before: str | None = None, after: str | None = None, reason: str = ""
    ) -> AuditEntry:
        values = AuditValues(salt=secrets.token_bytes(_SALT_BYTES), before=before, after=after, reason=reason)
        return self._store.append(self._choose_partition(event), event, values)

    def _choose_partition(self, event: AuditEvent) -> int:
        """That of the instance, so that what is known of it lies together; the others are spread."""
        if event.instance_id is not None:
            return get_partition(event.instance_id)
        return zlib.crc32(f"{event.actor} {event.target}".encode()) % len(self._store.partitions)

    # -- reading

    def find(self, query: AuditQuery, first: int, limit: int) -> list[StoredEntry]:
        """The newest first."""
        return list(islice(self.iterate(query), first, first + limit))

    def iterate(self, query: AuditQuery) -> Iterator[StoredEntry]:
        """The newest first. Raises Damaged."""
        if query.instance_id is not None:
            found: Iterator[StoredEntry] = reversed(self.list_of_instance(get_instance_id(query.instance_id)))
            found = (item for item in found if _is_between(item.entry.event.at, query))
        else:
            found = self._store.iterate_back(query.before, query.after or 0)
        return (item for item in found if query.matches(item.entry.event))

    def list_of_instance(self, instance_id: str) -> list[StoredEntry]:
        """The oldest first; none for a text that is the id of no instance."""
        return self._store.list_of_instance(instance_id) if is_instance_id(instance_id) else []

    def erase_values(self, entries: list[AuditEntry]) -> None:
        """The entries stay, and their chain whole."""
        self._store.erase_values(entries)


def _is_between(at: Millis, query: AuditQuery) -> bool:
    return (query.after or 0) <= at and (query.before is None or at < query.before)


def find_instance(parts: Iterable[str]) -> str | None:
    """The process instance that one of these ids is of, or of a record of; None without one."""
    for part in parts:
        instance_id = get_instance_id(part)
        if is_instance_id(instance_id):
            return instance_id
    return None
