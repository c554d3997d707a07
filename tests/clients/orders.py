"""The paths of order-fulfilment that every client is taken through."""

from __future__ import annotations

import json
from typing import Any

from tests.running import DEFINITIONS, Baton, until

UNDONE = ["RefundPayment", "ReleaseInventory"]


def order(name: str) -> dict[str, Any]:
    return json.loads((DEFINITIONS / "order-fulfilment" / "orders" / f"{name}.json").read_text())


def completed(baton: Baton, instance: str) -> list[str]:
    """Elements in the order in which they completed."""
    return [event["element"] for event in baton.history(instance) if event["type"] == "ElementCompleted"]


def ledger(baton: Baton, instance: str) -> dict[str, str]:
    return {entry["element"]: entry["state"] for entry in baton.snapshot(instance)["ledger"]}


def check_all_paths(baton: Baton, prefix: str) -> None:
    """Start one order per path while a client works; each must end as the model says."""
    names = ("happy", "payment-rejected", "backorder", "backorder-impatient", "flaky-shipment")
    ids = {name: baton.begin("order-fulfilment", _quick(order(name)), f"{prefix}-{name}") for name in names}

    until(lambda: baton.header(ids["backorder"])["tokens"].get("WaitForStock"), 30, baton.logs)
    baton.rest.post("/message", {"messageName": "StockArrived", "businessKey": f"{prefix}-backorder"})

    ends = {name: baton.wait_for_end(instance)["header"]["endElement"] for name, instance in ids.items()}
    assert ends == {
        "happy": "OrderFulfilled",
        "payment-rejected": "OrderRejected",
        "backorder": "OrderFulfilled",
        "backorder-impatient": "OrderCancelled",
        "flaky-shipment": "OrderFulfilled",
    }
    impatient = ids["backorder-impatient"]
    assert ledger(baton, impatient) == {"ReserveInventory": "undone", "ChargePayment": "undone"}
    assert [element for element in completed(baton, impatient) if element in UNDONE] == UNDONE
    assert ledger(baton, ids["payment-rejected"]) == {"ReserveInventory": "undone"}
    assert set(ledger(baton, ids["happy"]).values()) == {"kept"}


def _quick(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "patience": "PT1S"} if fields.get("patience") == "PT10S" else fields
