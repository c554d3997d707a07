"""Events from a queue of RabbitMQ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pika
from pika.exceptions import ChannelClosed

from baton.connect.buses.rabbitmq import OPTIONS, make_parameters
from baton.connect.into.source import Received, read_attributes
from baton.connect.options import take_options, take_timeout

_AT_ONCE = 100
_NOT_FOUND = 404
_PREFIXES = ("cloudEvents:", "cloudEvents_")


class RabbitMqSource:
    """One consumer at a time, so that what is in the queue is taken in its order; unless ``exclusive`` is false."""

    def __init__(self, options: Mapping[str, Any], consumer: str) -> None:
        given = take_options(options, {"url": str, "queue": str}, {**OPTIONS, "exclusive": bool})
        self._parameters = make_parameters(given, take_timeout(given))
        self._queue, self._consumer = given["queue"], consumer
        self._is_exclusive: bool = given.get("exclusive", True)
        self._connection: pika.BlockingConnection | None = None
        self._channel: Any = None
        self._received: list[Received] = []

    def receive(self, wait_ms: int) -> Sequence[Received]:
        connection = self._connection or self._open()
        if not self._received:
            connection.process_data_events(wait_ms / 1000)
        found, self._received = self._received[:_AT_ONCE], self._received[_AT_ONCE:]
        return found

    def _open(self) -> pika.BlockingConnection:
        self._connection = pika.BlockingConnection(self._parameters)
        self._channel = self._open_channel(self._connection)
        self._channel.basic_qos(prefetch_count=_AT_ONCE)
        self._channel.basic_consume(
            self._queue, self._note_message, exclusive=self._is_exclusive, consumer_tag=self._consumer
        )
        return self._connection

    def _open_channel(self, connection: pika.BlockingConnection) -> Any:
        """The queue is taken as it is, or made, durable."""
        channel = connection.channel()
        try:
            channel.queue_declare(self._queue, passive=True)
        except ChannelClosed as error:
            if error.reply_code != _NOT_FOUND:
                raise
            channel = connection.channel()
            channel.queue_declare(self._queue, durable=True)
        return channel

    def _note_message(self, _channel: object, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        attributes = read_attributes(properties.headers or {}, *_PREFIXES)
        self._received.append(Received(body, method.delivery_tag, attributes))

    def confirm(self, done: Sequence[Received]) -> None:
        self._channel.basic_ack(done[-1].mark, multiple=True)

    def count_waiting(self) -> int | None:
        if self._channel is None:
            return None
        found = self._channel.queue_declare(self._queue, passive=True)
        return int(found.method.message_count) + len(self._received)

    def close(self) -> None:
        if self._connection is not None and self._connection.is_open:
            self._connection.close()
        self._connection = None
