"""Demo workers of expense-approval. In place of another system and of mail they write down what they would send."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from baton.sample_settings import SampleSettings
from baton.worker import Task, worker

PACE = SampleSettings.from_environment().demo_pace
"""Seconds that each step takes, so that there is something to watch."""


@worker("ask-for-approval", concurrency=4)
def ask_for_approval(task: Task) -> Mapping[str, Any]:
    """The key goes along: the other system calls back with it."""
    time.sleep(PACE)
    asked = f"May {task.variables['who']} spend {task.variables['amount']} euro? Answer about {task.business_key}."
    return {"asked": asked}


@worker("notify-manager", concurrency=4)
def notify_manager(task: Task) -> Mapping[str, Any]:
    time.sleep(PACE)
    return {"mail": f"To the manager: the expense of {task.variables['who']} still waits for a decision."}
