"""How activities are named where a token is at no element of its own: bodies of multi-instances, and undoing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.web.conftest import Api

BODY = "Ask#multiInstanceBody"


def shape(branch: dict[str, Any]) -> tuple[str, str, list[Any]]:
    return branch["activityId"], branch["activityType"], [shape(item) for item in branch["childActivityInstances"]]


@pytest.fixture
def many(api: Api) -> str:
    api.deploy("many")
    return api.start("many")


def test_the_body_of_a_multi_instance_is_an_activity_around_its_instances(api: Api, many: str) -> None:
    (body,) = api.get(f"/process-instance/{many}/activity-instances")["childActivityInstances"]

    assert shape(body) == (BODY, "multiInstanceBody", [("Ask", "userTask", []), ("Ask", "userTask", [])])
    assert body["name"] == "Ask everybody"


def test_the_history_and_the_executions_tell_the_body_from_the_instances(api: Api, many: str) -> None:
    (body,) = api.get("/history/activity-instance", processInstanceId=many, activityId=BODY)
    instances = api.get("/history/activity-instance", processInstanceId=many, activityId="Ask")

    assert (body["activityType"], body["activityName"]) == ("multiInstanceBody", "Ask everybody")
    assert {instance["parentActivityInstanceId"] for instance in instances} == {body["id"]}
    assert [instance["activityType"] for instance in instances] == ["userTask", "userTask"]
    assert [item["id"] for item in api.get("/execution", processInstanceId=many, activityId=BODY)] == [
        body["executionId"]
    ]
    assert api.get("/execution/count", processInstanceId=many, activityId="Ask")["count"] == 2


def test_a_modification_may_name_the_body(api: Api, many: str) -> None:
    steps = [{"type": "startBeforeActivity", "activityId": BODY}, {"type": "cancel", "activityId": BODY}]
    api.post(f"/process-instance/{many}/modification", {"instructions": steps[:1]}, 204)
    assert api.get("/task/count")["count"] == 4

    api.post(f"/process-instance/{many}/modification", {"instructions": steps[1:]}, 204)

    assert api.get("/history/process-instance/count", finished="true")["count"] == 1
    started = api.post(
        "/process-definition/key/many/start",
        {"startInstructions": [{"type": "startBeforeActivity", "activityId": BODY}]},
    )
    assert len(api.get("/task", processInstanceId=started["id"])) == 2


@pytest.mark.parametrize(
    "how", [("cancel", {"compensate": True}), ("rollback", {"to": "Book"})], ids=lambda how: how[0]
)
def test_an_undoing_that_somebody_asked_for_is_shown_by_what_it_undoes_alone(
    api: Api, how: tuple[str, dict[str, Any]]
) -> None:
    api.deploy("undo")
    instance = api.start("undo")
    api.complete(api.fetch("book")[0])
    api.post(f"/process-instance/{instance}/{how[0]}", how[1], 204)
    path = f"/process-instance/{instance}"
    position = api.get(f"{path}/snapshot")["position"]

    shown = [
        api.get(f"{path}/activity-instances"),
        api.get(f"{path}/history"),
        api.get(f"{path}/snapshot"),
        api.get(f"{path}/state", at=str(position)),
        api.get("/execution", processInstanceId=instance),
        api.get("/history/activity-instance", processInstanceId=instance),
    ]

    assert "$undo" not in json.dumps(shown)
    assert [shape(item)[0] for item in shown[0]["childActivityInstances"]] == ["Unbook"]
    assert [item["element"] for item in shown[2]["tokens"]] == ["Unbook"]
    assert shown[2]["header"]["undoing"] is True
    (unbook,) = api.fetch("unbook")
    api.complete(unbook)
    assert "$undo" not in json.dumps(api.get(f"{path}/history"))
    assert "" not in {item["activityId"] for item in api.get("/history/activity-instance", processInstanceId=instance)}
