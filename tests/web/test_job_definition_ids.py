"""Jobs and incidents name their job definition, which is found in the model and stored with none of them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baton import bpmn
from baton.service import Engine
from tests.web import diagrams
from tests.web.conftest import Api

BOUNDED = diagrams.BY_NAME["mapped"].replace(
    '<bpmn:serviceTask id="Do"', '<bpmn:serviceTask id="Do" camunda:asyncBefore="true"'
)
EVERY_HOUR = diagrams.process(
    "hourly",
    """<bpmn:startEvent id="Hour"><bpmn:timerEventDefinition>
      <bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>
    </bpmn:startEvent><bpmn:endEvent id="End"/>"""
    + diagrams.flow(1, "Hour", "End"),
)


def deploy(api: Api, text: str, **form: str) -> None:
    data: dict[str, Any] = {"file": (io.BytesIO(text.encode()), "file.bpmn"), **form}
    api.call("POST", "/deployment/create", 200, data=data, content_type="multipart/form-data")


def get_origin(api: Api) -> str:
    (found,) = api.get("/job-definition")
    return str(found["id"])


def test_a_timer_names_its_job_definition(api: Api) -> None:
    api.deploy("waiting")
    instance = api.start("waiting")
    api.post("/message", {"messageName": "Payment", "processInstanceId": instance})

    (job,) = api.get("/job")
    assert job["jobDefinitionId"] == get_origin(api)
    assert api.get("/job", jobDefinitionId=job["jobDefinitionId"]) == [job]
    assert api.get(f"/job/{job['id']}") == job


def test_a_step_that_fails_after_a_boundary_names_it_and_so_does_its_incident(api: Api) -> None:
    deploy(api, BOUNDED)
    instance = api.start("mapped")

    (failed,) = api.get("/job")
    assert failed["exceptionMessage"]
    assert failed["jobDefinitionId"] == get_origin(api)
    (incident,) = api.get("/incident", jobDefinitionIdIn=get_origin(api))
    assert incident["jobDefinitionId"] == get_origin(api)
    assert api.get(f"/incident/{incident['id']}") == incident
    (past,) = api.get("/history/incident", processInstanceId=instance)
    assert past["jobDefinitionId"] == get_origin(api)


def test_a_failed_step_without_a_boundary_has_no_job_definition(api: Api) -> None:
    api.deploy("mapped")
    instance = api.start("mapped")

    for path in ("/job", "/incident", "/history/incident"):
        (found,) = api.get(path, processInstanceId=instance)
        assert found["jobDefinitionId"] is None


def test_an_incident_of_another_kind_has_no_job_definition(api: Api) -> None:
    deploy(api, BOUNDED)
    instance = api.start("mapped", outer=1)
    (task,) = api.fetch()
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": "x", "retries": 0}, 204)

    (incident,) = api.get("/incident", processInstanceId=instance)
    assert (incident["incidentType"], incident["jobDefinitionId"]) == ("failedExternalTask", None)


def test_the_timer_of_a_start_event_names_its_job_definition_and_an_activation_has_none(api: Api) -> None:
    deploy(api, EVERY_HOUR, **{"deployment-activation-time": "2100-01-01T00:00:00.000+0000"})

    found = {job["id"].rpartition(":")[2]: job["jobDefinitionId"] for job in api.get("/job")}

    assert found == {"Hour": get_origin(api), "$activation": None}


def test_a_list_of_jobs_parses_no_model_twice(api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    api.deploy("waiting")
    for _ in range(2):
        api.post("/message", {"messageName": "Payment", "processInstanceId": api.start("waiting")})
    first = api.get("/job")
    for definition in api.get("/process-definition"):
        engine.definitions.forget(definition["id"])

    def refuse(*_: Any) -> None:
        raise AssertionError("a model was parsed")

    monkeypatch.setattr(bpmn, "read_checked", refuse)
    assert api.get("/job") == first
