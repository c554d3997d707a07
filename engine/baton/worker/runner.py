"""Runs handlers: fetches with long polling, works in bounded threads, keeps locks alive, stops gracefully."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Sequence
from queue import SimpleQueue

from baton.worker.calling import Caller, Middleware
from baton.worker.fetching import Fetcher
from baton.worker.handler import AnyHandler, check_topics
from baton.worker.heartbeat import Heartbeat
from baton.worker.lane import Lane, Shared
from baton.worker.outcome import Reporter
from baton.worker.rest import DEFAULT_URL, Rest


class Runner:
    """Serves all ``handlers`` from one process. ``long_poll`` is how many seconds one fetch waits for work.

    ``middleware`` is called around each attempt, the first outermost. ``api_key``: by default what BATON_API_KEY holds.
    Raises ValueError for two handlers of one topic: a task would go to either of them.
    """

    def __init__(
        self,
        handlers: Sequence[AnyHandler],
        url: str = DEFAULT_URL,
        *,
        worker_id: str | None = None,
        long_poll: float = 20.0,
        middleware: Sequence[Middleware] = (),
        api_key: str | None = None,
    ) -> None:
        check_topics(handlers)
        self.worker_id = worker_id or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
        self._stop = threading.Event()
        # A handler of signals must not set an event: the thread that it interrupts may hold its lock.
        self._requests: SimpleQueue[None] = SimpleQueue()
        self._deadline = float("inf")
        rest = Rest(url, timeout=long_poll + 10, api_key=api_key)
        reporter = Reporter(rest, self._give_up)
        self._shared = Shared(self._stop, reporter, Heartbeat(reporter), Caller(middleware))
        self._lanes = [
            Lane(self._shared, handler, Fetcher(handler, rest, self.worker_id, self._stop, long_poll, self._give_up))
            for handler in handlers
        ]

    @property
    def topics(self) -> list[str]:
        """What is served, in alphabetical order."""
        return sorted(lane.topic for lane in self._lanes)

    def _give_up(self) -> bool:
        return time.monotonic() > self._deadline

    def start(self) -> None:
        """Begin, and return at once."""
        self._shared.heartbeat.start()
        for lane in self._lanes:
            lane.start()

    def run(self, grace: float = 30.0) -> None:
        """Work until ``request_stop`` is called from elsewhere, such as a signal handler; then ``stop(grace)``."""
        self.start()
        self._requests.get()
        self.stop(grace)

    def request_stop(self) -> None:
        """End ``run``. May be called anywhere: in another thread, and in a handler of signals."""
        self._requests.put(None)

    def stop(self, grace: float = 30.0) -> None:
        """Fetch nothing more, let what runs finish and report, for at most ``grace`` seconds."""
        self._stop.set()
        self._deadline = time.monotonic() + grace
        for lane in self._lanes:
            lane.finish(self._deadline)
        self._shared.heartbeat.stop()
