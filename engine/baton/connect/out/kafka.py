"""Events to a topic of Kafka, in order per instance: the key of a message is the instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from baton.connect.buses.kafka import CONTENT_TYPE, OPTIONS, make_settings
from baton.connect.options import take_options, take_timeout
from baton.connect.out.sink import Sent, describe, to_bytes
from baton.connect.out.waves import Outcomes
from baton.service import OutgoingEvent

_REFUSED = frozenset(
    {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD, KafkaError.INVALID_MSG, KafkaError.POLICY_VIOLATION}
)
"""What the broker will not take later either."""
_GIVEN_UP = frozenset({KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT})
_BEYOND_MS = 60_000
"""Longer than a batch may take: what is late is given up here, so that nothing after it arrives before it."""


class KafkaSink:
    """Structured mode of CloudEvents over Kafka, with an idempotent producer and ``acks=all``."""

    at_once = 500

    def __init__(self, options: Mapping[str, Any]) -> None:
        given = take_options(options, {"servers": str, "topic": str}, {**OPTIONS, "compression": str})
        self._timeout, self._topic = take_timeout(given), given["topic"]
        self._settings: dict[str, Any] = {
            **make_settings(given, self._timeout),
            "enable.idempotence": True,
            "acks": "all",
            "linger.ms": 5,
            "message.timeout.ms": _BEYOND_MS,
            "compression.type": given.get("compression", "none"),
            "error_cb": self._note_error,
        }
        self._why = ""
        self._producer: Producer | None = None
        self._make().close()

    def _make(self) -> Producer:
        """Raises WrongOption, as it reads the settings."""
        try:
            return Producer(self._settings)
        except (KafkaException, ValueError) as error:
            raise ValueError(describe(error)) from None

    def _note_error(self, error: KafkaError) -> None:
        """That all brokers are away is said last, and is only what followed: why comes before it."""
        if not self._why or error.code() != KafkaError._ALL_BROKERS_DOWN:
            self._why = str(error)

    def send(self, events: Sequence[OutgoingEvent]) -> Sent:
        if self._producer is None:
            self._producer = self._make()
        self._why = ""
        outcomes = Outcomes(len(events))
        self._produce(self._producer, events, outcomes)
        if self._producer.flush(self._timeout):
            outcomes.fail(self._why or "no answer in time")
        if outcomes.has_failed:
            self._drop()
        return outcomes.conclude()

    def _produce(self, producer: Producer, events: Sequence[OutgoingEvent], outcomes: Outcomes) -> None:
        for place, item in enumerate(events):
            try:
                producer.produce(
                    self._topic,
                    to_bytes(item.event),
                    item.key,
                    headers=[("content-type", CONTENT_TYPE)],
                    on_delivery=partial(_note_delivery, outcomes, place),
                )
            except (KafkaException, BufferError) as error:
                if not _is_refused(error):
                    outcomes.fail(describe(error))
                    return
                outcomes.refuse(place, describe(error))

    def _drop(self) -> None:
        """What is under way is given up; a new producer begins with it."""
        if self._producer is not None:
            self._producer.purge()
            self._producer.flush(0)
        self._producer = None

    def close(self) -> None:
        self._drop()


def _note_delivery(outcomes: Outcomes, place: int, error: KafkaError | None, _message: Message) -> None:
    if error is None:
        outcomes.confirm(place)
    elif error.code() in _REFUSED:
        outcomes.refuse(place, error.str())
    elif error.code() not in _GIVEN_UP:
        outcomes.fail(error.str())


def _is_refused(error: Exception) -> bool:
    found = error.args[0] if error.args else None
    return isinstance(found, KafkaError) and found.code() in _REFUSED
