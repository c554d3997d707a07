"""A worker process of the chaos run: ``python -m tests.crash.hands URL WORLD``. The world decides, not it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import Any

from baton.worker import BpmnError, Failure, Handler, Runner, Task, worker
from tests.crash.world import Caller

TOPICS = {
    "reserve-inventory": 3,
    "charge-payment": 3,
    "create-shipment": 3,
    "send-confirmation": 3,
    "release-inventory": 2,
    "refund-payment": 2,
    "cancel-shipment": 1,
    "notify-customer": 2,
    "authorise-payment": 2,
    "create-enrolment": 2,
    "refund-course": 1,
    "validate-ticket": 2,
    "assign-expert": 2,
    "escalate-ticket": 1,
}
NAME = "hands"
LOCK_SECONDS = 4


def handlers(caller: Caller) -> list[Handler]:
    def do(task: Task) -> Mapping[str, Any]:
        path = str(task.variables["path"])
        answer = caller.call(task.topic, task.idempotency_key, str(task.business_key), path)
        if "error" in answer:
            raise BpmnError(answer["error"], variables=answer.get("variables", {}))
        if "failure" in answer:
            # How often and when it is tried again, the model says (R3/PT2S) where the world does not.
            raise Failure(answer["failure"], retries=answer.get("retries"), retry_in=answer.get("retry_in"))
        return answer.get("variables", {})

    return [worker(topic, concurrency=count, lock=LOCK_SECONDS)(do) for topic, count in TOPICS.items()]


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    logging.getLogger("baton.worker").setLevel(logging.CRITICAL)  # that the engine is away is the point of it
    Runner(handlers(Caller(sys.argv[2])), sys.argv[1], worker_id=f"{NAME}-{os.getpid()}", long_poll=5).run()
