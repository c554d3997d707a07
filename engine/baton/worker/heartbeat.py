"""Keeps the locks of running tasks alive: one thread, extending each lock when half of it has passed.

What a function says of its progress goes along; it brings the next heartbeat forward, but to no more than one a second.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from baton.worker.outcome import Reporter
from baton.worker.task import Task

PAUSE_S = 1.0
"""Between two heartbeats of a task, however much its function has to say."""


@dataclass(slots=True)
class _Running:
    task: Task
    lock: float
    extended_at: float
    extend_at: float


class Heartbeat:
    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._running: dict[str, _Running] = {}
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def add(self, task: Task, lock: float) -> None:
        """``task`` was just locked for ``lock`` seconds."""
        with self._changed:
            now = time.monotonic()
            self._running[task.id] = _Running(task, lock, now, now + lock / 2)
            self._changed.notify()
        task.reported.listen(lambda: self._hurry(task.id))

    def remove(self, task: Task) -> None:
        with self._changed:
            self._running.pop(task.id, None)

    def _hurry(self, task_id: str) -> None:
        """There is progress to tell."""
        with self._changed:
            running = self._running.get(task_id)
            if running is not None:
                running.extend_at = min(running.extend_at, running.extended_at + PAUSE_S)
                self._changed.notify()

    def _beat(self) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                due = self._due()
                if not due:
                    self._changed.wait(self._pause())
            for running in due:
                self._extend(running)

    def _due(self) -> list[_Running]:
        now = time.monotonic()
        return [running for running in self._running.values() if running.extend_at <= now]

    def _pause(self) -> float | None:
        if not self._running:
            return None
        return max(0.0, min(running.extend_at for running in self._running.values()) - time.monotonic())

    def _extend(self, running: _Running) -> None:
        held = self._reporter.extend(running.task, running.lock)
        with self._changed:
            now = time.monotonic()
            # What was said while this heartbeat was under way goes with the next.
            pause = min(PAUSE_S, running.lock / 2) if running.task.reported.is_waiting else running.lock / 2
            running.extended_at, running.extend_at = now, now + pause
            if not held:
                self._running.pop(running.task.id, None)
