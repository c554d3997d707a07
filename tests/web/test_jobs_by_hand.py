"""Timers are deleted and computed again, incidents are opened, by somebody."""

from __future__ import annotations

import io

import pytest

from baton.service import Engine
from baton.web.times import format_date
from tests.service.conftest import Clock
from tests.web import diagrams
from tests.web.conftest import Api

pytestmark = pytest.mark.usefixtures("clock")

HOUR = 3_600_000
TIMED = diagrams.process(
    "timed",
    '<bpmn:startEvent id="Start"/><bpmn:userTask id="Ask"/><bpmn:boundaryEvent id="Late" attachedToRef="Ask">'
    "<bpmn:timerEventDefinition><bpmn:timeDuration>${wait}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    '</bpmn:boundaryEvent><bpmn:endEvent id="End"/>'
    + diagrams.flow(1, "Start", "Ask")
    + diagrams.flow(2, "Ask", "End")
    + diagrams.flow(3, "Late", "End"),
)
NIGHTLY = diagrams.process(
    "nightly",
    '<bpmn:startEvent id="Start"><bpmn:timerEventDefinition><bpmn:timeCycle>R/PT24H</bpmn:timeCycle>'
    '</bpmn:timerEventDefinition></bpmn:startEvent><bpmn:endEvent id="End"/>' + diagrams.flow(1, "Start", "End"),
)
FAILING = diagrams.process(
    "slow",
    '<bpmn:startEvent id="Start"/><bpmn:scriptTask id="Do" scriptFormat="python"><bpmn:script>x = 1 / 0</bpmn:script>'
    "</bpmn:scriptTask>" + diagrams.flow(1, "Start", "Do"),
)


def deploy(api: Api, text: str) -> None:
    data = {"p.bpmn": (io.BytesIO(text.encode()), "p.bpmn")}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")


def test_a_deleted_timer_never_fires(api: Api, engine: Engine, clock: Clock) -> None:
    deploy(api, TIMED)
    instance = api.start("timed", wait="PT1H")
    [job] = api.get("/job")

    api.delete(f"/job/{job['id']}", 204)
    clock.now += 2 * HOUR
    engine.run_due()

    assert api.get("/job") == []
    assert len(api.get("/task", processInstanceId=instance)) == 1
    [entry] = api.get("/history/job-log", deletionLog="true")
    assert entry["jobId"] == job["id"]
    api.delete(f"/job/{job['id']}", 404)
    api.delete("/job/nothing", 404)


def test_the_job_of_a_step_is_not_deleted(api: Api) -> None:
    deploy(api, FAILING)
    api.start("slow")
    [job] = api.get("/job")

    refused = api.delete(f"/job/{job['id']}", 500)

    assert "move the token" in refused["message"]
    assert api.get("/job/count")["count"] == 1
    api.post(f"/job/{job['id']}/duedate/recalculate", expect=500)


def test_the_timer_of_a_start_event_is_deleted(api: Api, engine: Engine, clock: Clock) -> None:
    deploy(api, NIGHTLY)
    [job] = api.get("/job")

    api.delete(f"/job/{job['id']}", 204)
    clock.now += 25 * HOUR
    engine.run_due()

    assert api.get("/job") == []
    assert api.get("/history/process-instance") == []


@pytest.mark.parametrize(("query", "hours"), [("", 3), ("?creationDateBased=true", 3), ("?creationDateBased=false", 5)])
def test_when_a_timer_is_due_is_computed_again(api: Api, clock: Clock, query: str, hours: int) -> None:
    began = clock.now
    deploy(api, TIMED)
    instance = api.start("timed", wait="PT1H")
    [job] = api.get("/job")
    api.put(f"/process-instance/{instance}/variables/wait", {"value": "PT3H"})
    clock.now += 2 * HOUR

    api.post(f"/job/{job['id']}/duedate/recalculate{query}", expect=204)

    [found] = api.get("/job")
    assert found["id"] == job["id"]
    assert found["dueDate"] == show(began + hours * HOUR)
    api.post(f"/job/{instance}.999/duedate/recalculate", expect=404)


def show(moment: int) -> str:
    return str(format_date(moment))


def test_a_timer_without_a_moment_stays_as_it_is(api: Api) -> None:
    deploy(api, TIMED)
    instance = api.start("timed", wait="PT1H")
    [job] = api.get("/job")
    api.put(f"/process-instance/{instance}/variables/wait", {"value": "soon"})

    api.post(f"/job/{job['id']}/duedate/recalculate", expect=500)

    assert api.get("/job") == [job]


def test_the_timer_of_a_start_event_is_computed_again(api: Api, clock: Clock) -> None:
    deploy(api, NIGHTLY)
    [job] = api.get("/job")
    api.put(f"/job/{job['id']}/duedate", {"duedate": "2040-01-01T00:00:00.000+0000"})

    api.post(f"/job/{job['id']}/duedate/recalculate", expect=204)
    assert api.get("/job") == [job]

    clock.now += HOUR
    api.post(f"/job/{job['id']}/duedate/recalculate?creationDateBased=false", expect=204)
    assert api.get("/job")[0]["dueDate"] == show(clock.now + 24 * HOUR)


def test_an_incident_that_somebody_opens_stops_nothing_and_is_resolved(api: Api) -> None:
    deploy(api, TIMED)
    instance = api.start("timed", wait="PT1H")
    body = {"incidentType": "complaint", "message": "The customer has called", "configuration": "ticket 7"}

    made = api.post(f"/execution/{instance}/create-incident", body, 200)

    assert (made["incidentType"], made["incidentMessage"]) == ("complaint", "The customer has called")
    assert (made["configuration"], made["activityId"]) == ("ticket 7", "Ask")
    assert api.get("/incident") == [made]
    api.post(f"/incident/{made['id']}/skip", {}, 409)
    api.delete(f"/incident/{made['id']}", 204)
    assert api.get("/incident") == []
    [task] = api.get("/task", processInstanceId=instance)
    assert len(api.get("/history/task", processInstanceId=instance)) == 1
    again = api.post(f"/execution/{task['executionId']}/create-incident", {"incidentType": "complaint"}, 200)
    api.post(f"/task/{task['id']}/complete", {}, 204)
    assert api.get("/incident") == []
    [_, closed] = api.get("/history/incident", sortBy="createTime", sortOrder="asc")
    assert closed["id"] == again["id"]


def test_an_incident_needs_a_type_and_an_execution_at_an_element(api: Api) -> None:
    deploy(api, TIMED)
    instance = api.start("timed", wait="PT1H")

    api.post(f"/execution/{instance}/create-incident", {}, 400)
    api.post(f"/execution/{instance}.999/create-incident", {"incidentType": "a"}, 400)
    api.post("/execution/nothing/create-incident", {"incidentType": "a"}, 400)
    api.post("/execution/0123456789abcdef-00/create-incident", {"incidentType": "a"}, 400)
