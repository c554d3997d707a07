"""camunda-external-task-client-python3, unmodified, as the workers of order-fulfilment: ``… URL KEY``."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from camunda.external_task.external_task import ExternalTask
from camunda.external_task.external_task_worker import ExternalTaskWorker

CONFIG = {"maxTasks": 3, "lockDuration": 10_000, "asyncResponseTimeout": 3_000, "sleepSeconds": 1, "retryTimeout": 50}
_tries: Counter[str] = Counter()


def reserve(task: ExternalTask) -> Any:
    return task.complete({"reservation": task.get_task_id()})


def charge(task: ExternalTask) -> Any:
    if str(task.get_variable("card")).endswith("0002"):
        return task.bpmn_error("payment-rejected", "The bank rejected the card", {"rejection": "card declined"})
    return task.complete({"charged": task.get_variable("amount"), "receipt": {"lines": [1, 2], "paid": True}})


def ship(task: ExternalTask) -> Any:
    if task.get_variable("item") == "grand-piano" and not task.get_variable("stockArrived"):
        return task.bpmn_error("out-of-stock", "none left", {"patience": task.get_variable("patience")})
    _tries[task.get_task_id()] += 1
    if task.get_variable("carrier") == "flaky-freight" and _tries[task.get_task_id()] <= 2:
        return task.failure("no answer", "carrier", max_retries=3, retry_timeout=50)
    return task.complete({"shipment": task.get_task_id()})


def done(task: ExternalTask) -> Any:
    return task.complete({})


ACTIONS: dict[str, Callable[[ExternalTask], Any]] = {
    "reserve-inventory": reserve,
    "charge-payment": charge,
    "create-shipment": ship,
    **dict.fromkeys(
        ("release-inventory", "refund-payment", "cancel-shipment", "send-confirmation", "notify-customer"), done
    ),
}


def main(url: str, key: str) -> None:
    config = {**CONFIG, "auth_bearer": {"access_token": key}}
    threads = [
        threading.Thread(
            target=ExternalTaskWorker(worker_id="py", base_url=url, config=config).subscribe, args=(topic, action)
        )
        for topic, action in ACTIONS.items()
    ]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
