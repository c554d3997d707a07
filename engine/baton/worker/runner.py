"""Runs handlers: fetches with long polling, works in bounded threads, keeps locks alive, stops gracefully."""

from __future__ import annotations

import logging
import os
import queue
import secrets
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

from baton.worker.calling import Loop, call
from baton.worker.errors import EngineRefused, EngineUnreachable
from baton.worker.handler import Handler
from baton.worker.heartbeat import Heartbeat
from baton.worker.outcome import Reporter
from baton.worker.rest import DEFAULT_URL, Rest
from baton.worker.task import Task

_log = logging.getLogger("baton.worker")

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds between tries while the engine cannot be reached."""


class Runner:
    """Serves all ``handlers`` from one process. ``long_poll`` is how many seconds one fetch waits for work.

    Raises ValueError for two handlers of one topic: a task would go to either of them.
    """

    def __init__(
        self,
        handlers: Sequence[Handler],
        url: str = DEFAULT_URL,
        *,
        worker_id: str | None = None,
        long_poll: float = 20.0,
    ) -> None:
        _check_topics(handlers)
        self.loop = Loop()
        self.worker_id = worker_id or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
        self._stop = threading.Event()
        self._deadline = float("inf")
        self.rest = Rest(url, timeout=long_poll + 10)
        self.reporter = Reporter(self.rest, lambda: time.monotonic() > self._deadline)
        self.heartbeat = Heartbeat(self.reporter)
        self._lanes = [_Lane(self, handler, long_poll) for handler in handlers]

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def start(self) -> None:
        """Begin, and return at once."""
        self.heartbeat.start()
        for lane in self._lanes:
            lane.start()

    def run(self, grace: float = 30.0) -> None:
        """Work until ``request_stop`` is called from elsewhere, such as a signal handler; then ``stop(grace)``."""
        self.start()
        while not self._stop.wait(3600):
            pass
        self.stop(grace)

    def request_stop(self) -> None:
        self._stop.set()

    def stop(self, grace: float = 30.0) -> None:
        """Fetch nothing more, let what runs finish and report, for at most ``grace`` seconds."""
        self._stop.set()
        self._deadline = time.monotonic() + grace
        for lane in self._lanes:
            lane.finish(self._deadline)
        self.heartbeat.stop()

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than until a stop."""
        self._stop.wait(seconds)


class _Lane:
    """One handler: its poller, and a thread for each task it may do at a time."""

    def __init__(self, runner: Runner, handler: Handler, long_poll: float) -> None:
        self._runner = runner
        self._handler = handler
        self._long_poll = long_poll
        self._free = threading.Semaphore(handler.concurrency)
        self._begun: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._poller = threading.Thread(target=self._poll, name=f"{handler.topic}-poll", daemon=True)
        self._pause = FIRST_PAUSE
        self._running = 0
        self._ended = threading.Condition()

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
        while not self._runner.stopping:
            count = self._take_free()
            if count == 0:
                continue
            tasks = self._fetch(count)
            for _ in range(count - len(tasks)):
                self._free.release()
            for task in tasks:
                self._begin(task)

    def _take_free(self) -> int:
        """Wait for one free thread, then count all of them: never fetch what cannot begin at once."""
        if not self._free.acquire(timeout=0.5):
            return 0
        count = 1
        while self._free.acquire(blocking=False):
            count += 1
        return count

    def _fetch(self, count: int) -> list[Task]:
        began = time.monotonic()
        try:
            found = self._runner.rest.post("/external-task/fetchAndLock", self._request(count))
        except (EngineUnreachable, EngineRefused) as error:
            self._wait_after(error)
            return []
        self._pause = FIRST_PAUSE
        if not found and time.monotonic() - began < min(0.5, self._long_poll / 2):
            self._runner.pause(0.2)  # a server that does not hold the request must not be flooded
        return [Task.from_rest(fields) for fields in found]

    def _request(self, count: int) -> dict[str, Any]:
        topic: dict[str, Any] = {
            "topicName": self._handler.topic,
            "lockDuration": round(self._handler.lock * 1000),
            "includeExtensionProperties": True,
        }
        if self._handler.variables is not None:
            topic["variables"] = list(self._handler.variables)
        return {
            "workerId": self._runner.worker_id,
            "maxTasks": count,
            "usePriority": True,
            "asyncResponseTimeout": round(self._long_poll * 1000),
            "topics": [topic],
        }

    def _wait_after(self, error: Exception) -> None:
        if self._runner.stopping:
            return
        if self._pause == FIRST_PAUSE:
            _log.warning("cannot fetch, trying again: %s", error, extra={"topic": self._handler.topic})
        self._runner.pause(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _begin(self, task: Task) -> None:
        with self._ended:  # a stop sees either this task running or its lock given back
            begins = not self._runner.stopping
            self._running += begins
        if begins:
            self._runner.heartbeat.add(task, self._handler.lock)
            self._begun.put(task)
        else:
            self._runner.reporter.unlock(task)
            self._free.release()

    def _work_off(self) -> None:
        while (task := self._begun.get()) is not None:
            try:
                self._work(task)
            except Exception:  # a fault of the SDK, not of the function: the thread goes on with the next task
                _log.exception("the outcome could not be reported", extra=task.log_fields)

    def _work(self, task: Task) -> None:
        try:
            self._do(task)
        finally:
            self._runner.heartbeat.remove(task)
            self._free.release()
            with self._ended:
                self._running -= 1
                self._ended.notify_all()

    def _do(self, task: Task) -> None:
        report = self._runner.reporter
        ending = call(self._handler.function, task, self._runner.loop)
        if ending.error is None:
            report.complete(task, ending.result)
        else:
            report.raised(task, ending.error)


def _check_topics(handlers: Sequence[Handler]) -> None:
    topics = [handler.topic for handler in handlers]
    repeated = sorted({topic for topic in topics if topics.count(topic) > 1})
    if repeated:
        raise ValueError(f"Expected one handler for each topic, but found several for {', '.join(repeated)}")
