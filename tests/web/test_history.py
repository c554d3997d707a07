"""``/history``: what happened, as Camunda 7 lists it."""

from __future__ import annotations

from tests.web.conftest import Api


def test_instances_are_listed_running_and_ended(api: Api) -> None:
    api.deploy("work")
    first = api.start("work", "A-1")
    (task,) = api.fetch()
    api.complete(task)
    api.start("work", "A-2")
    (row,) = api.get("/history/process-instance", finished="true")
    assert (row["id"], row["state"], row["processDefinitionVersion"]) == (first, "COMPLETED", 1)
    assert row["durationInMillis"] >= 0
    assert row["startActivityId"] == "Start"
    found = api.get("/history/process-instance", sortBy="startTime", sortOrder="desc")
    assert [item["businessKey"] for item in found] == ["A-2", "A-1"]
    assert api.post("/history/process-instance/count", {"unfinished": True})["count"] == 1


def test_activity_instances_are_listed_in_order(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    rows = api.get("/history/activity-instance", processInstanceId=instance, sortBy="occurrence", sortOrder="asc")
    assert [(row["activityId"], row["activityType"], row["endTime"] is None) for row in rows] == [
        ("Start", "startEvent", False),
        ("Do", "serviceTask", True),
    ]
    assert api.get("/history/activity-instance/count", processInstanceId=instance, finished="true")["count"] == 1
    assert api.get(f"/history/activity-instance/{rows[1]['id']}")["activityName"] == "Do it"


def test_activity_instances_of_several_instances_are_listed_together(api: Api) -> None:
    api.deploy("work")
    first, second, _ = (api.start("work") for _ in range(3))

    rows = api.get("/history/activity-instance", processInstanceIdIn=f"{first},{second}")

    assert sorted((row["processInstanceId"], row["activityId"]) for row in rows) == sorted(
        (id_, element) for id_ in (first, second) for element in ("Start", "Do")
    )
    path = "/history/activity-instance/count"
    both = api.get(path, processInstanceIdIn=f"{first},{second}", processInstanceId=second)
    assert both == {"count": 2}


def test_variables_keep_their_last_value_after_the_end(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work", amount=1)
    (task,) = api.fetch()
    api.complete(task, amount=2, order={"a": 1})
    rows = api.get("/history/variable-instance", processInstanceId=instance, deserializeValues="false")
    assert {row["name"]: row["value"] for row in rows} == {"amount": 2, "order": '{"a":1}'}
    assert api.get("/history/variable-instance", variableNameLike="am%")[0]["type"] == "Integer"


def test_logs_tell_what_happened_to_external_tasks_and_incidents(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    (task,) = api.fetch()
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": "no", "retries": 0}, 204)
    log = api.get("/history/external-task-log", externalTaskId=task["id"], sortBy="timestamp", sortOrder="asc")
    assert [(item["creationLog"], item["failureLog"], item["topicName"]) for item in log] == [
        (True, False, "work"),
        (False, True, "work"),
    ]
    assert log[1]["errorMessage"] == "no"
    assert api.get("/history/incident", open="true", processInstanceId=instance)[0]["incidentMessage"] == "no"
    api.put(f"/external-task/{task['id']}/retries", {"retries": 1}, 204)
    assert api.get("/history/incident", resolved="true")[0]["endTime"] is not None


def test_timers_are_in_the_job_log_and_people_in_the_operation_log(api: Api, signed_in: bool) -> None:
    api.deploy("waiting")
    api.start("waiting", "A-1")
    api.post("/message", {"messageName": "Payment", "businessKey": "A-1"}, 204)
    assert api.get("/history/job-log", creationLog="true")[0]["activityId"] == "Later"
    operations = [(it["userId"], it["operationType"]) for it in api.get("/history/user-operation")]
    assert operations == ([("tests", "InstanceStarted")] if signed_in else [])


def test_an_ended_instance_is_deleted_with_its_history_and_a_running_one_is_not(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    api.delete(f"/history/process-instance/{instance}", 409)
    api.delete(f"/process-instance/{instance}", 204)
    api.delete(f"/history/process-instance/{instance}", 204)
    api.get(f"/history/process-instance/{instance}", 404)
