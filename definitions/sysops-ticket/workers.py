"""Demo workers of sysops-ticket. What happens is decided by the data; see README.md."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from baton.sample_settings import SampleSettings
from baton.worker import Failure, Task, worker

PACE = SampleSettings.from_environment().demo_pace
"""Seconds that each step takes, so that there is something to watch."""

EXPERTS = {"linux": "ada", "network": "grace"}
"""Area -> who is free. Nobody ever is for mainframes."""


@worker("validate-ticket", concurrency=4)
def validate_ticket(task: Task) -> Mapping[str, Any]:
    time.sleep(PACE)
    return {"valid": bool(str(task.variables.get("host") or "").strip())}


@worker("assign-expert", concurrency=4)
def assign_expert(task: Task) -> Mapping[str, Any]:
    """While nobody is free it fails and is tried again; the model's timer decides when that has gone on too long."""
    time.sleep(PACE)
    expert = EXPERTS.get(str(task.variables.get("area")))
    if expert is None:
        raise Failure("No expert is free", retries=10, retry_in=3)
    return {"expert": expert}


@worker("escalate-ticket", concurrency=4)
def escalate_ticket(task: Task) -> Mapping[str, Any]:
    time.sleep(PACE)
    return {
        "expert": "head-of-operations",
        "escalated": True,
        "escalation": f"Nobody free for {task.variables['area']}",
    }
