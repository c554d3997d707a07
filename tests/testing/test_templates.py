"""The patterns that the designer offers do what they say."""

from __future__ import annotations

from pathlib import Path

from baton.testing import TestClock, TestEngine
from baton.worker import BpmnError, Task, worker

PATTERNS = Path(__file__).parents[2] / "designer" / "src" / "screens" / "designer" / "templates" / "patterns"


SUCCEED = [
    worker(topic)(lambda task: None)
    for topic in ("book-hotel", "book-flight", "cancel-hotel", "cancel-flight", "place-order", "tell-requester")
]


def test_a_saga_undoes_the_bookings_in_reverse(engine: TestEngine) -> None:
    @worker("charge-card")
    def refuse(task: Task) -> None:
        raise BpmnError("card-refused")

    engine.deploy(PATTERNS / "trip-booking.bpmn")
    engine.run(workers=[*SUCCEED, refuse])
    trip = engine.start("trip-booking", {"traveller": "Clara", "price": 900})
    trip.assert_undone("BookFlight", "BookHotel")
    trip.assert_ended(at="TripRefused")


def test_an_approval_goes_to_the_head_after_a_day(engine: TestEngine, clock: TestClock) -> None:
    engine.deploy(PATTERNS / "purchase-approval.bpmn")
    engine.run(workers=SUCCEED)
    bought = {"item": "Chair", "amount": 90}
    in_time = engine.start("purchase-approval", bought).wait_for("DecideByManager")
    in_time.complete("DecideByManager", {"approved": True})
    in_time.assert_ended(at="PurchaseOrdered")
    late = engine.start("purchase-approval", bought).wait_for("DecideByManager")
    clock.skip("P1D")
    late.wait_for("DecideByHead")
    late.complete("DecideByHead", {"approved": False})
    late.assert_ended(at="PurchaseRefused")


def test_a_person_lets_the_worker_try_again(engine: TestEngine) -> None:
    failing = ["closed account"]

    @worker("make-transfer")
    def transfer(task: Task) -> None:
        if failing:
            raise BpmnError("transfer-failed", failing.pop())

    engine.deploy(PATTERNS / "transfer.bpmn")
    engine.run(workers=[transfer])
    payment = engine.start("transfer", {"account": "1", "amount": 5}).wait_for("LookAtTransfer")
    assert payment.variables["reason"] == "closed account"
    payment.complete("LookAtTransfer", {"account": "2", "next": "again"})
    payment.assert_ended(at="TransferMade")


def test_all_items_are_handled_before_the_order_is_handed_over(engine: TestEngine) -> None:
    packed: list[tuple[str, object]] = []

    @worker("list-items")
    def list_items(task: Task) -> dict[str, object]:
        return {"items": ["chair", "table", "lamp"]}

    def note(task: Task) -> None:
        packed.append((task.topic, task.variables.get("item")))

    engine.deploy(PATTERNS / "order-picking.bpmn")
    engine.run(workers=[list_items, *(worker(topic)(note) for topic in ("pick-item", "pack-item", "hand-over"))])
    engine.start("order-picking", {"order": "7"}).assert_ended(at="OrderSent")
    assert packed[-1] == ("hand-over", None)
    assert {item for topic, item in packed if topic == "pack-item"} == {"chair", "table", "lamp"}


def test_an_observer_reminds_notes_changes_and_ends_with_the_payment(engine: TestEngine, clock: TestClock) -> None:
    reminded: list[str] = []

    @worker("note-change")
    def note_change(task: Task) -> None:
        del task

    @worker("remind-customer")
    def remind(task: Task) -> None:
        reminded.append(task.id)

    engine.deploy(PATTERNS / "payment-observer.bpmn")
    engine.run(workers=[note_change, remind])
    engine.send_message("invoice.sent")
    (invoice,) = engine.list_instances("payment-observer")
    clock.skip("P14D")
    assert len(reminded) == 1
    invoice.send_message("invoice.changed")
    invoice.assert_passed("NoteChange")
    invoice.send_message("invoice.paid")
    invoice.assert_ended(at="PaymentSeen")
