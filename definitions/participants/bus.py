"""A bus for small programs: CloudEvents in a stream of Valkey or Redis, a group of readers for each participant.

Where the address is one of RabbitMQ (``amqp://``) or Kafka (``kafka://``), the bus is there: ``brokers``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import redis

STREAM = "samples:bus"
LENGTH = 10_000
"""About so many events stay on the bus."""
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Participant:
    """Reacts to events of the type ``hears`` by one of the type ``says``, whose data ``react`` makes.

    It reads what it has not acknowledged again after a restart, and says the same event with the same id again: others
    know a repeat by that.
    """

    name: str
    hears: str
    says: str
    react: Callable[[Event], Mapping[str, Any]]

    def take_next(self, bus: Any, stream: str = STREAM, wait_ms: int = 10_000) -> int:
        """Take what there is; returns how many events that was."""
        found = self._read(bus, stream, "0", None) or self._read(bus, stream, ">", wait_ms)
        for entry, fields in found:
            event = json.loads(fields[b"event"])
            if event["type"] == self.hears:
                answer = self.answer(event)
                bus.xadd(stream, {"event": json.dumps(answer)}, maxlen=LENGTH, approximate=True)
            bus.xack(stream, self.name, entry)
        return len(found)

    def _read(self, bus: Any, stream: str, after: str, wait_ms: int | None) -> list[tuple[bytes, dict[bytes, bytes]]]:
        try:
            reply = bus.xreadgroup(self.name, "one", {stream: after}, count=100, block=wait_ms)
        except redis.ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            bus.xgroup_create(stream, self.name, id="0", mkstream=True)
            return []
        # What was trimmed before it was acknowledged has no fields.
        return [entry for _, entries in reply or () for entry in entries if entry[1]]

    def answer(self, event: Event) -> dict[str, Any]:
        """What it says to an event that it hears."""
        return {
            "specversion": "1.0",
            "id": f"{event['id']}/{self.name}",
            "source": f"/samples/{self.name}",
            "type": self.says,
            "subject": event.get("subject") or event["source"],
            "datacontenttype": "application/json",
            "data": dict(self.react(event)),
        }

    def run(self, url: str | None = None) -> None:
        """Go on until the program is ended; ``url`` of the bus, else the one on the command line."""
        address = url or sys.argv[1]
        if address.startswith(("amqp", "kafka")):
            broker = import_module("brokers.kafka" if address.startswith("kafka") else "brokers.rabbitmq")
            broker.run(self, address)
        bus: Any = redis.Redis.from_url(address, socket_timeout=30)
        while True:
            try:
                self.take_next(bus)
            except redis.RedisError as error:
                print(f"{self.name}: the bus does not answer: {error}", file=sys.stderr)
                time.sleep(1)
