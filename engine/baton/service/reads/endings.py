"""Waiting for the end of an instance."""

from __future__ import annotations

import time
from collections.abc import Callable

from baton.model.records import InstanceHeader
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.reads.live import LiveFeed

LOOK_AGAIN_S = 1.0
"""A feed that was interrupted may have lost the end, so the header is also read this often."""


class Endings:
    def __init__(self, live: LiveFeed, instances: InstanceQueries) -> None:
        self._live, self._instances = live, instances

    def wait(self, instance_id: str, timeout_ms: int, given_up: Callable[[], bool]) -> InstanceHeader:
        """The instance once it has ended, or as it is when the time is over or ``given_up``. Raises NotFound."""
        deadline = time.monotonic() + timeout_ms / 1000
        found = self._instances.get(instance_id)
        if found.state.is_ended or timeout_ms <= 0:
            return found
        listener = self._live.subscribe(instance_id)
        try:
            found = self._instances.get(instance_id)
            while not found.state.is_ended and not given_up() and (left := deadline - time.monotonic()) > 0:
                batch = listener.wait_for_batch(min(left, LOOK_AGAIN_S))
                found = batch.items[-1].header if batch is not None else self._instances.get(instance_id)
            return found
        finally:
            listener.close()
