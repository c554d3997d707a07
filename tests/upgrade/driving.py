"""Instances brought on over HTTP, the same way for the same seed, whichever release answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from baton.worker import EngineRefused, Rest
from tests.running import until

WORKER = "w"
BY_ITSELF = ("async", "retry")
"""What the engine owes itself and does at once."""
FLAGS = ("a", "b", "c", "d")


class Driver:
    """One instance. ``rests``: the servers that are asked in turn."""

    def __init__(self, rests: Sequence[Rest], instance: str, seed: int) -> None:
        self._rests, self.instance, self._random = rests, instance, Random(seed)
        self._asked = 0

    @property
    def rest(self) -> Rest:
        self._asked += 1
        return self._rests[self._asked % len(self._rests)]

    def run(self, steps: int, *, calm: bool) -> None:
        """Do what it waits for, one thing after the other, until the end or ``steps`` times."""
        for _ in range(steps):
            found = self._come_to_rest()
            if found["header"]["endedAt"]:
                return
            self._go_on(found, calm=calm)

    def do(self, element: str, **more: Any) -> None:
        """Do what the instance waits for at one element."""
        found = self._come_to_rest()
        self._do(next(item for item in found["awaited"] if item["element"] == element), **more)

    def _come_to_rest(self) -> dict[str, Any]:
        """The snapshot, once the engine has done what it owes itself."""
        path = f"/process-instance/{self.instance}/snapshot"

        def rested() -> dict[str, Any] | None:
            found = self.rest.get(path)
            owed = any(item["kind"] in BY_ITSELF and not _is_stopped(item, found) for item in found["awaited"])
            return None if owed else found

        return until(rested, 60, lambda: json.dumps(self.rest.get(path)))

    def _go_on(self, found: dict[str, Any], *, calm: bool) -> None:
        incidents = sorted(found["incidents"], key=lambda entry: (entry["activityId"], entry["id"]))
        stopped = {incident["activityId"] for incident in incidents}
        waiting = sorted(
            (item for item in found["awaited"] if item["kind"] != "conditional" and item["element"] not in stopped),
            key=lambda entry: (entry["element"], entry["token"], entry["kind"]),
        )
        if incidents and (not waiting or self._random.random() < 0.5):
            self.rest.post(f"/incident/{self._random.choice(incidents)['id']}/resolve", {})
        elif waiting:
            self._do(self._random.choice(waiting), fails=not calm and self._random.random() < 0.15)
        else:
            self._set(**dict.fromkeys(FLAGS, True))

    def _do(self, entry: dict[str, Any], *, fails: bool = False) -> None:
        changes = {flag: {"value": self._random.random() < 0.5} for flag in FLAGS}
        match entry["kind"]:
            case "work":
                self.rest.post(f"/external-task/{entry['id']}/lock", {"workerId": WORKER, "lockDuration": 600_000})
                self._work(entry["id"], changes, fails=fails)
            case "person":
                self.rest.post(f"/task/{entry['id']}/complete", {"variables": changes})
            case "message" | "signal":
                self._deliver(entry)
            case _:
                self.rest.post(f"/job/{entry['id']}/execute", {})

    def _work(self, task: str, changes: dict[str, Any], *, fails: bool) -> None:
        if fails:
            body = {"workerId": WORKER, "errorMessage": "no", "retries": 0, "retryTimeout": 0}
            self.rest.post(f"/external-task/{task}/failure", body)
        else:
            self.rest.post(f"/external-task/{task}/complete", {"workerId": WORKER, "variables": changes})

    def _deliver(self, entry: dict[str, Any]) -> None:
        subscriptions = self.rest.get(f"/event-subscription?processInstanceId={self.instance}")
        execution = next(found["executionId"] for found in subscriptions if found["id"] == entry["id"])
        if entry["kind"] == "message":
            self.rest.post(f"/execution/{execution}/messageSubscriptions/{entry['name']}/trigger", {})
        else:
            self.rest.post("/signal", {"name": entry["name"], "executionId": execution})

    def _set(self, **values: Any) -> None:
        body = {"modifications": {name: {"value": value} for name, value in values.items()}}
        self.rest.post(f"/process-instance/{self.instance}/variables", body)

    def outcome(self) -> dict[str, Any]:
        """Where it is: its state, what it has come to, what it waits for, and its variables."""
        found = self._come_to_rest()
        visits = self.rest.get(f"/history/activity-instance?processInstanceId={self.instance}")
        variables = self.rest.get(f"/history/variable-instance?processInstanceId={self.instance}")
        return {
            "state": found["header"]["state"],
            "visits": sorted(
                [name, visit["canceled"]] for visit in visits if (name := _name_activity(visit)) != "$undo"
            ),
            "awaited": sorted([item["element"], item["kind"]] for item in found["awaited"]),
            "incidents": sorted(item["activityId"] for item in found["incidents"]),
            "undone": sorted([item["element"], item["state"]] for item in found["ledger"]),
            "variables": sorted(
                [variable["name"], json.dumps(variable["value"], sort_keys=True)] for variable in variables
            ),
        }


def bring_on(driver: Driver, steps: int, *, calm: bool) -> str | None:
    """What was refused, if anything: the releases must refuse the same."""
    try:
        driver.run(steps, calm=calm)
    except EngineRefused as refused:
        return str(refused)
    return None


def _name_activity(visit: dict[str, Any]) -> str:
    """Earlier releases name a multi-instance body as its activity, and show the engine's own ``$undo``."""
    return str(visit["activityId"]).removesuffix("#multiInstanceBody")


def _is_stopped(entry: dict[str, Any], snapshot: dict[str, Any]) -> bool:
    """Whether an incident keeps the engine from doing it, or it is not due for long."""
    return snapshot["header"]["state"] != "active" or any(
        incident["activityId"] == entry["element"] for incident in snapshot["incidents"]
    )
