"""``kill -9`` of the whole process tree amid running orders: ``python -m tests.e2e.kill_all --orders 200 --seed 1``.

Starts a Baton, lets a worker (which lives on, as workers elsewhere would) work off orders on every path of
order-fulfilment, kills supervisor, web, loops and Valkey together, starts again, and compares every order with what the
model says. Prints what it did; exits 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baton.worker import BpmnError, EngineRefused, Failure, Handler, Runner, Task, worker
from baton.worker.values import to_typed_variables
from tests.running import DEFINITIONS, Baton

MODEL = DEFINITIONS / "order-fulfilment" / "order-fulfilment.bpmn"
ENDS = {
    "happy": "OrderFulfilled",
    "rejected": "OrderRejected",
    "late": "OrderFulfilled",
    "cancelled": "OrderCancelled",
    "flaky": "OrderFulfilled",
}
UNDOES = {"ReleaseInventory": "ReserveInventory", "RefundPayment": "ChargePayment", "CancelShipment": "CreateShipment"}
UNDONE = {"rejected": ["ReleaseInventory"], "cancelled": ["RefundPayment", "ReleaseInventory"]}
PATIENCE = {"late": "PT1H", "cancelled": "PT1S"}
SECONDS_PER_ORDER = 1.0


class Payments:
    """The world outside: counts every call, by idempotency key and by order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls: Counter[str] = Counter()
        self.keys: defaultdict[str, set[str]] = defaultdict(set)
        self.tries: Counter[str] = Counter()

    def charge(self, task: Task) -> None:
        with self._lock:
            self.calls[task.idempotency_key] += 1
            self.keys[str(task.business_key)].add(task.idempotency_key)

    def failing(self, task: Task) -> bool:
        """True for the first two tries at this task."""
        with self._lock:
            self.tries[task.idempotency_key] += 1
            return self.tries[task.idempotency_key] <= 2


@dataclass
class Report:
    orders: int
    seed: int
    kills: int = 0
    running: list[int] = field(default_factory=list[int])
    """How many orders were under way at each kill."""
    standstill: float = 0.0
    seconds: float = 0.0
    repeated_charges: int = 0
    wrong: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        lines = [
            f"{self.orders} orders, seed {self.seed}: {self.kills} kills of everything (with {self.running}",
            f"orders under way), {self.seconds:.1f} s,",
            f"longest standstill {self.standstill:.1f} s, {self.repeated_charges} charges repeated with the same key,",
            f"{len(self.wrong)} violations",
        ]
        return " ".join(lines) + "".join(f"\n  {line}" for line in self.wrong[:40])


def handlers(payments: Payments) -> list[Handler]:
    """Workers that choose the path from the order's data."""

    @worker("charge-payment", concurrency=4, lock=5)
    def charge(task: Task) -> Mapping[str, Any]:
        payments.charge(task)
        if task.variables["path"] == "rejected":
            raise BpmnError("payment-rejected")
        return {"charge": task.idempotency_key}

    @worker("create-shipment", concurrency=4, lock=5)
    def ship(task: Task) -> None:
        path = str(task.variables["path"])
        if path in PATIENCE and not task.variables.get("stockArrived"):
            raise BpmnError("out-of-stock", variables={"patience": PATIENCE[path]})
        if path == "flaky" and payments.failing(task):
            raise Failure("no answer", retries=3, retry_in=0.1)

    quiet = ("reserve-inventory", "release-inventory", "refund-payment", "cancel-shipment")
    others = (*quiet, "send-confirmation", "notify-customer")
    return [charge, ship, *(worker(topic, concurrency=2, lock=5)(lambda _: None) for topic in others)]


