"""What an operator does to many tasks, to topics, and to incidents."""

from __future__ import annotations

from tests.web.conftest import Api


def test_many_tasks_are_completed_in_one_request(api: Api) -> None:
    api.deploy("work")
    ids = [api.start("work") for _ in range(3)]
    tasks = api.fetch()
    body = {
        "workerId": "w1",
        "tasks": [
            {"id": tasks[0]["id"], "variables": {"n": {"value": 1}}},
            {"id": tasks[1]["id"], "workerId": "w2"},
            {"id": tasks[2]["id"]},
        ],
    }
    outcomes = api.post("/external-task/complete", body)
    assert [(outcome["id"], outcome["completed"], outcome["status"]) for outcome in outcomes] == [
        (tasks[0]["id"], True, 204),
        (tasks[1]["id"], False, 400),
        (tasks[2]["id"], True, 204),
    ]
    assert outcomes[1]["type"] == "RestException"
    assert api.get("/external-task/count") == {"count": 1}
    assert len(ids) == 3


def test_a_bulk_without_a_worker_or_with_too_many_tasks_is_refused(api: Api) -> None:
    assert "workerId" in api.post("/external-task/complete", {"tasks": [{"id": "x"}]}, 400)["message"]
    api.post("/external-task/complete", {"workerId": "w", "tasks": [{"id": "x"}] * 1001}, 400)
    (outcome,) = api.post("/external-task/complete", {"workerId": "w", "tasks": [{"id": "x"}]})
    assert outcome["status"] == 404


def test_a_bulk_is_repeated_with_its_key(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    body = {"workerId": "w1", "tasks": [{"id": task["id"]}]}
    first = api.post("/external-task/complete", body, headers={"Idempotency-Key": "b-1"})
    assert api.post("/external-task/complete", body, headers={"Idempotency-Key": "b-1"}) == first


def test_a_topic_is_limited(api: Api) -> None:
    api.deploy("work")
    for _ in range(3):
        api.start("work")
    api.put("/external-task/topic/work/limits", {"locksAtOnce": 2, "locksPerSecond": 50.5}, 204)
    assert len(api.fetch()) == 2
    assert api.get("/external-task/topic/work/limits") == {"locksPerSecond": 50.5, "locksAtOnce": 2}
    assert [item["topicName"] for item in api.get("/external-task/topic/limits")] == ["work"]
    api.put("/external-task/topic/work/limits", {"locksAtOnce": 0}, 400)
    api.delete("/external-task/topic/work/limits", 204)
    assert api.get("/external-task/topic/limits") == []
    assert len(api.fetch()) == 1


def failed(api: Api, count: int = 1) -> list[str]:
    api.deploy("work")
    for _ in range(count):
        api.start("work")
    for task in api.fetch():
        api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "retries": 0, "errorMessage": "no"}, 204)
    return [item["id"] for item in api.get("/incident")]


def test_an_incident_is_skipped_with_variables(api: Api) -> None:
    (incident,) = failed(api)
    api.post(f"/incident/{incident}/skip", {"variables": {"receipt": {"value": "by hand"}}}, 204)
    assert api.get("/incident") == []
    assert api.get("/process-instance/count") == {"count": 0}
    api.post(f"/incident/{incident}/skip", {}, 404)


def test_many_incidents_are_resolved_by_a_query(api: Api) -> None:
    ids = failed(api, 3)
    batch = api.run_batch("/incident/resolve", {"incidentQuery": {"incidentType": "failedExternalTask"}})
    assert batch["totalJobs"] == len(ids) == 3
    assert api.get("/incident") == []
    assert len(api.fetch()) == 3
    again = api.run_batch("/incident/resolve", {"incidentIds": ids})
    (progress,) = api.get("/batch/statistics", batchId=again["id"])
    assert (progress["completedJobs"], progress["failedJobs"]) == (0, 3)
    api.post("/incident/resolve", {}, 400)
