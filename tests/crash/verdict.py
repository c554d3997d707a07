"""After the storm: every order against the model, every key of the store against what it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import redis

from baton.model.events import EventType
from baton.model.records import InstanceState, LedgerState
from baton.service import Engine, InstanceQuery
from tests.crash.world import World


@dataclass(frozen=True)
class Course:
    """What an order on one path does: ``calls`` outside by topic, ``done`` elements, in order."""

    end: str
    calls: tuple[str, ...]
    done: tuple[str, ...]
    undone: tuple[str, ...] = ()
    """Elements that were undone, in the order of undoing."""


_RESERVE, _CHARGE, _SHIP = "reserve-inventory", "charge-payment", "create-shipment"
_SHIPPED = ("ReserveInventory", "ChargePayment", "CreateShipment", "SendConfirmation")
_ALL_WELL = (_RESERVE, _CHARGE, _SHIP, "send-confirmation")
COURSES = {
    "happy": Course("OrderFulfilled", _ALL_WELL, _SHIPPED),
    "flaky": Course("OrderFulfilled", _ALL_WELL, _SHIPPED),
    "rejected": Course(
        "OrderRejected",
        (_RESERVE, _CHARGE, "release-inventory", "notify-customer"),
        ("ReserveInventory", "ReleaseInventory", "NotifyCustomer"),
        ("ReserveInventory",),
    ),
    "late": Course(
        "OrderFulfilled",
        (_RESERVE, _CHARGE, _SHIP, _SHIP, "send-confirmation"),
        ("ReserveInventory", "ChargePayment", "StockArrived", "CreateShipment", "SendConfirmation"),
    ),
    "cancelled": Course(
        "OrderCancelled",
        (_RESERVE, _CHARGE, _SHIP, "refund-payment", "release-inventory"),
        ("ReserveInventory", "ChargePayment", "RefundPayment", "ReleaseInventory"),
        ("ChargePayment", "ReserveInventory"),
    ),
}
_WORK = frozenset(element for course in COURSES.values() for element in course.done)


def check_order(engine: Engine, world: World, instance: str, name: str, path: str) -> list[str]:
    """What is wrong with one order."""
    course, snapshot, events = COURSES[path], engine.snapshot(instance), engine.history(instance)
    header, calls = snapshot.header, world.orders[name]
    done = [e.element for e in events if e.type is EventType.ELEMENT_COMPLETED and e.element in _WORK]
    undone = sorted((e for e in snapshot.ledger if e.state is LedgerState.UNDONE), key=lambda e: -e.seq)
    completed = [str(e.data["id"]) for e in events if e.type is EventType.EXTERNAL_TASK_COMPLETED]
    found: dict[str, tuple[Any, Any]] = {
        "state": (InstanceState.COMPLETED, header.state),
        "end": (course.end, header.end_element),
        "elements completed, in order": (course.done, tuple(str(one) for one in done)),
        "calls outside by first call, in order": (course.calls, tuple(calls.keys.values())),
        "keys called at least once": ([], [key for key in calls.keys if world.calls[key] < 1]),
        "ledger entries undone, last first": (course.undone, tuple(e.element for e in undone)),
        "ledger entries left half undone": (
            [],
            [e.seq for e in snapshot.ledger if e.state in (LedgerState.UNDOING, LedgerState.FAILED)],
        ),
        "tasks completed once each": (sorted(set(completed)), sorted(completed)),
        "positions without gaps": (list(range(1, len(events) + 1)), [event.position for event in events]),
        "position of the header": (len(events), header.position),
        "incidents": ([], snapshot.incidents),
        "charge that counts": (_charge_key(calls.keys) if path != "rejected" else None, _charge(snapshot.variables)),
    }
    return [
        f"{name} ({path}, {instance}): expected {what} to be {want}, but found {have}"
        for what, (want, have) in found.items()
        if want != have
    ]


def _charge_key(keys: dict[str, str]) -> str | None:
    return next((key for key, topic in keys.items() if topic == _CHARGE), None)


def _charge(variables: dict[int, dict[str, Any]]) -> Any:
    return variables.get(0, {}).get("charge")


def check_all(engine: Engine, client: redis.Redis, instances: dict[str, str]) -> Iterator[str]:
    """What is wrong with the whole: instances too many, things left open, keys that belong to nobody."""
    found = {one.id: one.business_key for one in engine.historic.instances(InstanceQuery())}
    for id_, name in found.items():
        if instances.get(str(name)) != id_:
            yield f"expected no instance but those of the orders, but found {id_} of {name}"
    if len(found) != len(instances):
        yield f"expected {len(instances)} instances, but found {len(found)}"
    for one in engine.stuck():
        yield f"expected the invariant to hold, but nothing will ever wake {one}"
    yield from stray_keys(client, set(found))


OWNED = re.compile(rb"\{p\d+\}:([ihkm]):(.+)")
INDEXES = re.compile(rb"\{p\d+\}:(live|bk|s:(completed|terminated|cancelled|compensated)|e:.+)")
OF_DEFINITIONS = re.compile(rb"\{defs\}:(generation|d|latest|v:.+|starts|dep|deps|depn:.+|r:.+|published)")


def stray_keys(client: Any, ended: Iterable[str]) -> Iterator[str]:
    """Keys that have neither an owner nor an expiry, once every instance has ended."""
    owners = {one.encode() for one in ended}
    for key in client.scan_iter(count=1_000):
        if (owned := OWNED.fullmatch(key)) is not None:
            if owned[2] not in owners or owned[1] in b"km":
                yield f"expected {key!r} to belong to an ended instance that needs it, but it does not"
            elif owned[1] == b"i" and client.hexists(key, "~l"):
                yield f"expected no lease on an ended instance, but found one in {key!r}"
        elif not (INDEXES.fullmatch(key) or OF_DEFINITIONS.fullmatch(key)) and client.pttl(key) < 0:
            yield f"expected {key!r} to have an owner or an expiry, but it has none"
