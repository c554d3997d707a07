"""After the storm: every instance against the model, every key of the store against what it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baton.model.events import Event, EventType
from baton.model.records import InstanceState, LedgerState
from baton.service import Engine, InstanceQuery
from tests.crash.hands import NAME
from tests.crash.world import Calls, World


@dataclass(frozen=True)
class Course:
    """What an instance on one path does: ``calls`` outside by topic, ``done`` elements, in order."""

    end: str
    calls: tuple[str, ...]
    done: tuple[str, ...]
    undone: tuple[str, ...] = ()
    """Elements that were undone, in the order of undoing."""
    process: str = "order-fulfilment"
    charge: str | None = "charge-payment"
    """The topic of the call whose key the variable ``charge`` must carry at the end."""
    published: str | None = None
    """The CloudEvent that it ends with."""
    perhaps: str | None = None
    """The topic of a call that may never have come: a timer was faster."""


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
        charge=None,
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
"""Orders."""

_AUTHORISE, _ENROL, _COURSE = "authorise-payment", "create-enrolment", "course-purchase"
_VALIDATE, _ASSIGN, _TICKET = "validate-ticket", "assign-expert", "sysops-ticket"
SAMPLES = {
    **COURSES,
    "enrolled": Course(
        "PurchaseCompleted",
        (_AUTHORISE, _ENROL),
        ("AuthorisePayment", "CreateEnrolment"),
        process=_COURSE,
        charge=_AUTHORISE,
        published="purchase.completed",
    ),
    "declined": Course("PurchaseDeclined", (_AUTHORISE,), (), process=_COURSE, charge=None),
    "fully-booked": Course(
        "PurchaseRefunded",
        (_AUTHORISE, _ENROL, "refund-course"),
        ("AuthorisePayment", "RefundPayment"),
        ("AuthorisePayment",),
        process=_COURSE,
        charge=_AUTHORISE,
    ),
    "resolved": Course(
        "TicketResolved",
        (_VALIDATE, _ASSIGN),
        ("ValidateTicket", "AssignExpert", "ResolveTicket"),
        process=_TICKET,
        charge=None,
        published="ticket.resolved",
    ),
    "escalated": Course(
        "TicketResolved",
        (_VALIDATE, _ASSIGN, "escalate-ticket"),
        ("ValidateTicket", "EscalateTicket", "ResolveTicket"),
        process=_TICKET,
        charge=None,
        published="ticket.resolved",
        perhaps=_ASSIGN,
    ),
    "refused": Course("TicketRefused", (_VALIDATE,), ("ValidateTicket",), process=_TICKET, charge=None),
}
"""Orders, purchases and tickets."""
_WORK = frozenset(element for course in SAMPLES.values() for element in course.done)


def check_order(engine: Engine, world: World, instance: str, name: str, path: str) -> list[str]:
    """What is wrong with one instance."""
    snapshot, events = engine.instance_reader.get_snapshot(instance), engine.history.list_events(instance)
    course = SAMPLES["escalated"] if _moment(events, "EscalateTicket") is not None else SAMPLES[path]
    header, calls = snapshot.header, world.orders[name]
    done = [e.element for e in events if e.type is EventType.ELEMENT_COMPLETED and e.element in _WORK]
    undone = sorted((e for e in snapshot.ledger if e.state is LedgerState.UNDONE), key=lambda e: -e.seq)
    completed = [str(e.data["id"]) for e in events if e.type is EventType.EXTERNAL_TASK_COMPLETED]
    workers = [str(e.data["worker"]) for e in events if e.type is EventType.EXTERNAL_TASK_COMPLETED]
    found: dict[str, tuple[Any, Any]] = {
        "state": (InstanceState.COMPLETED, header.state),
        "end": (course.end, header.end_element),
        "elements completed, in order": (course.done, tuple(str(item) for item in done)),
        "calls outside by first call, in order": (_calls(course, calls), tuple(calls.keys.values())),
        "keys called at least once": ([], [key for key in calls.keys if world.calls[key] < 1]),
        "ledger entries undone, last first": (course.undone, tuple(e.element for e in undone)),
        "ledger entries left half undone": (
            [],
            [e.seq for e in snapshot.ledger if e.state in (LedgerState.UNDOING, LedgerState.FAILED)],
        ),
        "workers of others": ([], sorted({w for w in workers if w.partition("-")[0] != NAME})),
        "tasks completed once each": (sorted(set(completed)), sorted(completed)),
        "positions without gaps": (list(range(1, len(events) + 1)), [event.position for event in events]),
        "position of the header": (len(events), header.position),
        "incidents": ([], snapshot.incidents),
        "escalated too early": (False, _escalated_too_early(events)),
        "charge that counts": (_key_of(course.charge, calls.keys), _charge(snapshot.variables)),
    }
    return [
        f"{name} ({path}, {instance}): expected {what} to be {want}, but found {have}"
        for what, (want, have) in found.items()
        if want != have
    ]


def _calls(course: Course, calls: Calls) -> tuple[str, ...]:
    return tuple(topic for topic in course.calls if topic != course.perhaps or topic in calls.keys.values())


def _escalated_too_early(events: list[Event]) -> bool:
    """However long the storm keeps a ticket from its expert: it is escalated after 20 seconds, and not before."""
    began, escalated = _moment(events, "AssignExpert"), _moment(events, "EscalateTicket")
    return escalated is not None and (began is None or escalated < began + 20_000)


def _moment(events: list[Event], element: str) -> int | None:
    """When a token came to an element first."""
    return next((e.at for e in events if e.type is EventType.ELEMENT_ENTERED and e.element == element), None)


def _key_of(wanted: str | None, keys: dict[str, str]) -> str | None:
    return next((key for key, topic in keys.items() if topic == wanted), None)


def _charge(variables: dict[int, dict[str, Any]]) -> Any:
    return variables.get(0, {}).get("charge")


def check_all(engine: Engine, client: Any, instances: dict[str, str], paths: dict[str, str]) -> Iterator[str]:
    """What is wrong with the whole: instances too many, things left open, keys of nobody, events unheard."""
    found = {item.id: item.business_key for item in engine.instances.find(InstanceQuery(include_ended=True))}
    for id_, name in found.items():
        if instances.get(str(name)) != id_:
            yield f"expected no instance but those of the orders, but found {id_} of {name}"
    if len(found) != len(instances):
        yield f"expected {len(instances)} instances, but found {len(found)}"
    for item in engine.invariant.find_stuck():
        yield f"expected the invariant to hold, but nothing will ever wake {item}"
    yield from stray_keys(client, set(found))
    yield from _unpublished(engine, instances, paths)


def _unpublished(engine: Engine, instances: dict[str, str], paths: dict[str, str]) -> Iterator[str]:
    heard = {
        (event["source"].rpartition("/")[2], event["type"]) for _, event in engine.outbox.list_published(limit=100_000)
    }
    for name, id_ in instances.items():
        wanted = SAMPLES[paths[name]].published
        if wanted is not None and (id_, wanted) not in heard:
            yield f"expected the event {wanted} of {name} ({id_}) to have been published, but it was not"


BUGS = ("request.failed", "turn.bug")


def check_logs(folder: Path) -> Iterator[str]:
    """A store that cannot be reached for a while is not a bug: callers are asked to repeat."""
    for log in folder.glob("*.log"):
        for line in log.read_text(errors="replace").splitlines():
            if any(f'"{action}"' in line for action in BUGS):
                yield f"expected no bug in {log.name}, but found {line[:2000]}"


OWNED = re.compile(rb"\{p\d+\}:([ihkm]|ch):(.+)")
INDEXES = re.compile(
    rb"\{p\d+\}:(live|bk|sb?:(completed|terminated|cancelled|compensated)|eb?:.+|un|csb?:(completed|terminated)|ceb?:.+|ck"
    rb"|vx(:.+)?)"
)
AUDIT = re.compile(rb"\{p\d+\}:audit(:head|:values|:i:.+)?|\{ids\}:anchors(:head)?")
"""Kept for as long as ``BATON_AUDIT_DAYS`` says, whatever becomes of instances."""
OF_DEFINITIONS = re.compile(
    rb"\{defs\}:(generation|d|latest|v:.+|starts|dep|deps|depn:.+|r:.+|published|watchdog|progress|indexed|called|gone|tallies|vx)"
)

NEVER = -1
"""What PTTL says of a key without an expiry; it says less of one that has gone since it was scanned."""


def stray_keys(client: Any, ended: Iterable[str]) -> Iterator[str]:
    """Keys that have neither an owner nor an expiry, once every instance has ended."""
    owners = {item.encode() for item in ended}
    for key in client.scan_iter(count=1_000):
        if (owned := OWNED.fullmatch(key)) is not None:
            if owned[2] not in owners or owned[1] in b"km":
                yield f"expected {key!r} to belong to an ended instance that needs it, but it does not"
            elif owned[1] == b"i" and client.hexists(key, "~l"):
                yield f"expected no lease on an ended instance, but found one in {key!r}"
        elif not any(kept.fullmatch(key) for kept in (INDEXES, AUDIT, OF_DEFINITIONS)) and client.pttl(key) == NEVER:
            yield f"expected {key!r} to have an owner or an expiry, but it has none"
