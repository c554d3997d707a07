"""Others who use the server while it is attacked: how long each of them was kept waiting, in seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import requests

from baton.model.times import from_datetime
from bench.models import Process, external
from tests.running import Baton, until

PERIOD_MS = 200
"""How long the timer of the bystander runs, again and again."""
CONNECTIONS = 4
"""Of those that ask for the version; each stays with the process that took it."""
PATIENCE = 60.0
TIMER, WORK = "bystander-timer", "bystander-work"


def timer_model() -> str:
    """A timer that repeats without end."""
    timer = f"<timeDuration>PT{PERIOD_MS / 1000}S</timeDuration>"
    process = Process(TIMER).add('<startEvent id="s"/><exclusiveGateway id="again" default="f4"/><endEvent id="e"/>')
    process.add(
        '<intermediateCatchEvent id="wait"><timerEventDefinition>' + timer + "</timerEventDefinition>"
        '</intermediateCatchEvent><exclusiveGateway id="join"/>'
    )
    process.chain("s", "join", "wait", "again")
    process.flow("again", "join")
    process.flow("again", "e", "1 == 2")
    return process.xml()


def work_model() -> str:
    """One external task."""
    process = Process(WORK).add('<startEvent id="s"/>').add(external("work", WORK)).add('<endEvent id="e"/>')
    return process.chain("s", "work", "e").xml()


class Bystanders:
    """While entered, they ask, wait and work; afterwards ``waits`` says how long at the longest, ``counts`` how often.

    ``version``: from asking to the answer. ``timer``: how late it fired. ``worker``: from the start of an instance to
    its task, and from completing it to the answer.
    """

    def __init__(self, baton: Baton, pause: float) -> None:
        """``pause``: seconds that each of them lets pass between two requests."""
        self._baton, self._url, self._pause = baton, f"{baton.url}/engine-rest", pause
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._timer = ""
        self.waits: dict[str, float] = {"version": 0.0, "timer": 0.0, "worker": 0.0}
        self.counts: dict[str, int] = {"version": 0, "timer": 0, "worker": 0}
        self.wrong: list[str] = []

    def __enter__(self) -> Self:
        self._timer = self._baton.begin(TIMER, {})
        for act in (*(self._ask_version,) * CONNECTIONS, self._ask_on_new_connections, self._work):
            self._threads.append(threading.Thread(target=self._repeat, args=(act,)))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(AssertionError):  # it is judged below
            until(self._list_firings, PATIENCE)
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._judge_timer()
        self._baton.rest.request("DELETE", f"/process-instance/{self._timer}")

    def _repeat(self, act: Callable[[requests.Session], None]) -> None:
        with requests.Session() as session:
            while not self._over.is_set():
                try:
                    act(session)
                except requests.RequestException as error:
                    self.wrong.append(f"{act.__name__}: {error}")
                self._over.wait(self._pause)

    def _ask_version(self, session: requests.Session) -> None:
        began = time.monotonic()
        session.get(f"{self._url}/version", timeout=PATIENCE).raise_for_status()
        self._note("version", began)

    def _ask_on_new_connections(self, session: requests.Session) -> None:
        del session
        with requests.Session() as fresh:
            self._ask_version(fresh)

    def _work(self, session: requests.Session) -> None:
        began = time.monotonic()
        self._post(session, f"/process-definition/key/{WORK}/start", {})
        body = {"workerId": "bystander", "maxTasks": 1, "asyncResponseTimeout": int(PATIENCE * 1000)}
        body["topics"] = [{"topicName": WORK, "lockDuration": 600_000}]
        (task,) = self._post(session, "/external-task/fetchAndLock", body).json()
        self._note("worker", began)
        began = time.monotonic()
        self._post(session, f"/external-task/{task['id']}/complete", {"workerId": "bystander"})
        self._note("worker", began, times=0)

    def _post(self, session: requests.Session, path: str, body: dict[str, Any]) -> requests.Response:
        answer = session.post(f"{self._url}{path}", json=body, timeout=2 * PATIENCE)
        answer.raise_for_status()
        return answer

    def _note(self, what: str, began: float, times: int = 1) -> None:
        self.waits[what] = max(self.waits[what], time.monotonic() - began)
        self.counts[what] += times

    def _list_firings(self) -> list[dict[str, Any]]:
        """A short attack may be over before the timer has fired for the first time."""
        return [event for event in self._baton.history(self._timer) if event["type"] == "TimerFired"]

    def _judge_timer(self) -> None:
        """Each time it fired, and the time since then: it may have stopped."""
        fired = [event for event in self._baton.history(self._timer) if event["type"] in ("TimerSet", "TimerFired")]
        moments = [(event["type"], from_datetime(datetime.fromisoformat(event["at"]))) for event in fired]
        for (_, set_at), (_, fired_at) in zip(moments[::2], moments[1::2], strict=False):
            self.waits["timer"] = max(self.waits["timer"], (fired_at - set_at - PERIOD_MS) / 1000)
            self.counts["timer"] += 1
        if len(moments) % 2:
            late = time.time() - (moments[-1][1] + PERIOD_MS) / 1000
            self.waits["timer"] = max(self.waits["timer"], late)
