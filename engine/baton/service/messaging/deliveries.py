"""A message with an id has one effect: its receiver is recorded before it is delivered.

A delivery is recorded only if the record is still as it was read; otherwise it is read again. So two processes that
deliver the same message at once deliver it to the same receiver, which recognises the second command by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from baton.model.commands import Answer
from baton.model.times import Millis
from baton.model.values import Value
from baton.store import keys
from baton.store.operations import apply_ops
from baton.store.store import Store


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What is known of the deliveries of a message. ``reached``: the instances that got it; None: none has yet."""

    stored: bytes = b""
    attempt: int = 0
    """Grows when a receiver has refused it: a repeat of the same command would find the refusal again."""
    reached: tuple[str, ...] | None = None
    start: str | None = None
    """The start event that it was to be delivered to: whether it was is not known, so no other receiver may get it."""
    pending: tuple[str, str] | None = None
    """Instance and subscription that it was to be delivered to. Whether it was is not known, and may be decided at any
    moment, as the command may be in the instance's mailbox: so it is delivered there again before anywhere else."""

    def refuse(self) -> DeliveryRecord:
        """The record after the pending delivery has not been possible."""
        return replace(self, attempt=self.attempt + 1, pending=None)

    def make_delivery(self, message_id: str) -> Delivery:
        """The pending one."""
        instance_id, subscription_id = self.pending or ("", "")
        return Delivery(message_id, instance_id, subscription_id, self)

    def make_command_id(self, message_id: str) -> str:
        return f"{message_id}#{self.attempt}" if self.attempt else message_id


@dataclass(frozen=True, slots=True)
class Delivery:
    message_id: str
    instance_id: str = ""
    subscription_id: str = ""
    record: DeliveryRecord = DeliveryRecord()
    start: str | None = None
    """Instead of a subscription: the start event that it is delivered to."""

    @property
    def row(self) -> list[Value]:
        where: list[Value] = [self.instance_id, self.subscription_id, self.record.attempt]
        return where if self.start is None else [*where, self.start]

    @property
    def command_id(self) -> str:
        return self.record.make_command_id(self.message_id)


class Deliveries:
    """``find_answer`` looks up the answer to a command of an instance; records are stored for ``keep_ms``."""

    def __init__(self, store: Store, find_answer: Callable[[str, str], Answer | None], keep_ms: Millis) -> None:
        self._backend, self._blobs = store.backend, store.blobs
        self._find_answer, self._keep_ms = find_answer, keep_ms

    def read_record(self, message_id: str) -> DeliveryRecord:
        blob = self._backend.read([("GET", keys.name_seen_message(message_id))])[0]
        if blob is None:
            return DeliveryRecord()
        rows = self._blobs.decode(blob)
        for instance_id, subscription_id, *rest in rows:
            if subscription_id is None:
                continue
            if len(rest) > 1:
                return DeliveryRecord(blob, rest[0], start=rest[1])
            record = DeliveryRecord(blob, rest[0] if rest else 0, pending=(instance_id, subscription_id))
            answer = self._find_answer(instance_id, record.make_command_id(message_id))
            if answer is None:
                return record
            if answer.error is not None:
                return record.refuse()
        return DeliveryRecord(blob, reached=tuple(row[0] for row in rows))

    def find_recorded(self, message_ids: Sequence[str]) -> set[str]:
        """The messages that have a record."""
        found = self._backend.read([("EXISTS", keys.name_seen_message(id_)) for id_ in message_ids])
        return {id_ for id_, there in zip(message_ids, found, strict=True) if there}

    def record(self, deliveries: Sequence[Delivery]) -> bool:
        """Record deliveries. False: another process has recorded one of the messages since, and nothing is written."""
        if not deliveries:
            return True
        expect = [[keys.name_seen_message(delivery.message_id), "", delivery.record.stored] for delivery in deliveries]
        ops = [self._make_op(delivery.message_id, [delivery.row]) for delivery in deliveries]
        return apply_ops(self._backend, keys.name_seen_message(deliveries[0].message_id), ops, expect)

    def record_reached(self, message_id: str, instance_ids: Sequence[str]) -> None:
        """Record that a message has reached these instances."""
        op = self._make_op(message_id, [[id_, None] for id_ in instance_ids])
        apply_ops(self._backend, keys.name_seen_message(message_id), [op])

    def _make_op(self, message_id: str, rows: list[list[Value]]) -> list[str | bytes]:
        return ["SET", keys.name_seen_message(message_id), self._blobs.encode([*rows]), "PX", str(self._keep_ms)]
