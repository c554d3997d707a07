"""Four buses with brokers of their own, as tests see them: queues to send to and to take from."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import pika
import redis
from botocore.session import get_session
from confluent_kafka import Consumer, KafkaError, Producer

from tests.connect.brokers import Broker, ElasticMq, Kafka, RabbitMq, Valkey

EVENT = Mapping[str, Any]


class Bus:
    """``out``: where Baton sends to. ``into``: where it takes from. ``timeout``: of Baton, in seconds."""

    kind: str
    broker_kind: type[Broker]
    timeout = 1.5

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.out, self.into = (f"{name}-{uuid.uuid4().hex[:8]}" for name in ("out", "in"))
        self.prepare()

    def prepare(self) -> None:
        """Make the queues that Baton does not make."""

    def make_options(self, queue: str) -> dict[str, Any]:
        raise NotImplementedError

    def make_sink(self) -> dict[str, Any]:
        return {"name": "bus", "kind": self.kind, "timeout": self.timeout, **self.make_options(self.out)}

    def make_source(self) -> dict[str, Any]:
        return {"name": "orders", "kind": self.kind, "timeout": self.timeout, **self.make_options(self.into)}

    def publish(self, events: Iterable[tuple[str, EVENT | bytes]]) -> None:
        """To ``into``; each with the key that keeps it in order."""
        raise NotImplementedError

    def read(self) -> list[dict[str, Any]]:
        """What is in ``out``, in its order; it is gone then, or comes again: repeats are as good as one."""
        raise NotImplementedError


def to_bytes(event: EVENT | bytes) -> bytes:
    return event if isinstance(event, bytes) else json.dumps(event).encode()


class RabbitMqBus(Bus):
    kind, broker_kind = "rabbitmq", RabbitMq

    def _connect(self) -> Any:
        return pika.BlockingConnection(pika.URLParameters(self._url))

    @property
    def _url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.broker.port}/%2f"

    def make_options(self, queue: str) -> dict[str, Any]:
        return {"url": self._url, "queue": queue}

    def publish(self, events: Iterable[tuple[str, EVENT | bytes]]) -> None:
        with self._connect() as connection:
            channel = connection.channel()
            channel.queue_declare(self.into, durable=True)
            channel.confirm_delivery()
            for _, event in events:
                channel.basic_publish("", self.into, to_bytes(event), pika.BasicProperties(delivery_mode=2))

    def read(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        with self._connect() as connection:
            channel = connection.channel()
            channel.queue_declare(self.out, durable=True)
            while (message := channel.basic_get(self.out, auto_ack=True))[0] is not None:
                found.append(json.loads(message[2]))
        return found


class KafkaBus(Bus):
    kind, broker_kind = "kafka", Kafka

    @property
    def _servers(self) -> dict[str, Any]:
        return {"bootstrap.servers": f"127.0.0.1:{self.broker.port}"}

    def make_options(self, queue: str) -> dict[str, Any]:
        return {"servers": f"127.0.0.1:{self.broker.port}", "topic": queue}

    def publish(self, events: Iterable[tuple[str, EVENT | bytes]]) -> None:
        producer = Producer({**self._servers, "enable.idempotence": True})
        for key, event in events:
            producer.produce(self.into, to_bytes(event), key)
        assert producer.flush(30) == 0

    def read(self) -> list[dict[str, Any]]:
        """From the beginning each time."""
        fresh = {"group.id": uuid.uuid4().hex, "auto.offset.reset": "earliest", "enable.partition.eof": True}
        consumer = Consumer({**self._servers, **fresh})
        consumer.subscribe([self.out])
        found: list[dict[str, Any]] = []
        ends: set[int | None] = set()
        try:
            while len(ends) < 3:
                message = consumer.poll(10)
                if message is None:
                    return found
                error = message.error()
                if error is None:
                    found.append(json.loads(message.value() or b""))
                elif error.code() == KafkaError._PARTITION_EOF:
                    ends.add(message.partition())
                else:
                    assert error.retriable(), error
        finally:
            consumer.close()
        return found


class SqsBus(Bus):
    kind, broker_kind = "sqs", ElasticMq

    def prepare(self) -> None:
        for name, seconds in ((self.out, "30"), (self.into, "4")):
            self._connect().create_queue(
                QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true", "VisibilityTimeout": seconds}
            )

    def _connect(self) -> Any:
        return get_session().create_client(
            "sqs",
            region_name="elasticmq",
            endpoint_url=f"http://127.0.0.1:{self.broker.port}",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )

    def _name(self, queue: str) -> str:
        return f"http://127.0.0.1:{self.broker.port}/000000000000/{queue}.fifo"

    def make_options(self, queue: str) -> dict[str, Any]:
        return {"url": self._name(queue), "region": "elasticmq", "access_key": "x", "secret_key": "x"}

    def publish(self, events: Iterable[tuple[str, EVENT | bytes]]) -> None:
        client = self._connect()
        for key, event in events:
            client.send_message(
                QueueUrl=self._name(self.into),
                MessageBody=to_bytes(event).decode(),
                MessageGroupId=key,
                MessageDeduplicationId=uuid.uuid4().hex,
            )

    def read(self) -> list[dict[str, Any]]:
        client, url = self._connect(), self._name(self.out)
        found: list[dict[str, Any]] = []
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(message["Body"]) for message in messages]
            entries = [{"Id": str(n), "ReceiptHandle": it["ReceiptHandle"]} for n, it in enumerate(messages)]
            client.delete_message_batch(QueueUrl=url, Entries=entries)
        return found


class ValkeyBus(Bus):
    kind, broker_kind = "valkey", Valkey

    def _connect(self) -> Any:
        client: Any = redis.Redis
        return client(port=self.broker.port)

    def make_options(self, queue: str) -> dict[str, Any]:
        return {"url": f"redis://127.0.0.1:{self.broker.port}/0", "stream": queue}

    def make_sink(self) -> dict[str, Any]:
        return {"name": "bus", "kind": self.kind, **self.make_options(self.out)}

    def make_source(self) -> dict[str, Any]:
        return {"name": "orders", "kind": self.kind, **self.make_options(self.into)}

    def publish(self, events: Iterable[tuple[str, EVENT | bytes]]) -> None:
        with self._connect() as client:
            for _, event in events:
                client.xadd(self.into, {"event": to_bytes(event)})

    def read(self) -> list[dict[str, Any]]:
        """From the beginning each time."""
        with self._connect() as client:
            return [json.loads(fields[b"event"]) for _, fields in client.xrange(self.out)]


BUSES: dict[str, type[Bus]] = {bus.kind: bus for bus in (RabbitMqBus, SqsBus, KafkaBus, ValkeyBus)}
