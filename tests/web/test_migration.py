"""Migration over HTTP, with the requests and answers of Camunda 7."""

from __future__ import annotations

import io
from typing import Any

from tests.service.processes import bpmn, external, line
from tests.web.conftest import Api

FIRST = bpmn(line('<userTask id="wait"/>', external("work")), key="moving")
SECOND = bpmn(line('<userTask id="wait"/>', external("work"), external("more")), key="moving")
RENAMED = bpmn(line('<userTask id="renamed"/>'), key="moving")


def deploy(api: Api, xml: bytes) -> str:
    data = {"deployment-name": "moving", "moving.bpmn": (io.BytesIO(xml), "moving.bpmn")}
    found = api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    return next(iter(found["deployedProcessDefinitions"]))


def generate(api: Api, source: str, target: str, **more: Any) -> Any:
    body = {"sourceProcessDefinitionId": source, "targetProcessDefinitionId": target, **more}
    return api.post("/migration/generate", body, 200)


def test_a_plan_is_generated_validated_and_executed(api: Api) -> None:
    source = deploy(api, FIRST)
    ids = [api.start("moving") for _ in range(2)]
    target = deploy(api, SECOND)

    plan = generate(api, source, target)
    report = api.post("/migration/validate", plan, 200)
    api.post("/migration/execute", {"migrationPlan": plan, "processInstanceIds": ids}, 204)

    assert [item["sourceActivityIds"] for item in plan["instructions"]] == [["wait"], ["work"]]
    assert all(item["targetActivityIds"] == item["sourceActivityIds"] for item in plan["instructions"])
    assert report == {"instructionReports": [], "variableReports": {}}
    assert {api.get(f"/process-instance/{id_}")["definitionId"] for id_ in ids} == {target}
    assert api.get("/process-instance/count", processDefinitionId=source) == {"count": 0}
    assert {task["processDefinitionId"] for task in api.get("/task")} == {target}


def test_instances_of_a_query_are_migrated_as_a_batch(api: Api) -> None:
    source = deploy(api, FIRST)
    api.start("moving")
    target = deploy(api, SECOND)
    query = {"processDefinitionId": source}

    body = {"migrationPlan": generate(api, source, target), "processInstanceQuery": query}
    batch = api.run_batch("/migration/executeAsync", body)

    assert (batch["type"], batch["totalJobs"]) == ("instance-migration", 1)
    assert api.get("/process-instance/count", processDefinitionId=target) == {"count": 1}


def test_what_cannot_be_mapped_is_said_and_elements_are_mapped_by_their_kind(api: Api) -> None:
    source = deploy(api, FIRST)
    instance = api.start("moving")
    target = deploy(api, RENAMED)
    plan = generate(api, source, target)
    assert plan["instructions"] == []

    wrong = {**plan, "instructions": [{"sourceActivityIds": ["work"], "targetActivityIds": ["renamed"]}]}
    (report,) = api.post("/migration/validate", wrong, 200)["instructionReports"]
    assert "the type of 'renamed'" in report["failures"][0]
    refused = api.post("/migration/execute", {"migrationPlan": wrong, "processInstanceIds": [instance]}, 400)
    assert refused["type"] == "MigrationPlanValidationException"

    by_kind = generate(api, source, target, byKind=True)
    found = api.post("/migration/preview", {"migrationPlan": by_kind, "processInstanceIds": [instance]}, 200)
    assert found == {"instances": 1, "lookedAt": 1, "refused": []}
    api.post("/migration/execute", {"migrationPlan": by_kind, "processInstanceIds": [instance]}, 204)
    assert [task["taskDefinitionKey"] for task in api.get("/task")] == ["renamed"]


def test_a_preview_says_which_instances_cannot_be_migrated(api: Api) -> None:
    source = deploy(api, FIRST)
    first, second = api.start("moving"), api.start("moving")
    target = deploy(api, bpmn(line('<userTask id="wait"/>'), key="moving"))
    task = api.get("/task", processInstanceId=second)[0]["id"]
    api.post(f"/task/{task}/complete", {}, 204)
    body = {"migrationPlan": generate(api, source, target), "processInstanceIds": [first, second]}

    found = api.post("/migration/preview", body, 200)

    assert [item["processInstanceId"] for item in found["refused"]] == [second]
    assert "'work'" in found["refused"][0]["reason"]
    assert "nothing was changed" in api.post("/migration/execute", body, 400)["message"]
    assert api.get(f"/process-instance/{first}")["definitionId"] == source


def test_for_each_element_it_is_said_what_it_can_become_and_why_it_is_left_out(api: Api) -> None:
    source = deploy(api, FIRST)
    target = deploy(api, RENAMED)

    found = api.post("/migration/choices", generate(api, source, target), 200)

    assert [item["activityId"] for item in found] == ["wait", "work"]
    assert [item["targetActivityIds"] for item in found] == [["renamed"], []]
    assert found[0]["failures"] == ["There is no element 'wait' in the version to migrate to"]
    by_kind = api.post("/migration/choices", generate(api, source, target, byKind=True), 200)
    assert by_kind[0]["failures"] == []
