"""Jobs, incidents, logs, batches and users, found as clients made for Camunda 7 ask for them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.web import diagrams
from tests.web.conftest import Api
from tests.web.test_batches import suspend

JOB_LOG, EXTERNAL_LOG, OPERATIONS = "/history/job-log", "/history/external-task-log", "/history/user-operation"
TIMER = "timer-intermediate-transition"


@pytest.fixture
def signed_in() -> bool:
    """Operations are of somebody."""
    return True


def count(api: Api, path: str, filters: dict[str, Any]) -> int:
    """How many a list finds; its count says as many."""
    found = api.get(path, **filters)
    assert api.get(f"{path}/count", **filters) == {"count": len(found)}
    return len(found)


@pytest.fixture
def timers(api: Api) -> list[str]:
    """Two instances that wait for the timer ``Later``."""
    api.deploy("waiting")
    instances = [api.start("waiting") for _ in range(2)]
    for instance in instances:
        api.post("/message", {"messageName": "Payment", "processInstanceId": instance})
    return instances


def find_origin(api: Api) -> dict[str, Any]:
    """The only job definition."""
    (found,) = api.get("/job-definition")
    return dict(found)


def test_jobs_are_found_by_their_job_definition(api: Api, timers: list[str]) -> None:
    id_ = find_origin(api)["id"]

    assert count(api, "/job", {"jobDefinitionId": id_}) == len(timers)
    assert count(api, "/job", {"jobDefinitionId": id_, "processInstanceId": timers[0]}) == 1
    for other in ("other", id_.replace("Later", "Paid"), id_.replace(TIMER, "async-continuation")):
        assert count(api, "/job", {"jobDefinitionId": other}) == 0
    assert api.post("/job/count", {"jobDefinitionId": id_}) == {"count": 2}


def test_jobs_are_suspended_by_their_job_definition(api: Api, timers: list[str]) -> None:
    id_ = find_origin(api)["id"]

    api.put("/job/suspended", {"jobDefinitionId": "other", "suspended": True}, 204)
    assert count(api, "/job", {"suspended": "true"}) == 0
    api.put("/job/suspended", {"jobDefinitionId": id_, "suspended": True}, 204)

    assert count(api, "/job", {"suspended": "true"}) == len(timers)
    both = {"jobDefinitionId": id_, "processInstanceId": timers[0], "suspended": True}
    assert "jobDefinitionId" in api.put("/job/suspended", both, 400)["message"]


def test_jobs_are_suspended_by_the_tenant_of_their_definition(api: Api) -> None:
    for form in ({"tenant-id": "north"}, None):
        api.deploy("waiting", form=form)
    for path in ("/process-definition/key/waiting/tenant-id/north/start", "/process-definition/key/waiting/start"):
        instance = api.post(path)["id"]
        api.post("/message", {"messageName": "Payment", "processInstanceId": instance})
    body = {"processDefinitionKey": "waiting", "suspended": True}

    api.put("/job/suspended", {**body, "processDefinitionTenantId": "north"}, 204)
    assert [job["tenantId"] for job in api.get("/job", suspended="true")] == ["north"]
    api.put("/job/suspended", {**body, "suspended": False}, 204)
    api.put("/job/suspended", {**body, "processDefinitionWithoutTenantId": True}, 204)

    assert [job["tenantId"] for job in api.get("/job", suspended="true")] == [None]
    wrong = {"processDefinitionId": "x", "processDefinitionTenantId": "north", "suspended": True}
    assert "processDefinitionKey" in api.put("/job/suspended", wrong, 400)["message"]


def test_the_log_of_jobs_tells_where_a_timer_comes_from_and_is_found_by_it(api: Api, timers: list[str]) -> None:
    origin = find_origin(api)
    told = {
        "jobDefinitionId": origin["id"],
        "jobDefinitionType": TIMER,
        "jobDefinitionConfiguration": "DURATION: PT1H",
        "deploymentId": origin["deploymentId"],
    }

    assert {name: api.get(JOB_LOG)[0][name] for name in told} == told
    for name, value in told.items():
        assert (count(api, JOB_LOG, {name: value}), count(api, JOB_LOG, {name: "other"})) == (len(timers), 0)
    for name, found in (("HigherThanOrEquals", 0), ("LowerThanOrEquals", 2)):
        assert count(api, JOB_LOG, {f"jobPriority{name}": 1}) == found
    assert count(api, JOB_LOG, {"hostname": "a"}) == count(api, JOB_LOG, {"failedActivityIdIn": "Later"}) == 0


@pytest.mark.parametrize("path", ["/incident", "/history/incident"])
def test_incidents_are_found_by_their_cause_and_job_definition(api: Api, path: str) -> None:
    api.deploy("mapped")
    api.start("mapped", outer=1)
    api.start("mapped")  # its input has no value: the step fails
    (incident,) = api.get("/incident", incidentType="failedJob")
    definition, id_ = incident["processDefinitionId"], incident["id"]

    for name in ("causeIncidentId", "rootCauseIncidentId"):
        assert (count(api, path, {name: id_}), count(api, path, {name: "other"})) == (1, 0)
    assert count(api, path, {"jobDefinitionIdIn": f"other,{definition}~Do~async-continuation"}) == 1
    assert count(api, path, {"jobDefinitionIdIn": f"{definition}~Other~async-continuation"}) == 0


def test_entries_about_external_tasks_are_found_by_the_priority_of_the_task(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    api.complete(task)

    assert count(api, EXTERNAL_LOG, {"priorityLowerThanOrEquals": 0}) == len(api.get(EXTERNAL_LOG)) > 1
    assert count(api, EXTERNAL_LOG, {"priorityHigherThanOrEquals": 1}) == 0


def test_operations_are_found_by_category_and_kind_of_entity(api: Api) -> None:
    api.deploy("work")
    api.put(f"/process-instance/{api.start('work')}/suspended", {"suspended": True}, 204)
    every = count(api, OPERATIONS, {})

    assert every > 0
    known = {"category": "Operator", "categoryIn": "Admin,Operator", "entityTypeIn": "ProcessInstance"}
    for name, value in known.items():
        assert (count(api, OPERATIONS, {name: value}), count(api, OPERATIONS, {name: "Admin"})) == (every, 0)
    for name in ("property", "batchId", "deploymentId", "externalTaskId", "jobId", "jobDefinitionId"):
        assert count(api, OPERATIONS, {name: "some"}) == 0


def test_batches_are_found_by_who_began_them_when_and_by_failures(api: Api) -> None:
    api.deploy("work")
    suspend(api, api.start("work"))
    (started,) = (item["startTime"] for item in api.get("/batch"))

    for filters in (
        {"withoutFailures": "true"},
        {"createdBy": "tests"},
        {"startedAfter": started},
        {"startedBefore": started},
    ):
        assert count(api, "/batch", filters) == 1
    for filters in ({"withFailures": "true"}, {"createdBy": "somebody"}, {"startedBefore": "2001-01-01T00:00:00"}):
        assert count(api, "/batch", filters) == 0


def test_users_are_found_by_what_they_may_start(api: Api) -> None:
    for id_, groups in (("ann", ()), ("bob", ("sales",)), ("eve", ())):
        api.post("/user/create", {"profile": {"id": id_}, "credentials": {"password": "a long enough word"}}, 204)
        for group in groups:
            api.post("/group/create", {"id": group, "name": group, "type": "WORKFLOW"}, 204)
            api.put(f"/group/{group}/members/{id_}", {}, 204)
    starters = 'camunda:candidateStarterUsers="ann" camunda:candidateStarterGroups="sales"'
    text = diagrams.WORK.replace('isExecutable="true"', f'isExecutable="true" {starters}', 1)
    form = {"deployment-name": "t", "work": (io.BytesIO(text.encode()), "work.bpmn")}
    api.call("POST", "/deployment/create", data=form, content_type="multipart/form-data")
    (definition,) = api.get("/process-definition")

    found = api.get("/user", potentialStarter=definition["id"])

    assert sorted(user["id"] for user in found) == ["ann", "bob"]
    assert count(api, "/user", {"potentialStarter": "other"}) == 0
