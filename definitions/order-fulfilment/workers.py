"""Demo workers of order-fulfilment. What happens to an order is decided by its data; see README.md."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from baton.sample_settings import SampleSettings
from baton.worker import BpmnError, Failure, Task, worker

PACE = SampleSettings.from_environment().demo_pace
"""Seconds that each step takes, so that there is something to watch."""

OUT_OF_STOCK = {"grand-piano"}


@worker("reserve-inventory", concurrency=8)
def reserve_inventory(task: Task) -> Mapping[str, Any]:
    _take_time()
    return {"reservation": f"R-{task.idempotency_key[-8:]}"}


@worker("release-inventory", concurrency=8)
def release_inventory(task: Task) -> Mapping[str, Any]:
    """Undoes reserve_inventory: sees the variables that were visible when the reservation had been made."""
    _take_time()
    return {"released": task.variables["reservation"]}


@worker("charge-payment", concurrency=8)
def charge_payment(task: Task) -> Mapping[str, Any]:
    _take_time()
    if str(task.variables["card"]).replace(" ", "").endswith("0002"):
        raise BpmnError("payment-rejected", "The bank rejected the card", {"rejection": "card declined"})
    return {"charge": f"C-{task.idempotency_key[-8:]}", "charged": task.variables["amount"]}


@worker("refund-payment", concurrency=8)
def refund_payment(task: Task) -> Mapping[str, Any]:
    _take_time()
    return {"refunded": task.variables["charged"]}


@worker("create-shipment", concurrency=8)
def create_shipment(task: Task) -> Mapping[str, Any]:
    """Out of stock is a business outcome (the model knows what follows); a carrier that fails is tried again."""
    _take_time()
    if task.variables["item"] in OUT_OF_STOCK and not task.variables.get("stockArrived"):
        raise BpmnError("out-of-stock", variables={"patience": task.variables.get("patience", "PT2M")})
    if task.variables.get("carrier") == "flaky-freight" and task.attempt <= 2:
        raise Failure("Flaky Freight does not answer")
    return {"shipment": f"S-{task.idempotency_key[-8:]}"}


@worker("cancel-shipment", concurrency=8)
def cancel_shipment(task: Task) -> Mapping[str, Any]:
    _take_time()
    return {"cancelledShipment": task.variables["shipment"]}


@worker("send-confirmation", concurrency=8)
def send_confirmation(task: Task) -> Mapping[str, Any]:
    _take_time()
    return {"confirmation": f"Dear {_customer(task)}, your {task.variables['item']} is on its way."}


@worker("notify-customer", concurrency=8)
def notify_customer(task: Task) -> Mapping[str, Any]:
    _take_time()
    return {"notice": f"Dear {_customer(task)}, your bank rejected the payment; nothing was charged."}


def _customer(task: Task) -> str:
    return str(task.variables.get("customer") or "customer")


def _take_time() -> None:
    if PACE:
        time.sleep(PACE)
