"""Demo workers of loan-application. What happens to an application is decided by its data; see README.md."""

from __future__ import annotations

import time

from baton.sample_settings import SampleSettings
from baton.worker import BpmnError, Failure, Task, worker

PACE = SampleSettings.from_environment().demo_pace
"""Seconds that each step takes, so that there is something to watch."""

BUREAUS = ("north", "south", "harbour")
SCORES = {"Nadia": 610, "Hector": 420}
GOOD_SCORE = 720


@worker("check-identity", concurrency=8)
def check_identity(applicant: str, bureaus: list[str] | None = None, patience: str = "P14D") -> dict[str, object]:
    """Also says which bureaus will be asked, and how long the signature may take."""
    _take_time()
    if applicant == "Nemo":
        raise BpmnError("identity-unknown", "Nobody of this name is known")
    return {"bureaus": bureaus or list(BUREAUS), "patience": patience}


@worker("fetch-credit-report", concurrency=8)
def fetch_credit_report(applicant: str, bureau: str, task: Task) -> dict[str, int]:
    """A bureau that does not answer is asked again later; the model says when."""
    _take_time()
    if bureau == "sleepy" and task.attempt <= 2:
        raise Failure("The bureau does not answer")
    return {"score": SCORES.get(applicant, GOOD_SCORE)}


@worker("tell-manager", concurrency=8)
def tell_manager(applicant: str) -> dict[str, str]:
    _take_time()
    return {"told": f"The application of {applicant} waits for a decision"}


@worker("reserve-funds", concurrency=8)
def reserve_funds(amount: int, task: Task) -> dict[str, object]:
    _take_time()
    return {"reservation": f"F-{task.idempotency_key[-8:]}", "reserved": amount}


@worker("release-funds", concurrency=8)
def release_funds(reserved: int) -> dict[str, int]:
    """Undoes reserve_funds: sees the variables that were visible when the funds had been reserved."""
    _take_time()
    return {"released": reserved}


@worker("prepare-contract", concurrency=8)
def prepare_contract(task: Task) -> dict[str, str]:
    _take_time()
    return {"contract": f"L-{task.idempotency_key[-8:]}"}


@worker("void-contract", concurrency=8)
def void_contract(contract: str) -> dict[str, str]:
    _take_time()
    return {"voided": contract}


@worker("pay-out-loan", concurrency=8, no_retry=ValueError)
def pay_out(reserved: int, contract: str, task: Task) -> dict[str, str]:
    _take_time()
    if task.variables.get("counter") == "closed" and task.attempt <= 2:
        raise Failure("The bank is closed")
    return {"payment": f"{reserved} for {contract}"}


def _take_time() -> None:
    if PACE:
        time.sleep(PACE)
