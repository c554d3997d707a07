"""Batches over HTTP, with the answers of Camunda 7."""

from __future__ import annotations

import pytest

from tests.web.conftest import Api


def suspend(api: Api, *ids: str) -> str:
    return api.post("/process-instance/suspended-async", {"suspended": True, "processInstanceIds": ids})["id"]


def test_a_batch_is_seen_while_it_is_worked_off_and_in_the_history_afterwards(api: Api) -> None:
    api.deploy("work")
    ids = [api.start("work") for _ in range(3)]
    created = api.post("/process-instance/delete", {"processInstanceIds": ids})
    waiting = api.get("/batch/statistics", batchId=created["id"])[0]

    assert api.get(f"/batch/{created['id']}") == created
    assert (created["type"], created["totalJobs"], created["jobsCreated"]) == ("instance-deletion", 3, 3)
    assert (created["batchJobsPerSeed"], created["invocationsPerBatchJob"]) == (100, 1)
    assert (waiting["remainingJobs"], waiting["completedJobs"], waiting["failedJobs"]) == (3, 0, 0)
    assert api.get("/process-instance/count") == {"count": 3}
    assert api.get("/history/batch", completed="false")[0]["endTime"] is None

    api.run_batches()

    assert api.get("/process-instance/count") == {"count": 0}
    assert api.get("/batch") == api.get("/batch/statistics") == []
    api.get(f"/batch/{created['id']}", 404)
    (ended,) = api.get("/history/batch", completed="true", type="instance-deletion")
    assert ended == api.get(f"/history/batch/{created['id']}")
    assert ended["endTime"] is not None
    assert ended["completedJobs"] == 3
    (report,) = api.get("/history/batch/cleanable-batch-report")
    assert (report["batchType"], report["finishedBatchesCount"], report["cleanableBatchesCount"]) == (
        "instance-deletion",
        1,
        0,
    )
    api.delete(f"/history/batch/{created['id']}", 204)
    assert api.get("/history/batch/count") == {"count": 0}


@pytest.mark.parametrize("suspended", [True, False])
def test_a_batch_says_whether_it_suspends_or_activates(api: Api, suspended: bool) -> None:
    api.deploy("work")
    body = {"suspended": suspended, "processInstanceIds": [api.start("work")]}

    begun = api.post("/process-instance/suspended-async", body)

    (waiting,) = api.get("/batch/statistics")
    api.run_batches()
    ended = api.get(f"/history/batch/{begun['id']}")
    assert [found["suspends"] for found in (begun, waiting, ended)] == [suspended] * 3
    assert begun["type"] == "instance-update-suspension-state"
    other = api.post("/process-instance/delete", {"processInstanceIds": body["processInstanceIds"]})
    assert other["suspends"] is None


def test_failures_are_listed_and_repeated(api: Api) -> None:
    api.deploy("work")
    ids = [api.start("work") for _ in range(2)]
    batch = suspend(api, *ids)
    api.delete(f"/process-instance/{ids[1]}", 204)
    api.run_batches()

    (failure,) = api.get(f"/batch/{batch}/failures")
    assert failure["id"] == ids[1]
    assert "has ended" in failure["message"]
    assert api.get("/batch/statistics/count", withFailures="true") == {"count": 1}
    assert api.get("/batch/statistics/count", withoutFailures="true") == {"count": 0}
    assert api.post(f"/batch/{batch}/retry") == {"count": 1}
    assert api.get(f"/batch/{batch}/failures") == []
    api.run_batches()
    assert api.get("/batch/statistics")[0]["failedJobs"] == 1
    api.delete(f"/batch/{batch}", 204)
    assert api.get("/history/batch")[0]["endTime"] is not None


def test_a_batch_is_suspended_goes_on_and_is_deleted_with_its_history(api: Api) -> None:
    api.deploy("work")
    first, second = api.start("work"), api.start("work")
    batch = suspend(api, first)
    api.put(f"/batch/{batch}/suspended", {"suspended": True}, 204)
    api.run_batches()
    assert not api.get(f"/process-instance/{first}")["suspended"]
    assert api.get("/batch/count", suspended="true") == {"count": 1}
    api.put(f"/batch/{batch}/suspended", {"suspended": False}, 204)
    api.run_batches()
    assert api.get(f"/process-instance/{first}")["suspended"]

    other = suspend(api, second)
    api.delete(f"/batch/{other}", 204, cascade="true")
    api.run_batches()
    assert not api.get(f"/process-instance/{second}")["suspended"]
    assert [item["id"] for item in api.get("/history/batch")] == [batch]


@pytest.mark.parametrize("path", ["/batch", "/batch/statistics", "/history/batch"])
def test_batches_are_filtered_and_sorted(api: Api, path: str) -> None:
    api.deploy("work")
    id_ = api.start("work")
    found = {suspend(api, id_), suspend(api, id_)}
    listed = [item["id"] for item in api.get(path, sortBy="batchId", sortOrder="desc")]

    assert listed == sorted(found, reverse=True)
    assert [item["id"] for item in api.get(path, batchId=listed[0])] == listed[:1]
    assert api.get(f"{path}/count", type="instance-modification") == {"count": 0}
    assert api.get(f"{path}/count", tenantIdIn="a") == {"count": 0}
    assert len(api.get(path, maxResults=1)) == 1


def test_a_batch_about_nothing_is_refused(api: Api) -> None:
    body = {"suspended": True, "processInstanceQuery": {"processDefinitionKey": "none"}}
    assert "nothing" in api.post("/process-instance/suspended-async", body, 400)["message"]
    for method, path in (("get", "/batch/x"), ("delete", "/batch/x"), ("get", "/batch/x/failures")):
        getattr(api, method)(path, 404)
    api.get("/history/batch/x", 404)
    api.delete("/history/batch/x", 404)
