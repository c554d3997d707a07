"""The example of docs/reference/bpmn/compensation.md."""

from pathlib import Path

from tests.runtime.compensation.here import undo_all
from tests.runtime.lab import Lab

EXAMPLE = Path(__file__).parents[3] / "docs" / "reference" / "bpmn" / "examples" / "compensation.bpmn"


def paid() -> Lab:
    return Lab.of(EXAMPLE).start().complete("ReserveStock").complete("ChargeCard").complete("SendReceipt")


def test_an_order_that_ships_undoes_nothing():
    at = paid().complete("Ship")
    assert at.state == "completed"
    assert at.undone == []


def test_an_order_that_cannot_be_shipped_is_undone_from_its_last_step():
    at = paid().error("Ship", "out-of-stock")
    assert at.waiting == ["VoidReceipt"]
    undo_all(at)
    assert at.undone == ["SendReceipt", "ChargeCard", "Pay", "ReserveStock"]
    assert at.path()[-1] == "Undone"
