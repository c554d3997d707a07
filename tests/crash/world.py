"""The world outside, which never dies: a service that workers call, counts every call by idempotency key, in order."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = {"late": "PT1H", "cancelled": "PT1S"}
"""How long an order that is out of stock waits."""


ERRORS = {
    ("charge-payment", "rejected"): "payment-rejected",
    ("authorise-payment", "declined"): "payment-declined",
    ("create-enrolment", "fully-booked"): "enrolment-failed",
}
"""Topic and path -> the BPMN error that the call ends with."""


@dataclass
class Calls:
    """What one order did outside: ``keys`` in the order of their first call, with the topic of each."""

    keys: dict[str, str] = field(default_factory=dict[str, str])
    shipments: list[str] = field(default_factory=list[str])


class World:
    """Answers as a real payment service would: the same key gets the same answer, however often it is asked."""

    def __init__(self, address: Path) -> None:
        self.address = address
        self.calls: Counter[str] = Counter()
        self.orders: defaultdict[str, Calls] = defaultdict(Calls)
        self.out_of_stock: queue.Queue[str] = queue.Queue()
        """Orders that wait for stock to arrive, as the carrier sees it."""
        self.standstill = 0.0
        self.last_call = time.monotonic()
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(address))
        self._listener.listen(256)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), connection, connection.makefile("rwb") as line:
            for request in line:
                line.write(json.dumps(self._answer(json.loads(request))).encode() + b"\n")
                line.flush()

    def _answer(self, call: dict[str, Any]) -> dict[str, Any]:
        topic, key, path, order = call["topic"], call["key"], call["path"], call["order"]
        with self._lock:
            now = time.monotonic()
            self.standstill, self.last_call = max(self.standstill, now - self.last_call), now
            self.calls[key] += 1
            seen = self.orders[order]
            seen.keys.setdefault(key, topic)
            if topic == "create-shipment":
                return self._ship(seen, order, key, path)
        if (error := ERRORS.get((topic, path))) is not None:
            return {"error": error}
        if topic == "assign-expert" and path == "escalated":
            return {"failure": "no expert is free", "retries": 100, "retry_in": 3.0}
        return {"variables": _found(topic, key, path)}

    def _ship(self, seen: Calls, order: str, key: str, path: str) -> dict[str, Any]:
        if key not in seen.shipments:
            seen.shipments.append(key)
        if path in PATIENCE and key == seen.shipments[0]:
            if path == "late":
                self.out_of_stock.put(order)
            return {"error": "out-of-stock", "variables": {"patience": PATIENCE[path]}}
        if path == "flaky" and self.calls[key] <= 2:
            return {"failure": "the carrier does not answer"}
        return {}


def _found(topic: str, key: str, path: str) -> dict[str, Any]:
    """The result that the instance gets for a successful call."""
    if topic in ("charge-payment", "authorise-payment"):
        return {"charge": key}
    if topic == "validate-ticket":
        return {"valid": path != "refused"}
    return {"expert": topic} if topic in ("assign-expert", "escalate-ticket") else {}


class Caller:
    """A worker's side of it: one connection per thread."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._local = threading.local()

    def call(self, topic: str, key: str, order: str, path: str) -> dict[str, Any]:
        line = getattr(self._local, "line", None)
        if line is None:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(self._address)
            line = self._local.line = connection.makefile("rwb")
        line.write(json.dumps({"topic": topic, "key": key, "order": order, "path": path}).encode() + b"\n")
        line.flush()
        return json.loads(line.readline())
