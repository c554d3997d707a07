"""Demo workers of course-purchase. What happens is decided by the data; see README.md."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from baton.sample_settings import SampleSettings
from baton.worker import BpmnError, Task, worker

PACE = SampleSettings.from_environment().demo_pace
"""Seconds that each step takes, so that there is something to watch."""

FULLY_BOOKED = {"conducting"}


@worker("authorise-payment", concurrency=4)
def authorise_payment(task: Task) -> Mapping[str, Any]:
    time.sleep(PACE)
    if str(task.variables["card"]).replace(" ", "").endswith("0002"):
        raise BpmnError("payment-declined", "The bank declined the card")
    return {"authorisation": f"A-{task.idempotency_key[-8:]}", "paid": task.variables["price"]}


@worker("refund-course", concurrency=4)
def refund_course(task: Task) -> Mapping[str, Any]:
    time.sleep(PACE)
    return {"refunded": task.variables["paid"]}


@worker("create-enrolment", concurrency=4)
def create_enrolment(task: Task) -> Mapping[str, Any]:
    time.sleep(PACE)
    if task.variables["course"] in FULLY_BOOKED:
        raise BpmnError("enrolment-failed", f"{task.variables['course']} is fully booked")
    return {"enrolment": f"E-{task.idempotency_key[-8:]}"}
