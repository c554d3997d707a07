"""The sample loan-application, tested as a user tests a process: without a server, on a clock that is moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from baton.testing import TestClock, TestEngine, TestInstance

FOLDER = Path(__file__).parents[2] / "definitions" / "loan-application"


@pytest.fixture
def bank(engine: TestEngine, monkeypatch: pytest.MonkeyPatch) -> TestEngine:
    monkeypatch.setenv("BATON_DEMO_PACE", "0")
    engine.deploy(FOLDER)
    engine.run(workers=[FOLDER / "workers.py"])
    return engine


def apply(bank: TestEngine, applicant: str = "Clara", **more: object) -> TestInstance:
    return bank.start("loan-application", {"applicant": applicant, "amount": 9000, "income": 48000, **more})


def test_a_signed_loan_is_paid_out(bank: TestEngine) -> None:
    loan = apply(bank).wait_for("Await")
    assert loan.variables["scores"] == [720, 720, 720]
    assert "score" not in loan.variables
    loan.send_message("contract.signed")
    loan.assert_ended(at="LoanPaid")
    assert str(loan.variables["payment"]).startswith("9000 for L-")


def test_a_loan_that_nobody_signs_is_undone_after_two_weeks(bank: TestEngine, clock: TestClock) -> None:
    loan = apply(bank).wait_for("Await")
    clock.skip("P13DT23H")
    loan.wait_for("Await")
    clock.skip("PT1H")
    loan.assert_ended(at="LoanLapsed")
    loan.assert_undone("PrepareContract", "ReserveFunds")


def test_an_unknown_applicant_is_turned_away(bank: TestEngine) -> None:
    apply(bank, "Nemo").assert_ended(at="ApplicantUnknown")


@pytest.mark.parametrize(("applicant", "amount"), [("Hector", 9_000), ("Clara", 100_000)])
def test_a_high_risk_is_refused(bank: TestEngine, applicant: str, amount: int) -> None:
    loan = apply(bank, applicant, amount=amount)
    loan.assert_ended(at="LoanRefused")
    loan.assert_undone()


@pytest.mark.parametrize(("approved", "at"), [(True, "Await"), (False, "LoanRefused")])
def test_a_person_decides_about_a_doubtful_loan(bank: TestEngine, approved: bool, at: str) -> None:
    loan = apply(bank, "Nadia")
    loan.complete("DecideLoan", {"approved": True} if approved else {"approved": False, "note": "Too little income"})
    loan.assert_passed("ReviewLoan", "DecideLoan", "IsApproved")
    if approved:
        loan.wait_for(at)
    else:
        loan.assert_ended(at=at)


def test_the_manager_is_told_of_a_review_that_takes_long(bank: TestEngine, clock: TestClock) -> None:
    loan = apply(bank, "Nadia").wait_for("DecideLoan")
    clock.skip("P2D")
    loan.wait_for("DecideLoan")
    loan.assert_passed("ReviewTakesLong", "OnReviewLate", "TellManager")


def test_a_bureau_that_does_not_answer_is_asked_again_later(bank: TestEngine, clock: TestClock) -> None:
    loan = apply(bank, bureaus=["north", "sleepy"]).wait_for("FetchReport")
    clock.skip("PT1M")
    loan.wait_for("FetchReport")
    clock.skip("PT10M")
    loan.wait_for("Await")


def test_a_signed_loan_waits_for_the_bank_to_open(bank: TestEngine, clock: TestClock) -> None:
    loan = apply(bank, counter="closed").wait_for("Await")
    loan.send_message("contract.signed")
    loan.wait_for("PayOut")
    clock.skip("PT11M")
    loan.assert_ended(at="LoanPaid")


def test_what_was_granted_can_be_undone_by_an_operator(bank: TestEngine) -> None:
    loan = apply(bank).wait_for("Await")
    loan.cancel(undo=True)
    loan.assert_ended("compensated")
    loan.assert_undone("PrepareContract", "ReserveFunds")
