"""Counters and times of requests, per route, for Prometheus; labels are resolved once."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Response
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from baton.web.shared_counts import count_in

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Meters:
    """The meters of one application."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder``: where all processes count; without it ``registry`` has the numbers of this one only."""
        self.registry = CollectorRegistry()
        own: CollectorRegistry | None = self.registry
        if folder is not None:
            count_in(folder)
            MultiProcessCollector(self.registry, str(folder))
            own = None
        labels = ("method", "route", "status")
        self._requests = Counter("baton_http_requests", "Requests by route and status", labels, registry=own)
        self._seconds = Histogram("baton_http_seconds", "Time to answer", ("route",), buckets=BUCKETS, registry=own)

    def get_meter(self, method: str, rule: str) -> Meter:
        """The meter of one route. What may wait long by intent is counted, not timed."""
        timed = not rule.endswith(("/fetchAndLock", "/stream", "/published"))
        return Meter(self._requests, self._seconds if timed else None, method, rule)


class Meter:
    """Of one route. Its first request makes its rows: hundreds of routes that nobody uses have none."""

    def __init__(self, requests: Counter, seconds: Histogram | None, method: str, rule: str) -> None:
        self._requests, self._seconds = requests, seconds
        self._method, self._rule = method, rule
        self._by_status: dict[int, Any] = {}

    @cached_property
    def _timer(self) -> Any:
        return None if self._seconds is None else self._seconds.labels(self._rule)

    def count(self, response: Response, began: float) -> Response:
        status = response.status_code
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self._requests.labels(self._method, self._rule, str(status))
        counter.inc()
        timer = self._timer
        if timer is not None:
            timer.observe(time.perf_counter() - began)
        return response