def run(orders: int, kills: int, seed: int) -> Report:
    """The whole experiment in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    baton = Baton(folder, "--no-samples")
    payments = Payments()
    runner = Runner(handlers(payments), baton.rest.url, long_poll=2)
    logging.getLogger("baton.worker").setLevel(logging.CRITICAL)  # that the engine is away is the point of it
    try:
        baton.start()
        baton.deploy(MODEL)
        runner.start()
        return _experiment(baton, payments, Report(orders, seed), kills)
    finally:
        runner.stop(1)
        baton.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _experiment(baton: Baton, payments: Payments, report: Report, kills: int) -> Report:
    chance = random.Random(report.seed)
    paths = [list(ENDS)[number % len(ENDS)] for number in range(report.orders)]
    chance.shuffle(paths)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(_order, baton, number, path) for number, path in enumerate(paths)]
        for _ in range(kills):
            time.sleep(chance.uniform(0.3, 1.5))  # the orders go on meanwhile
            _kill_and_start(baton, report)
        ids = [future.result(timeout=120 + report.orders * SECONDS_PER_ORDER) for future in futures]
    deadline = time.monotonic() + 60 + report.orders * SECONDS_PER_ORDER
    for number, (instance, path) in enumerate(zip(ids, paths, strict=True)):
        report.wrong += _check(baton, instance, f"order-{number}", path, payments, deadline)
    report.wrong += _check_counts(baton, report.orders)
    report.repeated_charges = sum(payments.calls.values()) - len(payments.calls)
    report.seconds = time.monotonic() - began
    return report


def _kill_and_start(baton: Baton, report: Report) -> None:
    report.running.append(baton.rest.get("/process-instance/overview/count", {"state": "active"})["count"])
    killed = time.monotonic()
    baton.kill()
    baton.start()
    report.kills += 1
    report.standstill = max(report.standstill, time.monotonic() - killed)


def _order(baton: Baton, number: int, path: str) -> str:
    """Start it, and tell it of new stock if it waits for that; each request may be repeated and has one effect."""
    deadline = time.monotonic() + 120
    late = lambda: time.monotonic() > deadline  # noqa: E731
    name = f"order-{number}"
    variables = to_typed_variables({"path": path, "item": "metronome"})
    body = {"businessKey": name, "variables": variables}
    instance = str(baton.rest.post_surely("/process-definition/key/order-fulfilment/start", body, give_up=late)["id"])
    while path == "late":
        try:
            baton.rest.post_surely("/message", {"messageName": "StockArrived", "businessKey": name}, give_up=late)
            break
        except EngineRefused:  # it does not wait yet
            if late():
                raise
            time.sleep(0.2)
    return instance


def _check(baton: Baton, instance: str, name: str, path: str, payments: Payments, deadline: float) -> list[str]:
    """What is wrong with one order."""
    try:
        snapshot = baton.wait_for_end(instance, max(1.0, deadline - time.monotonic()))
    except AssertionError as error:
        return [f"{name} ({path}, {instance}) has not ended: {str(error)[:600]}"]
    header, events = snapshot["header"], baton.history(instance)
    done = [event["element"] for event in events if event["type"] == "ElementCompleted"]
    undone = [element for element in done if element in UNDOES]
    expected = {
        "end": ENDS[path],
        "undone, in order": UNDONE.get(path, []),
        "charges completed": 0 if path == "rejected" else 1,
        "shipments completed": 1 if ENDS[path] == "OrderFulfilled" else 0,
        "keys of the charge": 1,
        "positions without gaps": list(range(1, len(events) + 1)),
        "ledger": {UNDOES[handler] for handler in UNDONE.get(path, [])},
    }
    found = {
        "end": header["endElement"],
        "undone, in order": undone,
        "charges completed": done.count("ChargePayment"),
        "shipments completed": done.count("CreateShipment"),
        "keys of the charge": len(payments.keys[name]),
        "positions without gaps": [event["position"] for event in events],
        "ledger": {entry["element"] for entry in snapshot["ledger"] if entry["state"] == "undone"},
    }
    return [
        f"{name} ({path}, {instance}): expected {what} to be {expected[what]}, but found {found[what]}"
        for what in expected
        if expected[what] != found[what]
    ]


def _check_counts(baton: Baton, orders: int) -> list[str]:
    found = baton.rest.get("/process-instance/overview/count")["count"]
    left = baton.rest.get("/external-task/count")["count"]
    wrong = [] if found == orders else [f"expected {orders} instances, but found {found}"]
    return wrong + ([f"expected no external task to be left, but found {left}"] if left else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    options = parser.parse_args()
    report = run(options.orders, options.kills, options.seed)
    print(report)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
