"""Where the tests' processes run: in this process, with a clock that stands until it is moved, or on a server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import pytest
import requests

from baton.model.times import Millis
from baton.service import Engine, ExternalTaskQuery, JobQuery
from baton.testing.in_process import URL, InProcess

Work = Callable[[], int]
"""Does what workers can do now, and returns how many tasks those were."""

MOST_ROUNDS = 1_000


class Backend(Protocol):
    """``patience`` is how many seconds an expectation may take to come true; ``lasts``: what a test leaves stays."""

    url: str
    patience: float
    lasts: bool

    def make_session(self) -> requests.Session: ...

    def get_now(self) -> Millis: ...

    def settle(self, work: Work) -> None:
        """Return when nothing can go on before time passes, as far as that can be known."""
        ...

    def move_to(self, moment: Millis, work: Work) -> None:
        """Let time pass; what falls due on the way happens at its own moment."""
        ...

    def close(self) -> None: ...


class InProcessBackend:
    """One test's engine in this process."""

    url = URL
    patience = 0.0
    lasts = False

    def __init__(self, shared: InProcess) -> None:
        self._shared = shared
        self._now: Millis = time.time_ns() // 1_000_000
        self._engine: Engine = shared.begin(self.get_now)

    def make_session(self) -> requests.Session:
        return self._shared.make_session()

    def get_now(self) -> Millis:
        return self._now

    def settle(self, work: Work) -> None:
        for _ in range(MOST_ROUNDS):
            if not self._engine.run_due() + self._engine.outbox.dispatch() + work():
                return
        raise AssertionError(
            f"Expected every token to wait or end, but after {MOST_ROUNDS} rounds of turns and work they still go "
            "on. Is there a loop without an end, or a worker that always fails without a pause?"
        )

    def move_to(self, moment: Millis, work: Work) -> None:
        self.settle(work)
        while (due := min(self._list_moments(moment), default=None)) is not None:
            self._now = due
            self.settle(work)
        self._now = moment
        self.settle(work)

    def _list_moments(self, until: Millis) -> list[Millis]:
        """When something falls due from now on: turns, timers, tasks that wait after a failure."""
        _, upcoming = self._engine.mailbox.list_due(self._now, 1)
        jobs: Iterable[Millis | None] = (job.due for job in self._engine.jobs.find_with_starts(JobQuery()))
        tasks = (task.not_before for task, _ in self._engine.external_tasks.find(ExternalTaskQuery()))
        return [due for due in (upcoming, *jobs, *tasks) if due is not None and self._now < due <= until]

    def close(self) -> None:
        self._engine.close()


class ServerBackend:
    """A running server. Its clock can be moved when ``clock`` is the file that its ``BATON_TEST_CLOCK`` names."""

    patience = 10.0
    lasts = True

    def __init__(self, url: str, clock: Path | None) -> None:
        self.url, self._clock = url, clock

    def make_session(self) -> requests.Session:
        return requests.Session()

    def get_now(self) -> Millis:
        return time.time_ns() // 1_000_000 + self._read_shift()

    def settle(self, work: Work) -> None:
        while work():
            pass

    def move_to(self, moment: Millis, work: Work) -> None:
        if self._clock is None:
            pytest.skip(
                "moves the clock: start the server with BATON_TEST_CLOCK=FILE and give the same with --baton-clock"
            )
        self.settle(work)
        shift = self._read_shift() + moment - self.get_now()
        new = self._clock.with_suffix(".new")
        new.write_text(str(shift))
        os.replace(new, self._clock)
        self.settle(work)

    def _read_shift(self) -> Millis:
        text = self._clock.read_text() if self._clock is not None and self._clock.exists() else ""
        return int(text.strip() or 0)

    def close(self) -> None:
        pass
