"""One handler at work: its poller, and a thread for each task that it may do at a time."""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass

from baton.worker.attempt import Attempt
from baton.worker.calling import Caller, Ending
from baton.worker.ending import make_timeout_failure, report_ending
from baton.worker.fetching import Fetcher
from baton.worker.handler import AnyHandler
from baton.worker.heartbeat import Heartbeat
from baton.worker.outcome import Reporter

_log = logging.getLogger("baton.worker")

MOST_HUNG = 100
"""Functions of one topic that may still run after their time-out and be replaced. Further ones keep their place."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all lanes of a process use."""

    stop: threading.Event
    reporter: Reporter
    heartbeat: Heartbeat
    caller: Caller


class Lane:
    def __init__(self, shared: Shared, handler: AnyHandler, fetcher: Fetcher) -> None:
        self._shared = shared
        self._handler = handler
        self._fetcher = fetcher
        self._free = threading.Semaphore(handler.concurrency)
        self._begun: queue.SimpleQueue[Attempt | None] = queue.SimpleQueue()
        self._poller = threading.Thread(target=self._poll, name=f"{handler.topic}-poll", daemon=True)
        self._running = 0
        self._hung = 0
        self._ended = threading.Condition()

    @property
    def topic(self) -> str:
        return self._handler.topic

    def start(self) -> None:
        self._poller.start()
        for _ in range(self._handler.concurrency):
            # Daemons: a function that never returns must not keep the process from ending.
            threading.Thread(target=self._work_off, name=self._handler.topic, daemon=True).start()

    def finish(self, deadline: float) -> None:
        """Wait for what runs. The poller is not waited for: tasks that it still gets are given back."""
        with self._ended:
            self._ended.wait_for(lambda: self._running == 0, max(0.0, deadline - time.monotonic()))
        for _ in range(self._handler.concurrency):
            self._begun.put(None)

    def _poll(self) -> None:
        while not self._shared.stop.is_set():
            count = self._take_free()
            if count == 0:
                continue
            attempts = self._fetcher.fetch(count)
            for _ in range(count - len(attempts)):
                self._free.release()
            for attempt in attempts:
                self._begin(attempt)

    def _take_free(self) -> int:
        """Wait for one free thread, then count all of them: never fetch what cannot begin at once."""
        if not self._free.acquire(timeout=0.5):
            return 0
        count = 1
        while self._free.acquire(blocking=False):
            count += 1
        return count

    def _begin(self, attempt: Attempt) -> None:
        with self._ended:  # a stop sees either this task running or its lock given back
            begins = not self._shared.stop.is_set()
            self._running += begins
        if begins:
            self._shared.heartbeat.add(attempt.task, self._handler.lock)
            self._begun.put(attempt)
        else:
            self._shared.reporter.unlock(attempt.task)
            self._free.release()

    def _work_off(self) -> None:
        while (attempt := self._begun.get()) is not None:
            self._work(attempt)
            if attempt.replaced:
                return

    def _work(self, attempt: Attempt) -> None:
        timer = self._begin_timer(attempt)
        ending = self._shared.caller.call(self._handler, attempt)
        if timer is not None:
            timer.cancel()
        if attempt.settle():
            self._end(attempt, ending)
        else:
            self._end_late(attempt, ending)

    def _begin_timer(self, attempt: Attempt) -> threading.Timer | None:
        if self._handler.timeout is None:
            return None
        timer = threading.Timer(self._handler.timeout, self._time_out, (attempt,))
        timer.name, timer.daemon = self._handler.topic, True
        timer.start()
        return timer

    def _time_out(self, attempt: Attempt) -> None:
        """Report a failed attempt. The timer's thread takes the place of the one that is still in the function."""
        with self._ended:  # an ending that comes at this moment waits here, and then sees whether it is replaced
            if not attempt.settle():
                return
            self._hung += 1
            attempt.replaced = self._hung <= MOST_HUNG
        attempt.cancel()
        failure = make_timeout_failure(self._handler.timeout or 0)
        self._end(attempt, Ending(error=failure), frees=attempt.replaced)
        if attempt.replaced:
            self._work_off()
        else:
            _log.error("%s calls are past their timeout: a place is kept from tasks until one ends", MOST_HUNG)

    def _end_late(self, attempt: Attempt, ending: Ending) -> None:
        with self._ended:
            self._hung -= 1
        if not attempt.replaced:
            self._free.release()
        what = "a result" if ending.error is None else type(ending.error).__name__
        _log.warning("the function ended after its timeout, with %s: not reported", what, extra=attempt.task.log_fields)

    def _end(self, attempt: Attempt, ending: Ending, frees: bool = True) -> None:
        try:
            report_ending(self._shared.reporter, self._handler, attempt.task, ending)
        except Exception:  # a fault of the SDK, not of the function: the thread goes on with the next task
            _log.exception("the outcome could not be reported", extra=attempt.task.log_fields)
        finally:
            self._shared.heartbeat.remove(attempt.task)
            if frees:
                self._free.release()
            with self._ended:
                self._running -= 1
                self._ended.notify_all()
