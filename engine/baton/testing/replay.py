"""The steps of a scenario as calls of the HTTP interface, which any engine answers: in process or on a server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import quote

from baton.testing.scenario import Scenario
from baton.worker import Rest

WORKER = "scenario"
LOCK_MS = 60_000

Step = Mapping[str, Any]
Record = dict[str, Any]


class Replay:
    """Does one step after the other; ``settle`` is called after each, ``let_pass`` for those that wait."""

    def __init__(self, rest: Rest, settle: Callable[[], None], let_pass: Callable[[str, str | None], None]) -> None:
        self._rest, self._settle, self._let_pass = rest, settle, let_pass
        self._instance = ""

    def play(self, scenario: Scenario) -> str:
        """The id of the instance. Raises AssertionError for a step that cannot be done here."""
        for number, step in enumerate(scenario.steps, 1):
            what = f"step {number} ({step['type']}) of the scenario '{scenario.name}'"
            if not self._instance:
                self._instance = self._begin(scenario.process, step, what)
            else:
                self._do(step, what)
            self._settle()
        if not self._instance:
            raise AssertionError(f"Expected the scenario '{scenario.name}' to start an instance, but it has no steps")
        return self._instance

    # -- the first step ------------------------------------------------------------------------------------------------

    def _begin(self, process: str, step: Step, what: str) -> str:
        variables = _get_variables(step)
        match step["type"]:
            case "start":
                body = {"variables": variables, "businessKey": step.get("businessKey"), **_start_at(step)}
                return str(self._rest.post(f"/process-definition/key/{quote(process)}/start", body)["id"])
            case "message":
                body = {"messageName": step.get("name"), "processVariables": variables, "resultEnabled": True}
                (found,) = self._rest.post("/message", {**body, "businessKey": step.get("businessKey")})
                return str(found["processInstance"]["id"])
            case "signal":
                before = {header["id"] for header in self._list_instances(process)}
                self._rest.post("/signal", {"name": step.get("name"), "variables": variables})
                self._settle()
                started = [header for header in self._list_instances(process) if header["id"] not in before]
                if len(started) != 1:
                    raise AssertionError(f"Expected {what} to start one instance, but it started {len(started)}")
                return str(started[0]["id"])
            case _:
                raise AssertionError(f"Expected a scenario to begin with a start, a message or a signal, but {what}")

    def _list_instances(self, process: str) -> list[Record]:
        return self._rest.get("/process-instance/overview", {"processDefinitionKey": process})

    # -- all others ----------------------------------------------------------------------------------------------------

    def _do(self, step: Step, what: str) -> None:
        steps: dict[str, Callable[[Step, str], None]] = {
            "complete": self._complete,
            "fail": self._fail,
            "error": self._report_error,
            "escalation": self._escalate,
            "message": self._send_message,
            "signal": self._send_signal,
            "timer": self._run_job,
            "variables": self._set_variables,
            "resolve": self._resolve,
            "rollback": self._roll_back,
            "cancel": self._cancel,
            "wait": self._wait,
        }
        do = steps.get(step["type"])
        if do is None:
            raise AssertionError(f"Expected a step that Baton knows, but found {what}")
        do(step, what)

    def _list(self, path: str, step: Step, element: str = "activityId") -> list[Record]:
        """What is open of a kind, oldest first: that with the number of the step's id, or at its element."""
        found = cast("list[Record]", self._rest.get(path, {"processInstanceId": self._instance}))
        number = str(step["id"]).rpartition(".")[2] if step.get("id") else None
        fitting = [
            record
            for record in found
            if (step.get("activityId") in (None, record[element]))
            and number in (None, str(record["id"]).rpartition(".")[2])
        ]
        return sorted(fitting, key=lambda record: int(str(record["id"]).rpartition(".")[2]))

    def _choose(self, found: list[Record], step: Step, what: str) -> Record:
        if not found:
            raise AssertionError(
                f"Expected {what} to find something open at '{step.get('activityId') or 'any element'}', but there is "
                "nothing there"
            )
        return found[0]

    def _choose_task(self, step: Step, what: str) -> tuple[str, bool]:
        """The path of a task, and whether a worker does it."""
        external = self._list("/external-task", step)
        if external:
            path = f"/external-task/{quote(str(external[0]['id']))}"
            self._rest.post(f"{path}/lock", {"workerId": WORKER, "lockDuration": LOCK_MS})
            return path, True
        return (
            f"/task/{quote(str(self._choose(self._list('/task', step, 'taskDefinitionKey'), step, what)['id']))}",
            False,
        )

    def _complete(self, step: Step, what: str) -> None:
        path, external = self._choose_task(step, what)
        worker = {"workerId": WORKER} if external else {}
        self._rest.post(f"{path}/complete", {**worker, "variables": _get_variables(step)})

    def _fail(self, step: Step, what: str) -> None:
        path, external = self._choose_task(step, what)
        if not external:
            raise AssertionError(f"Expected {what} to fail an external task, but found a user task")
        body = {"workerId": WORKER, "errorMessage": step.get("message"), "variables": _get_variables(step)}
        retries = {} if step.get("retries") is None else {"retries": step["retries"]}
        self._rest.post(f"{path}/failure", {**body, **retries})

    def _report_error(self, step: Step, what: str) -> None:
        path, external = self._choose_task(step, what)
        worker = {"workerId": WORKER} if external else {}
        body = {"errorCode": step.get("code"), "errorMessage": step.get("message")}
        self._rest.post(f"{path}/bpmnError", {**worker, **body, "variables": _get_variables(step)})

    def _escalate(self, step: Step, what: str) -> None:
        path, _ = self._choose_task(step, what)
        body = {"escalationCode": step.get("code"), "variables": _get_variables(step)}
        self._rest.post(f"{path}/bpmnEscalation", body)

    def _send_message(self, step: Step, what: str) -> None:
        open_ = [it for it in self._list("/event-subscription", step) if step.get("name") in (None, it["eventName"])]
        name, execution = (found := self._choose(open_, step, what))["eventName"], found["executionId"]
        path = f"/execution/{quote(str(execution))}/messageSubscriptions/{quote(str(name), safe='')}/trigger"
        self._rest.post(path, {"variables": _get_variables(step)})

    def _send_signal(self, step: Step, _what: str) -> None:
        self._rest.post("/signal", {"name": step.get("name"), "variables": _get_variables(step)})

    def _run_job(self, step: Step, what: str) -> None:
        wanted = {"processInstanceId": self._instance}
        if step.get("activityId"):
            wanted["activityId"] = str(step["activityId"])
        found = self._rest.get("/job", wanted)
        self._rest.post(f"/job/{quote(str(self._choose(found, step, what)['id']))}/execute")

    def _set_variables(self, step: Step, _what: str) -> None:
        self._rest.post(f"{self._path}/variables", {"modifications": _get_variables(step)})

    def _resolve(self, step: Step, what: str) -> None:
        found = self._choose(self._list("/incident", step), step, what)
        self._rest.post("/incident/resolve", {"incidentIds": [found["id"]]})

    def _roll_back(self, step: Step, _what: str) -> None:
        self._rest.post(f"{self._path}/rollback", {"to": step.get("activityId")})

    def _cancel(self, step: Step, _what: str) -> None:
        body = {"compensate": bool(step.get("compensate")), "reason": step.get("message")}
        self._rest.post(f"{self._path}/cancel", body)

    def _wait(self, step: Step, _what: str) -> None:
        self._let_pass(self._instance, step.get("duration"))

    @property
    def _path(self) -> str:
        return f"/process-instance/{quote(self._instance)}"


def _start_at(step: Step) -> dict[str, Any]:
    places = [*(step.get("startBefore") or ()), *filter(None, [step.get("activityId")])]
    instructions = [{"type": "startBeforeActivity", "activityId": place} for place in places]
    return {"startInstructions": instructions} if instructions else {}


def _get_variables(step: Step) -> Record:
    return step.get("variables") or {}
