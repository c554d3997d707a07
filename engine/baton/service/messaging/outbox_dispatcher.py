"""Sends what is in the outbox: messages and signals between instances, all of them also published as CloudEvents."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import structlog

from baton.model.commands import DeliverMessage
from baton.model.errors import BadRequest, Conflict, MismatchingMessage, NotFound, Overloaded, RequestFailed
from baton.model.ids import get_instance_id
from baton.model.records import Subscription
from baton.model.times import Millis, to_datetime
from baton.model.turn_result import Outgoing
from baton.model.values import FileValue, Value
from baton.service.core.acting import act_within, get_acting
from baton.service.core.clock import Clock
from baton.service.core.settings import Settings
from baton.service.core.tracing import Tracing
from baton.service.deployments.library import DefinitionLibrary
from baton.service.messaging.deliveries import Delivery
from baton.service.messaging.messages import MessageQuery, Messages
from baton.service.starts import Starts
from baton.service.turns.failures import DAMAGED, raise_refusal
from baton.service.turns.mailbox import Mailbox
from baton.store import keys
from baton.store.outbox import OutboxEntry
from baton.store.store import Store

log = structlog.get_logger("baton.outbox")
_MAX_CLAIMED = 500
_CURSOR = re.compile("[0-9]{1,18}(-[0-9]{1,18})?")
_BATCH = 20
"""Messages that share their round trips: the first waits while the turns of all are computed."""
_DAMAGED_RETRY_MS = 600_000
_MAX_RETRY_MS, _MAX_REFUSED_RETRY_MS = 5_000, 60_000


class OutboxDispatcher:
    """At least once; receivers dedupe by the outgoing's id."""

    def __init__(
        self,
        store: Store,
        library: DefinitionLibrary,
        mailbox: Mailbox,
        starts: Starts,
        messages: Messages,
        settings: Settings,
        clock: Clock,
        tracing: Tracing,
    ) -> None:
        self._tracing = tracing
        self._store, self._library, self._mailbox, self._starts = store, library, mailbox, starts
        self._messages, self._deliveries, self._settings, self._clock = messages, messages.deliveries, settings, clock

    def dispatch(self, now: Millis | None = None) -> int:
        """Send what is due; returns how many."""
        moment = self._clock.now() if now is None else now
        claimed = self._store.outbox.claim(now=moment, retry_at=moment + self._settings.lease_ms, limit=_MAX_CLAIMED)
        whole = sorted((item for item in claimed if not item.damage), key=lambda entry: entry.first_at)
        for entry in claimed:
            if entry.damage:
                self._quarantine(entry, moment)
        buffered = [item for item in whole if _is_buffered(item, moment)]
        others = [item for item in whole if not _is_buffered(item, moment)]
        traces = self._tracing.find_of_messages([item.outgoing for item in others])
        for other in (*others, *self._deliver_buffered_together(buffered, moment)):
            with act_within(traces.get(other.outgoing.id)):
                self._send_or_reschedule(other, moment)
        return len(claimed)

    def _quarantine(self, entry: OutboxEntry, now: Millis) -> None:
        """A damaged message does not hold up others; its sender gets an incident."""
        log.error(entry.damage, action="outbox.damaged", outgoing=entry.outgoing.id)
        self._store.outbox.quarantine(entry, now + _DAMAGED_RETRY_MS)
        sender = get_instance_id(entry.outgoing.id)
        if keys.find_tag(sender) == entry.partition_prefix:
            self._mailbox.open_incident(sender, DAMAGED, entry.damage)

    def _deliver_buffered_together(self, buffered: Sequence[OutboxEntry], now: Millis) -> list[OutboxEntry]:
        """Reschedule messages without receiver, deliver those with one; returns those to be correlated one by one."""
        found = self._messages.buffer.match(buffered)
        self._store.outbox.reschedule(
            found.waiting, {item.outgoing.id: self._get_retry_at(item, now) for item in found.waiting}
        )
        others = found.ambiguous
        for first in range(0, len(found.deliverable), _BATCH):
            part = found.deliverable[first : first + _BATCH]
            arrived = self._messages.deliver_each([(_make_query(entry), delivery) for entry, delivery in part])
            self._store.outbox.confirm(*(entry for (entry, _), there in zip(part, arrived, strict=True) if there))
            others += [entry for (entry, _), there in zip(part, arrived, strict=True) if not there]
        return others

    def _get_retry_at(self, claimed: OutboxEntry, now: Millis, longest: Millis = _MAX_RETRY_MS) -> Millis:
        """When to try again: the longer something has waited, the later."""
        rest = max(self._settings.message_retry_ms, min((now - claimed.first_at) // 10, longest))
        return now + rest

    def _send_or_reschedule(self, entry: OutboxEntry, now: Millis) -> None:
        try:
            if _is_to_be_published(entry):
                self._publish(entry.outgoing, now)
        except Overloaded as error:
            _log_refusal(entry, error)
            # Not a failed attempt: with one, the entry would count as published, and outsiders would miss the event.
            self._store.outbox.reschedule([entry], {entry.outgoing.id: self._get_retry_at(entry, now)})
            return
        try:
            self._send(entry, now)
        except RequestFailed as error:
            _log_refusal(entry, error)
            self._store.outbox.retry_at(entry, self._get_retry_at(entry, now, _MAX_REFUSED_RETRY_MS))

    def _publish(self, out: Outgoing, now: Millis) -> None:
        event = make_cloud_event(out, now, get_acting().traceparent)
        self._store.outbox.publish(orjson.dumps(event, default=to_json_value))

    def _send(self, claimed: OutboxEntry, now: Millis) -> None:
        out = claimed.outgoing
        if claimed.ttl_ms > 0:
            self._deliver_buffered(claimed, now)
            return
        if out.kind == "signal":
            self._messages.send_signal(
                out.name, out.variables, command_id=out.id, sender=out.sender, tenant_id=out.tenant_id
            )
        elif not self._deliver_message(out) and now < claimed.first_at + self._settings.message_ttl_ms:
            self._store.outbox.retry_at(claimed, now + self._settings.message_retry_ms)
            return
        self._store.outbox.confirm(claimed)

    def _deliver_buffered(self, claimed: OutboxEntry, now: Millis) -> None:
        """Correlate a buffered message again, until its time to live is over."""
        out = claimed.outgoing
        try:
            self._messages.correlate(_make_query(claimed))
        except MismatchingMessage as error:
            if now < claimed.first_at + claimed.ttl_ms:
                self._store.outbox.retry_at(claimed, now + self._settings.message_retry_ms)
                return
            log.info("message expired", action="message.expired", message=out.id, name=out.name, reason=error.message)
        self._store.outbox.confirm(claimed)

    def _deliver_message(self, out: Outgoing) -> bool:
        """Whether the message has a receiver, or had one before its sender died."""
        record = self._deliveries.read_record(out.id)
        if record.reached is not None:
            return True
        if record.pending is not None:
            if self._deliver(out, record.make_delivery(out.id)):
                return True
            record = record.refuse()
        for receiver in self._find_receivers(out) if record.start is None else ():
            delivery = Delivery(out.id, receiver.instance_id, receiver.id, record)
            self._record(delivery)
            if self._deliver(out, delivery):
                return True
            record = self._deliveries.read_record(out.id)
        for start in self._library.find_starts("message", out.name):
            if out.target_process in (None, start.key) and record.start in (None, start.place):
                self._record(Delivery(out.id, record=record, start=start.place))
                self._starts.start_by_event(start, out.variables, out.business_key, out.id)
                return True
        return False

    def _record(self, delivery: Delivery) -> None:
        if not self._deliveries.record([delivery]):
            raise Conflict(f"Message '{delivery.message_id}' is being delivered by another process")

    def _deliver(self, out: Outgoing, delivery: Delivery) -> bool:
        command = DeliverMessage(subscription_id=delivery.subscription_id, variables=out.variables)
        try:
            done = self._mailbox.deliver(delivery.instance_id, command, command_id=delivery.command_id)
        except NotFound:
            return False
        if done.answer.error == BadRequest.__name__:  # its variables do not fit: what takes it is not another
            raise_refusal(done.answer)
        return done.answer.error is None

    def _find_receivers(self, out: Outgoing) -> list[Subscription]:
        """The subscriptions that match, the oldest first."""
        lists = self._store.lists
        if out.correlation_key is not None:
            ids = lists.find_waiting("message", out.name, correlation_key=out.correlation_key)
        elif out.business_key is not None:
            ids = lists.find_waiting("message", out.name, business_key=out.business_key)
        else:
            ids = lists.find_waiting("message", out.name)
        found = [
            record
            for record in lists.get_records(Subscription, ids)
            if out.target_process in (None, record.definition_key) and record.tenant_id == out.tenant_id
        ]
        return sorted(found, key=lambda entry: (entry.created_at, entry.id))

    def list_published(
        self, after: str = "0", type: str | None = None, limit: int = 100
    ) -> list[tuple[str, dict[str, Any]]]:
        """(cursor, CloudEvent) behind a cursor, the oldest first; ``0`` is the beginning.

        Raises BadRequest for what cannot be a cursor.
        """
        self.check_cursor(after)
        found = ((cursor, orjson.loads(event)) for cursor, event in self._store.outbox.read_published(after, limit))
        return [(cursor, event) for cursor, event in found if type in (None, event["type"])]

    def check_cursor(self, text: str) -> None:
        """Raises BadRequest for what cannot be the cursor of a published event."""
        if not _CURSOR.fullmatch(text):
            raise BadRequest(
                f"Expected the cursor of a published event, such as '1764288000000-0', but found '{text[:80]}': "
                "leave it out to read from the beginning"
            )


def _is_buffered(claimed: OutboxEntry, now: Millis) -> bool:
    """Whether this is a message from outside whose time to live is not over."""
    return claimed.ttl_ms > 0 and now < claimed.first_at + claimed.ttl_ms


def _is_to_be_published(claimed: OutboxEntry) -> bool:
    """Whether outsiders have not read of it yet; what came from outside is not told to them."""
    return claimed.ttl_ms == 0 and claimed.attempts == 0


def _log_refusal(entry: OutboxEntry, error: RequestFailed) -> None:
    log.warning(
        "not sent", action="outbox.refused", outgoing=entry.outgoing.id, instance=entry.outgoing.sender,
        reason=error.message,
    )  # fmt: skip


def _make_query(claimed: OutboxEntry) -> MessageQuery:
    """The query with which the message was sent from outside."""
    out = claimed.outgoing
    return MessageQuery(
        name=out.name,
        business_key=out.business_key,
        correlation_keys=claimed.correlation_keys,
        variables=out.variables,
        tenant_id=out.tenant_id,
        message_id=out.id,
    )


def make_cloud_event(out: Outgoing, now: Millis, traceparent: str | None) -> dict[str, Any]:
    """CloudEvents 1.0, structured JSON; ``id`` is what receivers dedupe by.

    ``traceparent``: by the extension for distributed tracing.
    """
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": out.id,
        "source": f"/baton/process-instance/{out.sender}",
        "type": out.name,
        "time": to_datetime(now).isoformat(),
        "datacontenttype": "application/json",
        "batonkind": out.kind,
        "batonelement": out.element,
        "data": dict(out.variables),
    }
    if traceparent is not None:
        event["traceparent"] = traceparent
    return event if out.business_key is None else {**event, "subject": out.business_key}


def to_json_value(value: object) -> Value | Mapping[str, Value]:
    """For values that JSON has no form for: moments become ISO texts, bytes base64, files objects."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, FileValue):
        return {"name": value.name, "mimeType": value.mime_type, "content": base64.b64encode(value.content).decode()}
    raise TypeError(f"Expected a value that can be JSON, but found {type(value).__name__}")
