"""Paths that clients of Camunda 7 ask for although there is little to tell."""

from __future__ import annotations

import pytest

from tests.web.conftest import Api


@pytest.mark.parametrize("path", ["/user", "/group", "/authorization", "/batch", "/batch/statistics"])
def test_what_baton_does_not_have_is_an_empty_list(api: Api, path: str) -> None:
    assert api.get(path) == []
    assert api.get(f"{path}/count") == {"count": 0}
    api.get(path, 400, nonsense="x")


def test_a_batch_that_is_done_cannot_be_changed(api: Api) -> None:
    api.put("/batch/x/suspended", {"suspended": True}, 404)
    api.delete("/batch/x", 404)


def test_started_instances_are_counted_over_a_time(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    started = api.get("/history/process-instance")[0]["startTime"]

    assert api.get("/metrics/root-process-instance-start/sum") == {"result": 1}
    assert api.get("/metrics/process-instances/sum", startDate=started) == {"result": 1}
    assert api.get("/metrics/process-instances/sum", endDate=started) == {"result": 0}
    assert "process-instances" in api.get("/metrics/job-successful/sum", 404)["message"]


def test_one_instance_is_modified_as_a_batch(api: Api) -> None:
    api.deploy("undo")
    instance = api.start("undo")
    steps = [{"type": "cancel", "activityId": "Book"}, {"type": "startBeforeActivity", "activityId": "Wait"}]

    assert api.run_batch(f"/process-instance/{instance}/modification-async", {"instructions": steps})["totalJobs"] == 1
    assert [item["taskDefinitionKey"] for item in api.get("/task")] == ["Wait"]


def test_definitions_are_found_by_who_may_start_them(api: Api) -> None:
    api.deploy("work")
    assert api.get("/process-definition", startableBy="ann") == []
