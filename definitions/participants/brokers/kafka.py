"""The bus in Kafka: one topic, and a group of readers for each participant."""

from __future__ import annotations

import json
import sys
import time

from bus import Participant
from confluent_kafka import Consumer, KafkaException, Producer

TOPIC = "samples.bus"


def serve(participant: Participant, consumer: Consumer, producer: Producer) -> None:
    """Answer until the brokers are away: an event counts as read after its answer is confirmed."""
    consumer.subscribe([TOPIC])
    while True:
        message = consumer.poll(10)
        if message is None:
            continue
        if message.error() is not None:
            raise KafkaException(message.error())
        event = json.loads(message.value() or b"")
        if event["type"] == participant.hears:
            answer = participant.answer(event)
            producer.produce(TOPIC, json.dumps(answer).encode(), str(answer["subject"]))
            if producer.flush(30):
                raise KafkaException("the answer was not taken")
        consumer.commit(message=message, asynchronous=False)


def run(participant: Participant, url: str) -> None:
    servers = {"bootstrap.servers": url.removeprefix("kafka://")}
    group = {
        "group.id": f"samples.{participant.name}",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "allow.auto.create.topics": True,
    }
    while True:
        consumer = Consumer({**servers, **group})
        try:
            serve(participant, consumer, Producer({**servers, "enable.idempotence": True}))
        except KafkaException as error:
            print(f"{participant.name}: the bus does not answer: {error}", file=sys.stderr)
            time.sleep(1)
        finally:
            consumer.close()
