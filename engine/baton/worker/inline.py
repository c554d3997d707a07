"""Does what there is to do in the calling thread, and returns: for tests, which decide when work is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from baton.worker.calling import Caller, Middleware
from baton.worker.ending import report_ending
from baton.worker.fetching import Fetcher
from baton.worker.handler import AnyHandler, check_topics
from baton.worker.outcome import Reporter
from baton.worker.rest import Rest

PATIENCE_S = 10.0
"""How long the report of an outcome is repeated while the engine does not answer."""


class InlineRunner:
    """Serves ``handlers`` one task after the other. ``timeout`` of a handler is not applied: nothing runs beside it.

    Raises ValueError for two handlers of one topic.
    """

    def __init__(
        self,
        handlers: Sequence[AnyHandler],
        rest: Rest,
        *,
        worker_id: str,
        middleware: Sequence[Middleware] = (),
    ) -> None:
        check_topics(handlers)
        self._deadline = 0.0
        self._reporter = Reporter(rest, lambda: time.monotonic() > self._deadline)
        self._caller = Caller(middleware)
        stop = threading.Event()
        self._fetchers = [(handler, Fetcher(handler, rest, worker_id, stop, 0.0)) for handler in handlers]

    def run_once(self) -> int:
        """Do every task that can be locked now; returns how many. Raises EngineRefused, EngineUnreachable."""
        return sum(self._serve(handler, fetcher) for handler, fetcher in self._fetchers)

    def _serve(self, handler: AnyHandler, fetcher: Fetcher) -> int:
        attempts = fetcher.fetch_once(10)
        for attempt in attempts:
            ending = self._caller.call(handler, attempt)
            self._deadline = time.monotonic() + PATIENCE_S
            report_ending(self._reporter, handler, attempt.task, ending)
        return len(attempts)
