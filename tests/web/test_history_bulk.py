"""Many instances at once, chosen by a query of the history."""

from __future__ import annotations

from tests.web.conftest import Api

ALL = {"processDefinitionKey": "work"}


def test_of_what_the_history_finds_only_what_runs_is_cancelled(api: Api) -> None:
    api.deploy("work")
    ended, running = api.start("work"), api.start("work", "keep")
    api.complete(next(task for task in api.fetch() if task["processInstanceId"] == ended))

    batch = api.run_batch("/process-instance/delete-historic-query-based", {"historicProcessInstanceQuery": ALL})

    assert (batch["type"], batch["totalJobs"]) == ("instance-deletion", 1)
    assert api.get(f"/history/process-instance/{running}")["state"] == "EXTERNALLY_TERMINATED"
    assert api.get(f"/history/process-instance/{ended}")["state"] == "COMPLETED"
    api.post("/process-instance/delete-historic-query-based", {}, 400)


def test_ended_instances_are_deleted_with_their_history(api: Api) -> None:
    api.deploy("work")
    ended, running = api.start("work"), api.start("work", "keep")
    api.complete(next(task for task in api.fetch() if task["processInstanceId"] == ended))

    batch = api.run_batch("/history/process-instance/delete", {"historicProcessInstanceQuery": ALL})

    assert batch["totalJobs"] == 1
    assert [item["id"] for item in api.get("/history/process-instance")] == [running]
    api.post("/history/process-instance/delete", {"historicProcessInstanceIds": [ended]}, 404)
    api.run_batch("/history/process-instance/delete", {"historicProcessInstanceIds": [ended], "failIfNotExists": False})
    assert api.get("/batch") == []


def test_a_message_goes_to_each_that_waits_for_it(api: Api) -> None:
    api.deploy("waiting")
    first, second = api.start("waiting"), api.start("waiting", "other")

    body = {"messageName": "Payment", "processInstanceIds": [first], "variables": {"paid": {"value": 7}}}
    api.run_batch("/process-instance/message-async", body)

    waiting = {item["processInstanceId"] for item in api.get("/event-subscription", eventName="Payment")}
    assert waiting == {second}
    assert api.get(f"/process-instance/{first}/variables/paid")["value"] == 7


def test_the_retries_of_the_jobs_of_many_are_set(api: Api) -> None:
    api.deploy("waiting")
    instance = api.start("waiting")
    api.run_batch("/process-instance/message-async", {"messageName": "Payment", "processInstanceIds": [instance]})
    jobs = api.get("/job/count", processInstanceId=instance)["count"]

    query = {"historicProcessInstanceQuery": {"processDefinitionKey": "waiting"}, "retries": 5}
    batch = api.run_batch("/process-instance/job-retries-historic-query-based", query)

    assert batch["totalJobs"] == jobs
    assert {job["retries"] for job in api.get("/job", processInstanceId=instance)} <= {5}


def test_groups_are_found_by_a_body(api: Api) -> None:
    api.post("/group/create", {"id": "clerks", "name": "Clerks", "type": "WORKFLOW"})

    assert [group["id"] for group in api.post("/group", {"nameLike": "Cl%"})] == ["clerks"]
    assert api.post("/group/count", {"type": "OTHER"})["count"] == 0


def test_evaluations_are_kept_with_their_instances_only(api: Api) -> None:
    path = "/history/decision-definition/cleanable-decision-instance-report"

    assert api.get(path) == []
    assert api.get(f"{path}/count", compact="true")["count"] == 0
