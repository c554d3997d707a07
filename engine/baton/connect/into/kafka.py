"""Events from a topic of Kafka, as a member of a consumer group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from baton.connect.buses.kafka import OPTIONS, make_settings
from baton.connect.into.source import Received, read_attributes
from baton.connect.options import take_options, take_timeout

_AT_ONCE = 100
_PREFIX = "ce_"
_SESSION_MS = 10_000
"""After so long the partitions of a member that has died go to another."""


class KafkaSource:
    """What is acknowledged is committed; a member that starts, or is given a partition, begins with what is not."""

    def __init__(self, options: Mapping[str, Any], consumer: str) -> None:
        given = take_options(options, {"servers": str, "topic": str}, {**OPTIONS, "group": str})
        timeout = take_timeout(given)
        self._topic, self._timeout = given["topic"], timeout
        self._settings = {
            **make_settings(given, timeout),
            "session.timeout.ms": _SESSION_MS,
            "heartbeat.interval.ms": _SESSION_MS // 5,
            "group.id": given.get("group", "baton"),
            "client.id": consumer,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "allow.auto.create.topics": True,
            "error_cb": self._note_error,
        }
        self._why, self._is_away = "", False
        self._consumer: Consumer | None = None

    def _note_error(self, error: KafkaError) -> None:
        """That all brokers are away comes last, after the reason."""
        if error.code() == KafkaError._ALL_BROKERS_DOWN:
            self._is_away = True
        else:
            self._why = str(error)

    def receive(self, wait_ms: int) -> Sequence[Received]:
        self._is_away = False
        found = [self._read(message) for message in self._open().consume(_AT_ONCE, wait_ms / 1000)]
        if not found and self._is_away:
            raise ConnectionError(self._why)
        return found

    def _open(self) -> Consumer:
        if self._consumer is None:
            self._consumer = Consumer(self._settings)
            self._consumer.subscribe([self._topic])
        return self._consumer

    def _read(self, message: Any) -> Received:
        error = message.error()
        if error is not None:
            raise KafkaException(error)
        mark = (message.topic(), message.partition(), message.offset())
        return Received(message.value() or b"", mark, read_attributes(dict(message.headers() or ()), _PREFIX))

    def confirm(self, done: Sequence[Received]) -> None:
        nexts = {(topic, partition): offset + 1 for topic, partition, offset in (item.mark for item in done)}
        offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in nexts.items()]
        committed = self._open().commit(offsets=offsets, asynchronous=False)
        error = next((it.error for it in committed if it.error is not None), None)
        if error is not None:
            raise KafkaException(error)

    def count_waiting(self) -> int | None:
        consumer = self._open()
        waiting = 0
        for place in consumer.position(consumer.assignment()):
            _, end = consumer.get_watermark_offsets(place, cached=True)
            if end < 0 or place.offset < 0:
                return None
            waiting += end - place.offset
        return waiting

    def close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()
        self._consumer = None
