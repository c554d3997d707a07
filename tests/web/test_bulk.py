"""Changing many instances in one request."""

from __future__ import annotations

from tests.web.conftest import Api


def test_variables_of_many_are_set(api: Api) -> None:
    api.deploy("work")
    ids = [api.start("work") for _ in range(2)]
    body = {"processInstanceQuery": {"processDefinitionKey": "work"}, "variables": {"a": {"value": 1}}}
    assert api.run_batch("/process-instance/variables-async", body)["totalJobs"] == 2
    assert [api.get(f"/process-instance/{id}/variables/a")["value"] for id in ids] == [1, 1]


def test_many_are_modified_and_an_instance_of_another_definition_is_refused(api: Api) -> None:
    definition = next(iter(api.deploy("undo")["deployedProcessDefinitions"]))
    api.deploy("work")
    moved, other = api.start("undo"), api.start("work")
    steps = [{"type": "cancel", "activityId": "Book"}, {"type": "startBeforeActivity", "activityId": "Wait"}]
    body = {"processDefinitionId": definition, "processInstanceIds": [moved], "instructions": steps}
    api.post("/modification/execute", body, 204)
    assert [item["taskDefinitionKey"] for item in api.get("/task")] == ["Wait"]
    refused = api.post("/modification/executeAsync", {**body, "processInstanceIds": [other]}, 400)
    assert other in refused["message"]
    assert api.get("/batch/count") == {"count": 0}


def test_one_instance_is_modified(api: Api) -> None:
    api.deploy("undo")
    instance = api.start("undo")
    (child,) = api.get(f"/process-instance/{instance}/activity-instances")["childActivityInstances"]
    variables = {"why": {"value": "test"}}
    steps = [
        {"type": "startBeforeActivity", "activityId": "Wait", "variables": variables},
        {"type": "cancel", "activityInstanceId": child["id"]},
    ]
    api.post(f"/process-instance/{instance}/modification", {"instructions": steps}, 204)
    (child,) = api.get(f"/process-instance/{instance}/activity-instances")["childActivityInstances"]
    assert child["activityId"] == "Wait"
    assert api.get(f"/process-instance/{instance}/variables/why")["value"] == "test"
    api.post(f"/process-instance/{instance}/modification", {"instructions": [{"type": "cancel"}]}, 400)


def test_a_modification_is_previewed_and_nothing_has_happened(api: Api) -> None:
    api.deploy("undo")
    instance = api.start("undo")
    steps = [{"type": "cancel", "activityId": "Book"}, {"type": "startBeforeActivity", "activityId": "Wait"}]
    before = api.get(f"/process-instance/{instance}/snapshot")

    found = api.post(f"/process-instance/{instance}/modification/preview", {"instructions": steps}, 200)

    told = [(event["type"], event["element"]) for event in found["events"]]
    assert ("ElementCancelled", "Book") in told
    assert ("UserTaskCreated", "Wait") in told
    assert found["state"] == "active"
    assert found["events"][0]["position"] == before["position"] + 1
    assert api.get(f"/process-instance/{instance}/snapshot")["position"] == before["position"]
    api.post(f"/process-instance/{instance}/modification", {"instructions": steps}, 204)
    happened = api.get(f"/process-instance/{instance}/history", **{"from": before["position"] + 1})
    assert [(event["type"], event["element"]) for event in happened] == told


def test_a_preview_is_refused_as_the_modification_would_be(api: Api) -> None:
    api.deploy("undo")
    instance = api.start("undo")
    path = f"/process-instance/{instance}/modification/preview"
    unknown = {"instructions": [{"type": "startBeforeActivity", "activityId": "Nowhere"}]}
    assert "Nowhere" in api.post(path, unknown, 400)["message"]
    api.post(f"/process-instance/{instance}/cancel", {}, 204)
    steps = {"instructions": [{"type": "startBeforeActivity", "activityId": "Wait"}]}
    assert "ended" in api.post(path, steps, 404)["message"]


def test_what_the_overview_lists_is_changed_without_naming_each_and_what_has_ended_is_left_alone(api: Api) -> None:
    api.deploy("work")
    ids = [api.start("work", f"many-{n}") for n in range(3)]
    other = api.start("work", "other")
    api.delete(f"/process-instance/{ids[0]}", 204)
    body = {"suspended": True, "overviewQuery": {"businessKeyLike": "many-%", "state": ["active", "cancelled"]}}

    assert api.run_batch("/process-instance/suspended-async", body)["totalJobs"] == 2

    assert [api.get(f"/process-instance/{id}")["suspended"] for id in [*ids[1:], other]] == [True, True, False]
    assert "a process definition" in api.post("/process-instance/suspended-async", {"suspended": True}, 400)["message"]


def test_all_incidents_of_chosen_instances_are_resolved(api: Api) -> None:
    api.deploy("work")
    ids = [api.start("work", f"broken-{n}") for n in range(3)]
    for task in api.fetch():
        failure = {"workerId": "w1", "errorMessage": "no", "retries": 0, "retryTimeout": 0}
        api.post(f"/external-task/{task['id']}/failure", failure, 204)

    assert api.run_batch("/incident/resolve", {"processInstanceIds": ids[:1]})["totalJobs"] == 1
    assert api.get("/incident/count") == {"count": 2}
    query = {"withIncident": True, "businessKeyLike": "broken-%"}
    assert api.run_batch("/incident/resolve", {"overviewQuery": query})["totalJobs"] == 2
    assert api.get("/incident/count") == {"count": 0}
    assert "process instances" in api.post("/incident/resolve", {}, 400)["message"]
