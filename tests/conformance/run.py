"""One case over HTTP: deploy, start, let time pass, see what became of it, delete."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from baton.worker import EngineRefused, Rest
from baton.worker.values import to_typed_variables
from tests.conformance.clock import RealClock
from tests.conformance.suite import Case, Test
from tests.conformance.translate import TOPIC, WAITS_MS, Model, translate

WORKER = "conformance"
LOCK_MS = 3_600_000
GRACE_MS = 40_000
"""How long after the suite's own delay a case may still do something: what is too much shows as well."""
QUIET_S = 0.3
"""Messages and signals reach others after the commit: that long nothing happens when all have."""
PATIENCE_S = 10.0


@dataclass
class Seen:
    """What was observed of one instance: its header, its history, its tokens, what it waits for, its incidents."""

    header: dict[str, Any]
    events: list[dict[str, Any]]
    tokens: list[dict[str, Any]]
    waits: list[dict[str, Any]]
    jobs: list[dict[str, Any]]
    incidents: list[dict[str, Any]]


@dataclass
class Outcome:
    """``refused``: the problems when the file was not deployed. ``failed``: why the start was not accepted."""

    model: Model
    refused: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    failed: str | None = None
    instances: list[Seen] = field(default_factory=list[Seen])
    ended_at: int = 0


class Runner:
    def __init__(self, rest: Rest, clock: RealClock) -> None:
        self._rest, self._clock = rest, clock

    def run(self, test: Test, case: Case) -> Outcome:
        model = translate(test.model.read_bytes())
        outcome = Outcome(model)
        try:
            with self.deployed(test.model.name, model.xml) as definitions:
                self._run(test, case, definitions, outcome)
        except EngineRefused as error:
            outcome.refused = list(error.body.get("problems", [])) or [{"rule": "?", "message": str(error)}]
        return outcome

    @contextmanager
    def deployed(self, name: str, xml: bytes) -> Iterator[list[dict[str, Any]]]:
        """The definitions of a deployment, which is deleted with all its instances. Raises EngineRefused."""
        files = {"deployment-name": (None, name), "file": (name, xml)}
        deployment = self._rest.request("POST", "/deployment/create", files=files)
        try:
            yield list((deployment["deployedProcessDefinitions"] or {}).values())
        finally:
            self._rest.request("DELETE", f"/deployment/{deployment['id']}", params={"cascade": "true"})

    def _run(self, test: Test, case: Case, definitions: list[dict[str, Any]], outcome: Outcome) -> None:
        keys = {definition["key"]: definition["id"] for definition in definitions}
        begins = [keys.get(test.name) or definitions[0]["id"]]
        if case.parallel_process:
            begins.insert(0, keys["ParallelProcess"])
        try:
            for definition in begins:
                body = {"variables": to_typed_variables(case.variables())}
                self._rest.post(f"/process-definition/{definition}/start", body)
        except EngineRefused as error:
            outcome.failed = str(error)
        self._let_time_pass(case, list(keys.values()), sends=_sends(outcome.model.xml))
        outcome.instances = [self._see(header) for header in self._headers(list(keys.values()))]
        outcome.ended_at = self._clock.now()

    # -- time -----------------------------------------------------------------------------------------------------

    def _let_time_pass(self, case: Case, definitions: list[str], *, sends: bool) -> None:
        until = self._clock.now() + case.delay_ms + GRACE_MS
        working: dict[str, int] = {}
        while True:
            self._settle(definitions, sends=sends)
            self._take_work(working)
            due = self._next(definitions, working)
            if due is None or due > until:
                return
            before = self._state(definitions)
            self._clock.advance(due)
            finished = self._finish_work(working)
            if not finished:
                self._await_change(definitions, before)

    def _next(self, definitions: list[str], working: dict[str, int]) -> int | None:
        moments = [millis(job["dueDate"]) for job in self._timers(definitions)] + list(working.values())
        return min(moments, default=None)

    def _take_work(self, working: dict[str, int]) -> None:
        topics = [{"topicName": TOPIC, "lockDuration": LOCK_MS}]
        body = {"workerId": WORKER, "maxTasks": 50, "topics": topics}
        for task in self._rest.post("/external-task/fetchAndLock", body):
            working[task["id"]] = self._clock.now() + WAITS_MS

    def _finish_work(self, working: dict[str, int]) -> bool:
        finished = [task for task, due in working.items() if due <= self._clock.now()]
        for task in finished:
            del working[task]
            try:
                self._rest.post(f"/external-task/{task}/complete", {"workerId": WORKER})
            except EngineRefused as error:
                if error.status != 404:
                    raise
        return bool(finished)

    def _settle(self, definitions: list[str], *, sends: bool) -> None:
        """Return when nothing happens any more by itself."""
        before = self._state(definitions)
        while sends:
            time.sleep(QUIET_S)
            now = self._state(definitions)
            if now == before:
                return
            before = now

    def _await_change(self, definitions: list[str], before: Any) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while self._state(definitions) == before and time.monotonic() < deadline:
            time.sleep(0.02)

    # -- seeing -----------------------------------------------------------------------------------------------------

    def _state(self, definitions: list[str]) -> dict[str, int]:
        return {header["id"]: header["position"] for header in self._headers(definitions)}

    def _headers(self, definitions: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for definition in definitions:
            found += self._rest.get("/process-instance/overview", {"processDefinitionId": definition})
        return sorted(found, key=lambda header: header["startedAt"])

    def _timers(self, definitions: list[str]) -> list[dict[str, Any]]:
        ids = [header["id"] for header in self._headers(definitions) if not header["endedAt"]]
        return [job for id_ in ids for job in self._jobs(id_) if job["retries"]]

    def _jobs(self, instance: str) -> list[dict[str, Any]]:
        return list(self._rest.get("/job", {"processInstanceId": instance}))

    def _see(self, header: dict[str, Any]) -> Seen:
        path = f"/process-instance/{header['id']}"
        snapshot = self._rest.get(f"{path}/snapshot")
        of_instance = {"processInstanceId": header["id"]}
        return Seen(
            header=snapshot["header"],
            events=self._rest.get(f"{path}/history"),
            tokens=snapshot["tokens"],
            waits=self._rest.get("/event-subscription", of_instance),
            jobs=self._jobs(header["id"]),
            incidents=snapshot["incidents"],
        )


def millis(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _sends(xml: bytes) -> bool:
    """Whether anything of the model may reach another instance."""
    throws = b"ThrowEvent" in xml or b"endEvent" in xml
    return b"sendTask" in xml or (throws and (b"messageEventDefinition" in xml or b"signalEventDefinition" in xml))
