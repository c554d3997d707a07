"""Does what there is to do in the calling thread, and returns: for tests, which decide when work is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from baton.model.times import Millis
from baton.worker.attempt import Attempt
from baton.worker.calling import Caller, Ending, Middleware
from baton.worker.ending import make_timeout_failure, report_ending
from baton.worker.fetching import FETCH, Fetcher, make_request
from baton.worker.handler import AnyHandler, check_topics
from baton.worker.outcome import Reporter
from baton.worker.rest import Rest

AT_ONCE = 10
"""Tasks that are locked at once, and done one after the other."""
PATIENCE_S = 10.0
"""How long the report of an outcome is repeated while the engine does not answer."""


class InlineRunner:
    """Serves ``handlers`` one task after the other. Raises ValueError for two handlers of one topic.

    ``read_time``: the clock, in milliseconds, by which ``timeout`` of a handler counts. Nothing runs beside a function,
    so that one which takes too long is not ended, but its attempt has failed.
    """

    def __init__(
        self,
        handlers: Sequence[AnyHandler],
        rest: Rest,
        *,
        worker_id: str,
        read_time: Callable[[], Millis],
        middleware: Sequence[Middleware] = (),
    ) -> None:
        check_topics(handlers)
        self._read_time = read_time
        self._is_serving = False
        self._deadline = 0.0
        self._reporter = Reporter(rest, self._give_up)
        self._caller = Caller(middleware)
        stop = threading.Event()
        self._rest = rest
        self._fetchers = {
            handler.topic: (handler, Fetcher(handler, rest, worker_id, stop, 0.0, self._give_up))
            for handler in handlers
        }
        self._request = make_request(worker_id, AT_ONCE, handlers, 0)

    def _give_up(self) -> bool:
        return time.monotonic() > self._deadline

    def run_once(self) -> int:
        """Do every task that can be locked now; returns how many. Raises EngineRefused, EngineUnreachable.

        A function that lets time pass comes back here: it does nothing, since one task is done at a time.
        """
        if self._is_serving:
            return 0
        self._is_serving = True
        try:
            # One request for all topics: most of them have nothing to do, and a test asks after each of its steps.
            found: list[dict[str, Any]] = self._rest.post(FETCH, self._request) if self._fetchers else []
            for fields in found:
                self._serve(*self._fetchers[fields["topicName"]], fields)
            return len(found)
        finally:
            self._is_serving = False

    def _serve(self, handler: AnyHandler, fetcher: Fetcher, fields: dict[str, Any]) -> None:
        self._deadline = time.monotonic() + PATIENCE_S
        attempt = fetcher.read(fields)
        ending = self._call(handler, attempt)
        self._deadline = time.monotonic() + PATIENCE_S
        report_ending(self._reporter, handler, attempt.task, ending)

    def _call(self, handler: AnyHandler, attempt: Attempt) -> Ending:
        began = self._read_time()
        ending = self._caller.call(handler, attempt)
        if handler.timeout is not None and self._read_time() - began >= handler.timeout * 1000:
            return Ending(error=make_timeout_failure(handler.timeout))
        return ending
