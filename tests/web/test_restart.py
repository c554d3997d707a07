"""Ended instances begin again, as new ones, where the request says."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import Api


def end_one(api: Api, key: str | None = None) -> tuple[str, str]:
    """Definition and instance of a process that has ended with more variables than it began with."""
    definition = next(iter(api.deploy("work")["deployedProcessDefinitions"]))
    instance = api.start("work", key, amount=1)
    task = next(task for task in api.fetch() if task["processInstanceId"] == instance)
    api.complete(task, amount=2)
    return definition, instance


def find_begun(api: Api) -> Any:
    (found,) = api.get("/process-instance")
    return found


def get_step(api: Api) -> dict[str, str]:
    api.start("work")
    (instance,) = api.get("/process-instance")
    element = api.get(f"/process-instance/{instance['id']}/activity-instances")["childActivityInstances"][0]
    api.delete(f"/process-instance/{instance['id']}", 204)
    return {"type": "startBeforeActivity", "activityId": element["activityId"]}


def test_an_ended_instance_begins_again_with_its_last_variables_and_its_business_key(api: Api) -> None:
    definition, instance = end_one(api, "A-1")
    body = {"processInstanceIds": [instance], "instructions": [get_step(api)]}

    api.post(f"/process-definition/{definition}/restart", body, 204)

    begun = find_begun(api)
    assert begun["businessKey"] == "A-1"
    assert begun["id"] != instance
    assert api.get(f"/process-instance/{begun['id']}/variables/amount")["value"] == 2
    assert len(api.fetch(worker="w2")) == 1


def test_with_its_first_variables_and_without_a_business_key(api: Api) -> None:
    definition, instance = end_one(api, "A-1")
    body = {"processInstanceIds": [instance], "instructions": [get_step(api)]}

    api.post(
        f"/process-definition/{definition}/restart", {**body, "initialVariables": True, "withoutBusinessKey": True}, 204
    )

    begun = find_begun(api)
    assert begun["businessKey"] is None
    assert api.get(f"/process-instance/{begun['id']}/variables/amount")["value"] == 1


def test_instances_of_a_query_begin_again_as_a_batch_each_once(api: Api) -> None:
    definition, _ = end_one(api)
    step = get_step(api)
    query = {"processDefinitionId": definition, "completed": True}
    body = {"historicProcessInstanceQuery": query, "instructions": [step]}

    batch = api.run_batch(f"/process-definition/{definition}/restart-async", body)

    assert (batch["type"], batch["totalJobs"]) == ("instance-restart", 1)
    assert api.get("/process-instance/count") == {"count": 1}
    assert api.get("/batch") == []


def test_what_cannot_begin_again_is_refused_and_nothing_begins(api: Api) -> None:
    definition, instance = end_one(api)
    path, step = f"/process-definition/{definition}/restart", get_step(api)
    running = api.start("work")
    good = {"processInstanceIds": [instance], "instructions": [step]}
    assert "is active" in api.post(path, {**good, "processInstanceIds": [instance, running]}, 400)["message"]
    assert "'nowhere'" in api.post(path, {**good, "instructions": [{**step, "activityId": "nowhere"}]}, 400)["message"]
    assert "instructions" in api.post(path, {**good, "instructions": []}, 400)["message"]
    assert "none" in api.post(path, {"instructions": [step]}, 400)["message"]
    other = next(iter(api.deploy("undo")["deployedProcessDefinitions"]))
    assert (
        instance
        in api.post(
            f"/process-definition/{other}/restart",
            {**good, "instructions": [{"type": "startBeforeActivity", "activityId": "Book"}]},
            400,
        )["message"]
    )
    assert api.get("/process-instance/count") == {"count": 1}
