"""The bus in RabbitMQ: a topic exchange, and a queue for each participant, and for Baton."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from typing import Any

import pika
from bus import Participant
from pika.exceptions import AMQPError

EXCHANGE = "samples.bus"
BATON = "baton"
PERSISTENT = pika.BasicProperties(delivery_mode=2, content_type="application/cloudevents+json; charset=utf-8")


def make_queue(channel: Any, name: str) -> str:
    """Everything that is said comes there too."""
    queue = f"samples.{name}"
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    channel.queue_declare(queue, durable=True)
    channel.queue_bind(queue, EXCHANGE, "#")
    return queue


def prepare(url: str, names: Iterable[str]) -> None:
    """Before anything is said: what comes while a participant does not run waits for it. Raises AMQPError."""
    with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
        for name in (BATON, *names):
            make_queue(connection.channel(), name)


def serve(participant: Participant, channel: Any) -> None:
    """Answer until the connection is lost: an event is acknowledged after its answer is confirmed."""
    queue = make_queue(channel, participant.name)
    channel.confirm_delivery()
    for method, _, body in channel.consume(queue):
        event = json.loads(body)
        if event["type"] == participant.hears:
            answer = participant.answer(event)
            channel.basic_publish(EXCHANGE, answer["type"], json.dumps(answer).encode(), PERSISTENT)
        channel.basic_ack(method.delivery_tag)


def run(participant: Participant, url: str) -> None:
    while True:
        try:
            with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
                serve(participant, connection.channel())
        except (AMQPError, OSError) as error:
            print(f"{participant.name}: the bus does not answer: {error!r}", file=sys.stderr)
            time.sleep(1)
