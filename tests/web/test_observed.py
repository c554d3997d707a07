"""Observed processes from outside: events come in, and Baton says where a workflow is that it does not conduct."""

from __future__ import annotations

import json
from typing import Any

import pytest

from baton.service import Engine, Resource
from baton.workers.watchdog import Watchdog
from tests.runtime.test_observing import TRIP, task
from tests.service.processes import bpmn, line
from tests.web.conftest import Api

MAPPED: dict[str, Any] = {
    "hotel.booked": {"element": "Hotel", "variables": {"room": "=data.room"}},
    "flight.booked": {"element": "Flight"},
    "car.failed": {"element": "Car", "happened": "failed", "errorCode": "=data.reason"},
    "hotel.cancelled": {"element": "Hotel", "happened": "undone"},
    "flight.cancelled": {"element": "Flight", "happened": "undone"},
    "trip.wanted": {},
}


def map_all(**more: Any) -> bytes:
    mapped = [{"type": type_, "observe": "trip", "businessKey": "=subject", **it} for type_, it in MAPPED.items()]
    return json.dumps({"version": 1, "events": [*mapped, *more.values()]}).encode()


def deploy(engine: Engine) -> None:
    files = [Resource("trip.bpmn", bpmn(TRIP, key="trip")), Resource("trip.events.json", map_all())]
    engine.deployments.deploy("trip", files)


def tell(api: Api, type_: str, key: str = "4729", **data: Any) -> dict[str, Any]:
    event = {"specversion": "1.0", "id": f"{type_}/{key}", "source": "/agency", "type": type_, "subject": key}
    return api.post("/event", {**event, "data": data})


def test_what_step_a_workflow_without_an_orchestrator_is_at(api: Api, engine: Engine) -> None:
    deploy(engine)

    for type_ in ("trip.wanted", "hotel.booked", "hotel.booked", "flight.booked"):
        assert tell(api, type_, room=7)["deadLetter"] is None

    (found,) = api.get("/process-instance", businessKey="4729")
    tree = api.get(f"/process-instance/{found['id']}/activity-instances")
    assert [child["activityId"] for child in tree["childActivityInstances"]] == ["Car"]
    assert api.get(f"/process-instance/{found['id']}/variables/room")["value"] == 7
    assert api.get("/external-task/count") == {"count": 0}
    assert tell(api, "trip.wanted", key="4730")["instances"] != [found["id"]]


def test_a_choreographed_saga_is_seen_running_backwards(api: Api, engine: Engine) -> None:
    deploy(engine)
    for type_ in ("hotel.booked", "flight.booked", "car.failed", "hotel.cancelled", "flight.cancelled"):
        reached = tell(api, type_, reason="sold-out")
        assert reached["deadLetter"] is None

    ledger = api.get(f"/process-instance/{reached['instances'][0]}/ledger")
    assert [(entry["element"], entry["state"]) for entry in ledger] == [("Hotel", "undone"), ("Flight", "undone")]
    assert engine.instances.get(reached["instances"][0]).state == "completed"


def test_an_event_that_nothing_expected_is_listed(api: Api, engine: Engine) -> None:
    deploy(engine)
    for type_ in ("hotel.booked", "flight.booked", "car.failed", "hotel.cancelled", "flight.cancelled"):
        tell(api, type_, reason="sold-out")
    tell(api, "hotel.booked")
    assert api.get("/dead-letter/count") == {"count": 0}, "a repeat has no effect, also when all is over"

    event = {"specversion": "1.0", "id": "another", "source": "/agency", "type": "hotel.booked", "subject": "4729"}
    letter = api.get(f"/dead-letter/{api.post('/event', event)['deadLetter']}")
    assert "has ended" in letter["error"]
    assert "dead-letters" in [finding.rule for finding in Watchdog(engine).check()]


def test_an_event_that_a_mapping_ignores_is_no_dead_letter(api: Api, engine: Engine) -> None:
    mapped = json.dumps({"version": 1, "events": [{"type": "trip.*", "ignore": True}]}).encode()
    engine.deployments.deploy("trip", [Resource("more.events.json", mapped)])

    assert tell(api, "trip.praised") == {
        "id": "trip.praised/4729",
        "source": "/agency",
        "instances": [],
        "deadLetter": None,
    }


def test_steps_that_are_late_or_missing_are_findings(api: Api, engine: Engine) -> None:
    body = TRIP.replace(task("Hotel"), task("Hotel", expectedDuration="PT0.001S"))
    files = [Resource("trip.bpmn", bpmn(body, key="trip")), Resource("trip.events.json", map_all())]
    engine.deployments.deploy("trip", files)
    (late,) = tell(api, "trip.wanted", "late")["instances"]
    (missing,) = tell(api, "flight.booked", "missing")["instances"]

    engine.run_due(engine.clock.now() + 60_000)

    found = {(finding.rule, finding.subject) for finding in Watchdog(engine).check()}
    assert {("overdue-step", late), ("missing-step", missing)} <= found
    tell(api, "hotel.booked", "late")
    assert late not in {finding.subject for finding in Watchdog(engine).check()}


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"observe": "trip"}, "Expected a businessKey"),
        ({"observe": "trip", "businessKey": "=subject", "happened": "done", "element": "Car"}, "to be one of started"),
        ({"observe": "trip", "businessKey": "=subject", "happened": "failed"}, "Expected an element"),
        ({"observe": "trip", "businessKey": "=subject", "element": "Boat"}, "Expected a task of 'trip'"),
        ({"observe": "led", "businessKey": "=subject"}, "to have the property baton:observed"),
        ({"ignore": True, "observe": "trip"}, "and one of them"),
        ({"ignore": True, "element": "Car"}, "Expected nothing but type and source"),
        ({"start": "trip", "element": "Car"}, "Expected a process to observe beside 'element'"),
    ],
)
def test_a_mapping_that_cannot_observe_is_not_deployed(engine: Engine, mapping: dict[str, str], words: str) -> None:
    files = [
        Resource("trip.bpmn", bpmn(TRIP, key="trip")),
        Resource("led.bpmn", bpmn(line("<task id='t'/>".replace("'", '"')), key="led")),
    ]
    mapped = Resource("trip.events.json", map_all(more={"type": "x", **mapping}))

    (problem,) = [problem for problem in engine.deployments.check([*files, mapped]) if problem.is_error]

    assert (problem.rule, problem.resource) == ("event-mapping", "trip.events.json")
    assert words in problem.message
